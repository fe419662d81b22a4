"""Finding limits from points (Phase I), with those that do not count left out by name."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np

from packcalc.stats.charts.attributes import p_chart
from packcalc.stats.charts.between import i_mr_s
from packcalc.stats.charts.chart import Baseline, Chart
from packcalc.stats.charts.individuals import i_mr
from packcalc.stats.charts.shewhart import xbar_r, xbar_s
from packcalc.stats.no_data import NoData
from packcalc.stats.normality import anderson_darling

__all__ = ["doubts", "find_limits"]

UNLIKELY = 0.001  # chance at which points are said not to be normal, or to follow each other
ONE_IN_THOUSAND = 3.09  # standard deviations of a correlation that is not there

OF_VALUES: dict[str, Callable[..., Chart]] = {
    "i_mr": i_mr,
    "xbar_r": xbar_r,
    "xbar_s": xbar_s,
    "i_mr_s": i_mr_s,
}


def find_limits(
    kind: str,
    plotted: Sequence[float | tuple[float, ...]],
    *,
    exclude: Mapping[int, str] | None = None,
) -> Baseline:
    """Return the limits of a kind of chart; `exclude` gives points, from 1, and why not they."""
    if kind == "p":
        pairs = [p for p in plotted if isinstance(p, tuple)]
        counts, sizes = [int(c) for c, _ in pairs], [int(n) for _, n in pairs]
        return p_chart(counts, sizes, exclude=exclude).baseline
    return OF_VALUES[kind](plotted, exclude=exclude).baseline


def doubts(
    kind: str,
    plotted: Sequence[float | tuple[float, ...]],
    *,
    without: Collection[int] = (),
) -> tuple[str, ...]:
    """Say what speaks against limits at three sigma: each makes false signals the rule.

    `without` are the numbers, from 1, of points that do not count.
    """
    if kind == "p":  # counts are not normal, and their limits do not say so
        return ()
    means = np.array(
        [float(np.mean(p)) for n, p in enumerate(plotted, start=1) if n not in without]
    )
    found = []
    shape = anderson_darling(means)
    if not isinstance(shape, NoData) and shape[1] < UNLIKELY:
        found.append(
            f"the values are not normal (Anderson-Darling p {shape[1]:.1g}), so more of them "
            "than one in 370 lie beyond three sigma while nothing is wrong"
        )
    away = means - means.mean()
    spread = float(away @ away)
    if spread > 0:
        alike = float(away[1:] @ away[:-1]) / spread
        if alike > ONE_IN_THOUSAND / math.sqrt(means.size):
            found.append(
                f"neighbouring values are alike (correlation {alike:.2f}), so that moving "
                "ranges are small and limits made of them too narrow"
            )
    return tuple(found)
