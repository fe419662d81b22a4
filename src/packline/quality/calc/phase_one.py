"""Finding limits from points (Phase I), with those that do not count left out by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from packcalc.stats.charts.attributes import p_chart
from packcalc.stats.charts.between import i_mr_s
from packcalc.stats.charts.chart import Baseline, Chart
from packcalc.stats.charts.individuals import i_mr
from packcalc.stats.charts.shewhart import xbar_r, xbar_s

__all__ = ["find_limits"]

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
