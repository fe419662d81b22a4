"""Charts of subgroups: mean and range, mean and standard deviation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from packcalc.stats.charts.chart import (
    Baseline,
    Chart,
    Panel,
    exclusions,
    make_panel,
    only_limits,
)
from packcalc.stats.charts.conventions import RuleSet, rule_set
from packcalc.stats.charts.run_rules import Engine
from packcalc.stats.charts.subgroups import per_size, reduce
from packcalc.stats.constants import c4, d2, d3

__all__ = ["xbar_r", "xbar_s"]

Floats = NDArray[np.float64]


def xbar_r(
    subgroups: Sequence[ArrayLike] | ArrayLike,
    *,
    baseline: Baseline | None = None,
    exclude: Mapping[int, str] | None = None,
    sigmas: float = 3.0,
    convention: str = "nelson",
    codes: Sequence[str] | None = None,
    engine: Engine = "auto",
) -> Chart:
    """Chart means and ranges of subgroups (Phase I, or II on a frozen baseline).

    Parameters
    ----------
    subgroups : sequence of array_like, shape (subgroup, value)
        Subgroups in time order, of equal or different size, each of two values at least. [unit]
    baseline : Baseline, optional
        Limits to judge against; left out, they are found from the subgroups. [unit]
    exclude : mapping of int to str, optional
        Subgroups (counted from 1) that do not count for the limits, with the reason. [-]
    sigmas : float, optional
        Distance of the limits in standard deviations. [1]
    convention : {"nelson", "minitab", "western_electric"}, optional
        Run rules of the means (see `rule_set`); ranges are judged by their limits only. [-]
    codes : sequence of str, optional
        Rules to apply to the means. [-]
    engine : {"auto", "numba", "numpy"}, optional
        Which implementation of the rules. [-]

    Returns
    -------
    Chart
        Panels ``mean`` and ``range``; sigma is the mean of range / d2 with the exact d2. [unit]

    Raises
    ------
    ValueError
        If a value is not finite, a subgroup has fewer than two, or an exclusion no reason.

    References
    ----------
    .. [1] W. A. Shewhart, Economic Control of Quality of Manufactured Product, 1931.
    .. [2] ASTM E2587-16, Standard practice for use of control charts, sec. 6.

    Examples
    --------
    >>> chart = xbar_r([[9.9, 10.1], [10.0, 10.2], [9.8, 10.0], [10.1, 10.1]])
    >>> round(float(chart.panel("mean").upper[0]), 4), chart.phase
    (10.307, 'I')
    """
    rules = rule_set(convention, codes)
    mean, spread, size = reduce(subgroups, "range", engine)
    expected, scatter = per_size(size, d2), per_size(size, d3)
    found = baseline or _find(
        "xbar_r", mean, spread / expected, size, exclude, sigmas, "mean range / d2 (exact)"
    )
    return _means_and_spreads(found, mean, spread, size, expected, scatter, "range", rules, engine)


def xbar_s(
    subgroups: Sequence[ArrayLike] | ArrayLike,
    *,
    baseline: Baseline | None = None,
    exclude: Mapping[int, str] | None = None,
    sigmas: float = 3.0,
    convention: str = "nelson",
    codes: Sequence[str] | None = None,
    engine: Engine = "auto",
) -> Chart:
    """Chart means and standard deviations of subgroups.

    Parameters
    ----------
    subgroups : sequence of array_like, shape (subgroup, value)
        Subgroups in time order, of equal or different size, each of two values at least. [unit]
    baseline : Baseline, optional
        Limits to judge against; left out, they are found from the subgroups. [unit]
    exclude : mapping of int to str, optional
        Subgroups (counted from 1) that do not count for the limits, with the reason. [-]
    sigmas : float, optional
        Distance of the limits in standard deviations. [1]
    convention : {"nelson", "minitab", "western_electric"}, optional
        Run rules of the means (see `rule_set`). [-]
    codes : sequence of str, optional
        Rules to apply to the means. [-]
    engine : {"auto", "numba", "numpy"}, optional
        Which implementation of the rules. [-]

    Returns
    -------
    Chart
        Panels ``mean`` and ``sd``; sigma is the mean of s / c4. [unit]

    Raises
    ------
    ValueError
        If a value is not finite, a subgroup has fewer than two, or an exclusion no reason.

    References
    ----------
    .. [1] ASTM E2587-16, Standard practice for use of control charts, sec. 6.

    Examples
    --------
    >>> chart = xbar_s([[9.9, 10.1], [10.0, 10.2], [9.8, 10.0], [10.1, 10.1]])
    >>> round(float(chart.panel("sd").centre[0]), 4)
    0.1061
    """
    rules = rule_set(convention, codes)
    mean, spread, size = reduce(subgroups, "sd")
    expected = per_size(size, c4)
    scatter = np.sqrt(np.maximum(0.0, 1 - np.square(expected)))
    found = baseline or _find(
        "xbar_s", mean, spread / expected, size, exclude, sigmas, "mean standard deviation / c4"
    )
    return _means_and_spreads(found, mean, spread, size, expected, scatter, "sd", rules, engine)


def _find(
    kind: str,
    mean: Floats,
    unit_spread: Floats,
    size: NDArray[np.int64] | int,
    exclude: Mapping[int, str] | None,
    sigmas: float,
    text: str,
) -> Baseline:
    """Find centre and sigma of Phase I; subgroups of different size weigh by their size."""
    named, kept = exclusions(exclude, mean.size)
    if not kept.any():
        raise ValueError("every subgroup is excluded; none is left to find limits from")
    weights = None if isinstance(size, int) else size[kept]
    first = mean[0]
    centre = float(first + np.average(mean[kept] - first, weights=weights))
    sigma = float(unit_spread[kept].mean())
    typical = size if isinstance(size, int) else int(np.bincount(size).argmax())
    used = int(kept.sum())
    return Baseline(kind, centre, sigma, typical, used, sigmas, text, excluded=named)


def _means_and_spreads(
    found: Baseline,
    mean: Floats,
    spread: Floats,
    size: NDArray[np.int64] | int,
    expected: Floats | float,
    scatter: Floats | float,
    name: str,
    rules: RuleSet,
    engine: Engine,
) -> Chart:
    root = math.sqrt(size) if isinstance(size, int) else np.sqrt(size)
    panels: tuple[Panel, ...] = (
        make_panel(
            "mean",
            mean,
            found.centre,
            found.widening * found.sigma / root,
            rules=rules,
            sigmas=found.sigmas,
            engine=engine,
        ),
        make_panel(
            name,
            spread,
            expected * found.sigma,
            scatter * found.sigma,
            rules=only_limits(rules.convention),
            sigmas=found.sigmas,
            floor=0.0,
            engine=engine,
        ),
    )
    return Chart(found, panels)
