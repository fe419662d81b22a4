"""Gauge R&R by average and range, with the constants of the fourth edition."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from packcalc.stats.constants import d2, d2_star
from packcalc.stats.msa.components import GaugeResult, gauge_result
from packcalc.stats.msa.crossed import balanced
from packcalc.stats.no_data import NoData

__all__ = ["RangeStudy", "ShortRange", "average_and_range", "short_range"]


@dataclass(frozen=True, slots=True)
class RangeStudy:
    """Average-and-range study: what the form asks for, and the components."""

    mean_range: float
    range_limit: float
    operator_difference: float
    part_range: float
    ev: float
    av: float
    grr: float
    pv: float
    tv: float
    result: GaugeResult


@dataclass(frozen=True, slots=True)
class ShortRange:
    """The short range study: one reading of each part by each operator; GRR is not split."""

    mean_range: float
    grr: float
    study_pct: float | NoData
    tolerance_pct: float | NoData
    convention: str


def average_and_range(
    values: ArrayLike, *, tolerance: float | None = None, multiple: float = 6.0
) -> RangeStudy:
    """Analyse a crossed gauge R&R study by average and range.

    ``K1 = 1 / d2(trials)``, and K2, K3 the reciprocals of d2* for one range of the operators and
    of the parts (1.0 / 1.414 = 0.7071 for two): the fourth edition's constants, which estimate
    standard deviations. The constants of older editions had 5.15 built in.

    Parameters
    ----------
    values : array_like, shape (part, operator, trial)
        Readings. [unit]
    tolerance : float, optional
        Width of the tolerance. [unit]
    multiple : float, optional
        Standard deviations in the study variation. [1]

    Returns
    -------
    RangeStudy
        EV, AV, GRR, PV and TV as standard deviations, and the shares. [unit]

    Raises
    ------
    ValueError
        If there are fewer than two parts, operators or trials, or a value is not finite.

    References
    ----------
    .. [1] AIAG, Measurement Systems Analysis, 4th ed., 2010, ch. III-B, figs. III-B 15 and 16.

    Examples
    --------
    >>> study = average_and_range([[[1.0, 1.1], [1.0, 0.9]], [[2.0, 2.1], [2.2, 2.0]]])
    >>> round(study.ev, 4), round(study.pv, 4)
    (0.1108, 0.7601)
    """
    y = balanced(values)
    parts, operators, trials = y.shape
    mean_range = float(np.ptp(y, axis=2).mean())
    difference = float(np.ptp(y.mean(axis=(0, 2))))
    part_range = float(np.ptp(y.mean(axis=(1, 2))))
    ev = mean_range / d2(trials)
    reproduced = (difference / d2_star(operators, 1)) ** 2 - ev**2 / (parts * trials)
    av = math.sqrt(max(0.0, reproduced))
    pv = part_range / d2_star(parts, 1)
    result = gauge_result(
        repeatability=ev**2,
        operator=av**2,
        interaction=0.0,
        part=pv**2,
        tolerance=tolerance,
        multiple=multiple,
        convention=f"average and range, AIAG 4th edition constants; study {multiple:g} s",
    )
    grr = math.hypot(ev, av)
    from packcalc.stats.constants import chart_constants

    limit = chart_constants(trials).D4 * mean_range
    tv = math.hypot(grr, pv)
    return RangeStudy(mean_range, limit, difference, part_range, ev, av, grr, pv, tv, result)


def short_range(
    values: ArrayLike,
    *,
    process_sd: float | None = None,
    tolerance: float | None = None,
    multiple: float = 6.0,
) -> ShortRange:
    """Analyse a short gauge study: each operator measures each part once.

    A quick look only: it cannot tell the operators from the gauge.

    Parameters
    ----------
    values : array_like, shape (part, operator)
        Readings. [unit]
    process_sd : float, optional
        Standard deviation of the process, known from elsewhere. [unit]
    tolerance : float, optional
        Width of the tolerance. [unit]
    multiple : float, optional
        Standard deviations that are compared with the tolerance. [1]

    Returns
    -------
    ShortRange
        GRR as a standard deviation, and its shares. [unit, %]

    Raises
    ------
    ValueError
        If there are fewer than two parts or operators, or a value is not finite.

    References
    ----------
    .. [1] AIAG, Measurement Systems Analysis, 4th ed., 2010, ch. III-B, Range method
           (five parts, two appraisers; 75.7 % is printed, from the rounded 0.0588).

    Examples
    --------
    >>> a, b = [0.85, 0.75, 1.00, 0.45, 0.50], [0.80, 0.70, 0.95, 0.55, 0.60]
    >>> study = short_range(list(zip(a, b)), process_sd=0.0777)
    >>> round(study.mean_range, 2), round(study.grr, 4), round(study.study_pct, 1)
    (0.07, 0.0588, 75.6)
    """
    y = np.asarray(values, dtype=float)
    if y.ndim != 2 or min(y.shape) < 2 or not np.all(np.isfinite(y)):
        raise ValueError(f"needs one finite reading of two parts by two operators; got {y.shape}")
    parts, operators = y.shape
    mean_range = float(np.ptp(y, axis=1).mean())
    grr = mean_range / d2_star(operators, parts)
    return ShortRange(
        mean_range,
        grr,
        NoData("no process variation was given") if not process_sd else 100 * grr / process_sd,
        NoData("no tolerance was given") if not tolerance else 100 * multiple * grr / tolerance,
        f"range method, d2* of {parts} ranges of {operators}; study {multiple:g} s",
    )
