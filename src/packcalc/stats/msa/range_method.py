"""Gauge R&R by average and range, with the constants of the fourth edition."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from packcalc.stats.constants import d2, d2_star
from packcalc.stats.msa.components import GaugeResult, gauge_result
from packcalc.stats.msa.crossed import balanced

__all__ = ["RangeStudy", "average_and_range"]


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
