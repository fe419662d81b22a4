"""Charts of individual values and their moving ranges."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from packcalc.stats.charts.chart import Baseline, Chart, exclusions, make_panel, only_limits
from packcalc.stats.charts.conventions import rule_set
from packcalc.stats.charts.run_rules import WORTH_COMPILING, Engine
from packcalc.stats.charts.subgroups import refuse_non_finite
from packcalc.stats.constants import d2, d3
from packcalc.stats.spread import MEDIAN_MOVING_RANGE

__all__ = ["i_mr"]

Floats = NDArray[np.float64]


def i_mr(
    values: ArrayLike,
    *,
    baseline: Baseline | None = None,
    exclude: Mapping[int, str] | None = None,
    sigmas: float = 3.0,
    method: Literal["mean", "median"] = "mean",
    convention: str = "nelson",
    codes: Sequence[str] | None = None,
    engine: Engine = "auto",
) -> Chart:
    """Chart individual values and their moving ranges.

    Parameters
    ----------
    values : array_like, shape (point,)
        Values in time order. [unit]
    baseline : Baseline, optional
        Limits to judge against; left out, they are found from the values. [unit]
    exclude : mapping of int to str, optional
        Points (counted from 1) that do not count for the limits, with the reason; the moving
        ranges they take part in do not count either. [-]
    sigmas : float, optional
        Distance of the limits in standard deviations. [1]
    method : {"mean", "median"}, optional
        Sigma from the mean moving range over d2, or from the median one over 0.954. [-]
    convention : {"nelson", "minitab", "western_electric"}, optional
        Run rules of the individuals (see `rule_set`). [-]
    codes : sequence of str, optional
        Rules to apply to the individuals. [-]
    engine : {"auto", "numba", "numpy"}, optional
        Which implementation of the rules. [-]

    Returns
    -------
    Chart
        Panels ``individual`` and ``moving range`` (its first point is not a number). [unit]

    Raises
    ------
    ValueError
        If a value is not finite, there are fewer than two, or an exclusion has no reason.

    References
    ----------
    .. [1] NIST/SEMATECH e-Handbook of Statistical Methods, sec. 6.3.2.2.
    .. [2] D. J. Wheeler, Understanding Variation, SPC Press, 1993.

    Examples
    --------
    >>> chart = i_mr([49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1])
    >>> round(float(chart.panel("individual").upper[0]), 3)
    55.802
    """
    rules = rule_set(convention, codes)
    x = np.ascontiguousarray(values, dtype=float)
    if x.ndim != 1 or (baseline is None and x.size < 2) or x.size < 1:
        raise ValueError(f"individual values need one dimension and two values; shape {x.shape}")
    compiled = engine == "numba" or (engine == "auto" and x.size >= WORTH_COMPILING)
    if baseline is None and compiled and not exclude and method == "mean":
        from packcalc.stats.charts import kernels

        centre, moving_mean = kernels.moving_range_sums(x)
        if not (math.isfinite(centre) and math.isfinite(moving_mean)):
            refuse_non_finite(x)
        text = "mean moving range / d2 (exact)"
        baseline = Baseline("i_mr", centre, moving_mean / d2(2), 1, x.size, sigmas, text)
        moving = _moving(x)
    else:
        refuse_non_finite(x)
        moving = _moving(x)
    found = baseline or _find_individuals(x, moving, exclude, sigmas, method)
    sigma = found.sigma
    individual = make_panel(
        "individual",
        x,
        found.centre,
        found.widening * sigma,
        rules=rules,
        sigmas=found.sigmas,
        engine=engine,
    )
    ranges = make_panel(
        "moving range",
        moving,
        d2(2) * sigma,
        d3(2) * sigma,
        rules=only_limits(convention),
        sigmas=found.sigmas,
        floor=0.0,
        engine=engine,
    )
    return Chart(found, (individual, ranges))


def _moving(x: Floats) -> Floats:
    moving = np.empty_like(x)
    moving[0] = np.nan
    np.subtract(x[1:], x[:-1], out=moving[1:])
    return np.abs(moving, out=moving)


def _find_individuals(
    x: Floats,
    moving: Floats,
    exclude: Mapping[int, str] | None,
    sigmas: float,
    method: Literal["mean", "median"],
) -> Baseline:
    named, kept = exclusions(exclude, x.size)
    counted = moving[1:][kept[1:] & kept[:-1]]
    if counted.size == 0:
        raise ValueError("no two neighbouring values are left to take a moving range of")
    first = x[0]
    centre = float(first + (x[kept] - first).mean())
    if method == "mean":
        sigma, text = float(counted.mean()) / d2(2), "mean moving range / d2 (exact)"
    else:
        sigma, text = float(np.median(counted)) / MEDIAN_MOVING_RANGE, "median moving range"
    used = int(kept.sum())
    return Baseline("i_mr", centre, sigma, 1, used, sigmas, text, excluded=named)
