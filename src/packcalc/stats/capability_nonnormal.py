"""Capability of a process that is not normal: percentiles of what it is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from packcalc.stats.fitted_shape import BoxCoxPower, Method, fit_shape
from packcalc.stats.indices import NO_HIGH, NO_LOW, ONE_SIDED
from packcalc.stats.limits import Limits
from packcalc.stats.no_data import NoData

__all__ = [
    "PercentileCapability",
    "PercentileIndices",
    "capability_nonnormal",
    "nonconforming_indices",
    "percentile_indices",
]

Judged = Literal["percentiles", "nonconforming"]
NOTHING_BEYOND = NoData("nothing lies beyond the limit")


@dataclass(frozen=True, slots=True)
class PercentileIndices:
    """Indices made of three percentiles; what a one-sided limit does not define is no data."""

    pp: float | NoData
    ppl: float | NoData
    ppu: float | NoData
    ppk: float


@dataclass(frozen=True, slots=True)
class PercentileCapability:
    """A capability study by percentiles.

    `parameters` are those of the fitted distribution or transformation, `percentiles` those at
    0.135, 50 and 99.865 %, in the unit of the values.
    """

    n: int
    method: Method
    parameters: tuple[tuple[str, float], ...]
    percentiles: tuple[float, float, float]
    indices: PercentileIndices
    judged: Judged
    ppm_below: float | NoData
    ppm_above: float | NoData
    observed_below: int
    observed_above: int
    convention: str


def percentile_indices(
    low: float, median: float, high: float, limits: Limits
) -> PercentileIndices:
    """Compute performance indices from the percentiles at 0.135, 50 and 99.865 %.

    Parameters
    ----------
    low, median, high : float
        The percentiles, rising. [unit]
    limits : Limits
        Specification, one- or two-sided. [unit]

    Returns
    -------
    PercentileIndices
        Pp, PpL, PpU, Ppk. [1]

    Raises
    ------
    ValueError
        If the percentiles do not rise.

    References
    ----------
    .. [1] ISO 22514-4:2016, Process capability estimates and performance measures; ISO 22514-2.

    Examples
    --------
    >>> found = percentile_indices(0.60654, 2.71828, 12.18235, Limits(0.0, 20.0, "um"))
    >>> round(found.pp, 4), round(found.ppk, 4)
    (1.7277, 1.2872)
    """
    if not low < median < high:
        raise ValueError(f"percentiles must rise; they are {low:g}, {median:g}, {high:g}")
    ppl = NO_LOW if limits.low is None else (median - limits.low) / (median - low)
    ppu = NO_HIGH if limits.high is None else (limits.high - median) / (high - median)
    ppk = min(side for side in (ppl, ppu) if not isinstance(side, NoData))
    pp = ONE_SIDED if limits.width is None else limits.width / (high - low)
    return PercentileIndices(pp, ppl, ppu, ppk)


def nonconforming_indices(below: float, above: float, limits: Limits) -> PercentileIndices:
    """Compute performance indices from the fractions beyond the limits.

    Each side is the index of a normal process with the same fraction beyond it. After a Box-Cox
    transformation these are the indices of the transformed values within transformed limits.

    Parameters
    ----------
    below, above : float
        Fractions beyond the lower and the upper limit. [1]
    limits : Limits
        Specification, one- or two-sided. [unit]

    Returns
    -------
    PercentileIndices
        Pp, PpL, PpU, Ppk; a side beyond which nothing lies is no data, and Ppk infinite when
        that is so of all sides. [1]

    Raises
    ------
    ValueError
        If a fraction is not within 0 and 1.

    References
    ----------
    .. [1] Minitab 21 Support, "Methods and formulas for overall capability for nonnormal
           capability analysis" (Z-score method).

    Examples
    --------
    >>> found = nonconforming_indices(0.00135, 0.0227501, Limits(0.0, 20.0, "um"))
    >>> round(found.ppl, 3), round(found.ppu, 3), round(found.pp, 3)
    (1.0, 0.667, 0.833)
    """
    if not (0 <= below <= 1 and 0 <= above <= 1):
        raise ValueError(f"fractions lie between 0 and 1; they are {below:g} and {above:g}")
    from scipy.special import ndtri

    def side(limit: float | None, fraction: float, open_side: NoData) -> float | NoData:
        if limit is None:
            return open_side
        if fraction in (0, 1):
            return NOTHING_BEYOND if fraction == 0 else NoData("everything lies beyond the limit")
        return -float(ndtri(fraction)) / 3

    ppl = side(limits.low, below, NO_LOW)
    ppu = side(limits.high, above, NO_HIGH)
    known = [v for v in (ppl, ppu) if not isinstance(v, NoData)]
    worst = -math.inf if 1 in (below, above) else math.inf
    pp: float | NoData = ONE_SIDED
    if limits.width is not None:
        pp = (ppl + ppu) / 2 if len(known) == 2 else NOTHING_BEYOND  # type: ignore[operator]
    return PercentileIndices(pp, ppl, ppu, min(known) if known and worst > 0 else worst)


def capability_nonnormal(
    values: ArrayLike,
    limits: Limits,
    *,
    method: Method = "weibull",
    judged: Judged = "percentiles",
    box_cox: BoxCoxPower = "optimal",
    minimum: int = 20,
) -> PercentileCapability | NoData:
    """Study the capability of values that are not normal.

    Parameters
    ----------
    values : array_like, shape (value,)
        Values; positive but for ``johnson``. [unit]
    limits : Limits
        Specification, one- or two-sided. [unit]
    method : {"weibull", "lognormal", "exponential", "box_cox", "johnson"}, optional
        Distribution fitted by maximum likelihood, or transformation to normal. [-]
    judged : {"percentiles", "nonconforming"}, optional
        Indices from the percentiles (ISO 22514-4), or those of a normal process with the same
        fractions beyond the limits (Minitab's Z-score method; see `nonconforming_indices`). [-]
    box_cox : {"optimal", "rounded"} or float, optional
        Power of Box-Cox: that of maximum likelihood, rounded to the nearest half (Minitab), or
        a given one. [1]
    minimum : int, optional
        Fewest values that are worth an answer: the percentiles lie far out. [1]

    Returns
    -------
    PercentileCapability or NoData
        The study; no data with too few values or when nothing can be fitted. [1]

    Raises
    ------
    ValueError
        If a value is not positive where it must be, or the method unknown.

    References
    ----------
    .. [1] ISO 22514-4:2016, Process capability estimates and performance measures.
    .. [2] J. A. Clements, "Process capability calculations for non-normal distributions,"
           Quality Progress, vol. 22, pp. 95-100, 1989.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.exp(np.linspace(-1.5, 1.5, 30))
    >>> study = capability_nonnormal(x, Limits(None, 20.0, "um"), method="lognormal")
    >>> 0.9 < study.indices.ppk < 1.6, str(study.indices.pp)
    (True, 'no data: the limits are one-sided')
    """
    x = np.asarray(values, dtype=float).ravel()
    if not np.all(np.isfinite(x)):
        raise ValueError("a value is not a finite number")
    if x.size < minimum:
        return NoData(f"{x.size} values; at least {minimum} are needed")
    fit = fit_shape(x, method, box_cox=box_cox)
    if isinstance(fit, NoData):
        return fit
    q = fit.percentiles
    if judged == "percentiles" and not (q[0] < q[1] < q[2] < math.inf):
        return NoData(f"the {method} fit has no usable percentiles")
    low, high = limits.low, limits.high
    below = 0.0 if low is None else float(fit.below(low))
    above = 0.0 if high is None else float(fit.above(high))
    if judged == "percentiles":
        found = percentile_indices(*fit.percentiles, limits)
        how = "percentiles at 0.135, 50, 99.865 %"
        how += " (ISO 22514-4)"
    elif judged == "nonconforming":
        found = nonconforming_indices(below, above, limits)
        how = "indices of a normal process with the same fractions beyond the limits"
    else:
        raise ValueError(f"unknown way to judge {judged!r}")
    return PercentileCapability(
        int(x.size),
        method,
        fit.parameters,
        fit.percentiles,
        found,
        judged,
        NO_LOW if low is None else 1e6 * below,
        NO_HIGH if high is None else 1e6 * above,
        0 if low is None else int((x < low).sum()),
        0 if high is None else int((x > high).sum()),
        f"{fit.convention}; {how}",
    )
