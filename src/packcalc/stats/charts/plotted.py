"""EWMA, CUSUM, T2 and MEWMA as panels, so that a picture or a list of signals reads them all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from packcalc.stats.charts.chart import Baseline, Chart, Panel
from packcalc.stats.charts.conventions import Rule, RuleSet, rule_set
from packcalc.stats.charts.multivariate import MewmaChart, T2Chart
from packcalc.stats.charts.run_rules import Signals
from packcalc.stats.charts.time_weighted import CusumChart, EwmaChart

__all__ = ["plotted"]

Floats = NDArray[np.float64]


def plotted(found: EwmaChart | CusumChart | T2Chart | MewmaChart, baseline: Baseline) -> Chart:
    """Lay out a chart that has limits of its own as panels of points and lines.

    A side on which a statistic has no limit is infinite there (the lower side of a CUSUM or of
    T2); a MEWMA without a limit has none on either side.

    Parameters
    ----------
    found : EwmaChart, CusumChart, T2Chart or MewmaChart
        The chart. [unit]
    baseline : Baseline
        What it stands on. [unit]

    Returns
    -------
    Chart
        One panel, or two for a CUSUM; the one rule is the chart's own limit. [unit]

    References
    ----------
    .. [1] D. C. Montgomery, Introduction to Statistical Quality Control, 6th ed., ch. 9 and 11.

    Examples
    --------
    >>> from packcalc.stats.charts.time_weighted import cusum
    >>> made = cusum([0.0, 1.5, 2.0, 2.5], centre=0.0, slack=0.5, interval=4.0)
    >>> chart = plotted(made, Baseline("cusum", 0.0, 1.0, 1, 4, 4.0, made.convention, version="A"))
    >>> chart.panel("sum above").signals.points(), float(chart.panel("sum above").upper[0])
    ([4], 4.0)
    """
    if found.convention != baseline.convention:
        text = f"{baseline.convention}; {found.convention}"
        baseline = replace(baseline, convention=text)
    if isinstance(found, EwmaChart):
        panel = _panel(
            "moving average",
            found.statistic,
            centre=found.centre,
            lower=found.lower,
            upper=found.upper,
            fired=found.signals,
            words="the weighted moving average is beyond its limit",
        )
        return Chart(baseline, (panel,))
    if isinstance(found, CusumChart):
        sides = (("sum above", found.high, found.above), ("sum below", found.low, found.below))
        panels = tuple(
            _panel(
                name,
                points,
                centre=0.0,
                lower=-np.inf,
                upper=found.interval,
                fired=fired,
                words="the cumulative sum is beyond the decision interval",
            )
            for name, points, fired in sides
        )
        return Chart(baseline, panels)
    name, points = ("T2", found.t2) if isinstance(found, T2Chart) else ("MEWMA", found.statistic)
    panel = _panel(
        name,
        points,
        centre=np.nan,
        lower=-np.inf,
        upper=np.inf if found.limit is None else found.limit,
        fired=found.signals,
        words=f"{name} is beyond its limit",
    )
    return Chart(baseline, (panel,))


def _panel(
    statistic: str,
    points: Floats,
    *,
    centre: float,
    lower: Floats | float,
    upper: Floats | float,
    fired: list[int],
    words: str,
) -> Panel:
    flags = np.zeros(points.size, np.uint16)
    flags[np.array(fired, dtype=int) - 1] = 1
    low, middle, high = (np.broadcast_to(v, points.shape) for v in (lower, centre, upper))
    sigma = np.full(points.shape, np.nan)  # zones mean nothing where neighbours share values
    return Panel(statistic, points, middle, low, high, sigma, Signals(_own_limit(words), flags))


def _own_limit(words: str) -> RuleSet:
    return replace(
        rule_set("nelson", ["1"]), convention="own limits", rules=(Rule("limit", 0, words),)
    )
