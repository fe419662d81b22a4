"""Capability indices of a normal process, and the confidence bounds of each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from packcalc.stats.limits import Limits
from packcalc.stats.no_data import NoData

__all__ = ["Index", "Indices", "cp_interval", "cpk_interval", "cpm_interval", "indices"]

ONE_SIDED = NoData("the limits are one-sided")
NO_LOW = NoData("there is no lower limit")
NO_HIGH = NoData("there is no upper limit")
NO_TARGET = NoData("no target was given")


@dataclass(frozen=True, slots=True)
class Index:
    """One index with its confidence bounds; `confidence` is that of the pair of bounds."""

    value: float
    low: float
    high: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Indices:
    """The bare indices of a known mean and standard deviation."""

    cp: float | NoData
    cpl: float | NoData
    cpu: float | NoData
    cpk: float
    cpm: float | NoData


def indices(mean: float, sigma: float, limits: Limits, *, target: float | None = None) -> Indices:
    """Compute capability indices from a mean and a standard deviation.

    Parameters
    ----------
    mean : float
        Mean of the process. [unit]
    sigma : float
        Its standard deviation, above zero. [unit]
    limits : Limits
        Specification, one- or two-sided. [unit]
    target : float, optional
        Aim of the process, for Cpm. [unit]

    Returns
    -------
    Indices
        Cp, Cpl, Cpu, Cpk, Cpm; what a one-sided limit does not define is no data. [1]

    Raises
    ------
    ValueError
        If `sigma` is not above zero.

    References
    ----------
    .. [1] V. E. Kane, "Process capability indices," J. Quality Technology, vol. 18,
           pp. 41-52, 1986.
    .. [2] L. K. Chan, S. W. Cheng and F. A. Spiring, "A new measure of process capability: Cpm,"
           J. Quality Technology, vol. 20, pp. 162-175, 1988.

    Examples
    --------
    >>> both = indices(16, 2, Limits(8, 20, "mm"))
    >>> both.cp, round(both.cpk, 4), str(indices(264, 32, Limits(200, None, "psi")).cp)
    (1.0, 0.6667, 'no data: the limits are one-sided')
    """
    if not (sigma > 0 and math.isfinite(sigma) and math.isfinite(mean)):
        raise ValueError(f"mean must be finite and sigma above zero; they are {mean}, {sigma}")
    low, high, width = limits.low, limits.high, limits.width
    cpl = NO_LOW if low is None else (mean - low) / (3 * sigma)
    cpu = NO_HIGH if high is None else (high - mean) / (3 * sigma)
    cpk = min(side for side in (cpl, cpu) if not isinstance(side, NoData))
    cp = ONE_SIDED if width is None else width / (6 * sigma)
    cpm: float | NoData = NO_TARGET if target is None else ONE_SIDED
    if target is not None and width is not None:
        cpm = width / (6 * math.hypot(sigma, mean - target))
    return Indices(cp, cpl, cpu, cpk, cpm)


def cp_interval(cp: float, degrees: float, *, confidence: float = 0.95) -> Index:
    """Bound Cp (or Pp) by the chi-square distribution of the variance.

    Parameters
    ----------
    cp : float
        Estimated index. [1]
    degrees : float
        Degrees of freedom of the standard deviation in it. [1]
    confidence : float, optional
        Confidence of the two-sided interval. [1]

    Returns
    -------
    Index
        Value and bounds. [1]

    References
    ----------
    .. [1] D. C. Montgomery, Introduction to Statistical Quality Control, 6th ed., Wiley, 2009,
           eq. 8.19.

    Examples
    --------
    >>> bounds = cp_interval(1.33, 19)
    >>> round(bounds.low, 3), round(bounds.high, 3)
    (0.911, 1.749)
    """
    from scipy.special import gammaincinv

    tail = (1 - confidence) / 2
    low, high = (
        cp * math.sqrt(2 * float(gammaincinv(degrees / 2, p)) / degrees) for p in (tail, 1 - tail)
    )
    return Index(cp, low, high, confidence)


def cpk_interval(
    cpk: float,
    n: int,
    *,
    degrees: float | None = None,
    confidence: float = 0.95,
    sides: Literal["two", "one"] = "two",
) -> Index:
    """Bound Cpk (or Cpl, Cpu, Ppk) by Bissell's normal approximation.

    Parameters
    ----------
    cpk : float
        Estimated index. [1]
    n : int
        Number of values in the mean. [1]
    degrees : float, optional
        Degrees of freedom of the standard deviation; ``n - 1`` when left out. [1]
    confidence : float, optional
        Confidence of the interval, or with ``sides="one"`` of each bound by itself. [1]
    sides : {"two", "one"}, optional
        ``one`` gives each bound the whole risk, as R's qcc does for Cpl and Cpu. [-]

    Returns
    -------
    Index
        Value and bounds. [1]

    References
    ----------
    .. [1] A. F. Bissell, "How reliable is your capability index?" Applied Statistics, vol. 39,
           pp. 331-340, 1990.

    Examples
    --------
    >>> bounds = cpk_interval(1.33, 20)
    >>> round(bounds.low, 2), round(bounds.high, 2)
    (0.88, 1.78)
    """
    from scipy.special import ndtri

    degrees = n - 1 if degrees is None else degrees
    quantile = float(ndtri(confidence if sides == "one" else (1 + confidence) / 2))
    reach = quantile * math.sqrt(1 / (9 * n) + cpk * cpk / (2 * degrees))
    return Index(cpk, cpk - reach, cpk + reach, confidence)


def cpm_interval(cpm: float, n: int, offset: float, *, confidence: float = 0.95) -> Index:
    """Bound Cpm by Boyles' approximation.

    Parameters
    ----------
    cpm : float
        Estimated index. [1]
    n : int
        Number of values. [1]
    offset : float
        (mean - target) / standard deviation. [1]
    confidence : float, optional
        Confidence of the two-sided interval. [1]

    Returns
    -------
    Index
        Value and bounds. [1]

    References
    ----------
    .. [1] R. A. Boyles, "The Taguchi capability index," J. Quality Technology, vol. 23,
           pp. 17-26, 1991.

    Examples
    --------
    >>> bounds = cpm_interval(1.0, 50, 0.0)
    >>> round(bounds.low, 3), round(bounds.high, 3)
    (0.804, 1.195)
    """
    degrees = n * (1 + offset**2) ** 2 / (1 + 2 * offset**2)
    return cp_interval(cpm, degrees, confidence=confidence)
