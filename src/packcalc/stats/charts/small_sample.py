"""Limits that allow for having been found from few points."""

from __future__ import annotations

import math
from dataclasses import replace

from packcalc.stats.charts.chart import Baseline
from packcalc.stats.constants import c4
from packcalc.stats.spread import (
    degrees_of_deviations,
    degrees_of_moving_ranges,
    degrees_of_ranges,
)

__all__ = ["KINDS_WIDENED", "widened"]

KINDS_WIDENED = ("i_mr", "i_mr_s", "xbar_r", "xbar_s")


def widened(baseline: Baseline) -> Baseline:
    """Widen the limits of values or means until a new point errs as rarely as it should.

    Three estimated sigmas about an estimated centre are left by more than 0.27 % of the points
    of a quiet process: by 1.1 % when twenty single values made them (simulated). The widened
    limits are those of a prediction interval: Student's t for the degrees of freedom that sigma
    has, times ``sqrt(1 + 1/m)`` for the centre. Zones widen with the limits; the panel of scatter
    keeps its own.

    Parameters
    ----------
    baseline : Baseline
        Limits as found, not frozen yet. [unit]

    Returns
    -------
    Baseline
        The same centre and sigma, with `widening`; charts of counts as they were. [unit]

    Raises
    ------
    ValueError
        If the limits are frozen, or stand on fewer than two points.

    References
    ----------
    .. [1] F. S. Hillier, "Xbar- and R-chart control limits based on a small number of
           subgroups," J. Quality Technology, vol. 1, pp. 17-26, 1969.
    .. [2] C. P. Quesenberry, "The effect of sample size on estimated limits for Xbar and X
           control charts," J. Quality Technology, vol. 25, pp. 237-247, 1993.

    Examples
    --------
    >>> few = Baseline("i_mr", 3.6, 0.01, 1, 20, 3.0, "mean moving range / d2 (exact)")
    >>> many = Baseline("i_mr", 3.6, 0.01, 1, 500, 3.0, "mean moving range / d2 (exact)")
    >>> round(widened(few).widening, 3), round(widened(many).widening, 3)
    (1.261, 1.009)
    """
    if baseline.version is not None:
        raise ValueError(f"these limits are frozen as {baseline.version}; widen before freezing")
    if baseline.kind not in KINDS_WIDENED:
        return baseline
    points = baseline.points
    if points < 2:
        raise ValueError(f"limits of {points} points cannot be widened; two are needed")
    if baseline.kind in ("i_mr", "i_mr_s"):
        median = baseline.convention.startswith("median")
        degrees = degrees_of_moving_ranges(points - 1, median=median)
    else:
        of_sizes = degrees_of_ranges if baseline.kind == "xbar_r" else degrees_of_deviations
        degrees = of_sizes([baseline.subgroup_size] * points)
    from scipy.special import ndtr, stdtrit

    reach = float(stdtrit(degrees, float(ndtr(baseline.sigmas)))) * c4(degrees + 1)
    factor = max(1.0, reach * math.sqrt(1 + 1 / points) / baseline.sigmas)
    text = f"{baseline.convention}; limits {factor:.3g} times as wide, found from {points} points"
    return replace(baseline, widening=factor, convention=text)
