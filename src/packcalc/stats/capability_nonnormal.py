"""Capability of a process that is not normal: percentiles of what it is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from packcalc.stats.indices import NO_HIGH, NO_LOW, ONE_SIDED
from packcalc.stats.limits import Limits
from packcalc.stats.no_data import NoData
from packcalc.stats.reliability.fit import fit_exponential, fit_lognormal, fit_weibull
from packcalc.stats.reliability.life_data import life_data
from packcalc.stats.transforms import fit_box_cox, fit_johnson

__all__ = [
    "PercentileCapability",
    "PercentileIndices",
    "capability_nonnormal",
    "percentile_indices",
]

Method = Literal["weibull", "lognormal", "exponential", "box_cox", "johnson"]
TAIL = 0.5 * math.erfc(3 / math.sqrt(2))  # 0.00135: what lies beyond three sigma of a normal


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


def capability_nonnormal(
    values: ArrayLike, limits: Limits, *, method: Method = "weibull", minimum: int = 20
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
    if method in ("weibull", "lognormal", "exponential"):
        made = _by_distribution(x, limits, method)
    elif method == "box_cox":
        made = _by_box_cox(x, limits)
    elif method == "johnson":
        made = _by_johnson(x, limits)
    else:
        raise ValueError(f"unknown method {method!r}")
    if isinstance(made, NoData):
        return made
    parameters, percentiles, below, above, text = made
    if not percentiles[0] < percentiles[1] < percentiles[2]:
        return NoData(f"the {method} fit has no usable percentiles")
    low, high = limits.low, limits.high
    return PercentileCapability(
        int(x.size),
        method,
        parameters,
        percentiles,
        percentile_indices(*percentiles, limits),
        NO_LOW if low is None else 1e6 * below,
        NO_HIGH if high is None else 1e6 * above,
        0 if low is None else int((x < low).sum()),
        0 if high is None else int((x > high).sum()),
        f"{text}; percentiles at 0.135, 50, 99.865 % (ISO 22514-4)",
    )


_Made = tuple[tuple[tuple[str, float], ...], tuple[float, float, float], float, float, str]


def _by_distribution(
    x: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    limits: Limits,
    method: Literal["weibull", "lognormal", "exponential"],
) -> _Made | NoData:
    if np.any(x <= 0):
        raise ValueError(f"a {method} distribution needs positive values; smallest {x.min():g}")
    fit_it = {"weibull": fit_weibull, "lognormal": fit_lognormal, "exponential": fit_exponential}
    fit = fit_it[method](life_data(x))
    if isinstance(fit, NoData):
        return fit
    q = (fit.quantile(TAIL), fit.quantile(0.5), fit.quantile(1 - TAIL))
    below = 0.0 if limits.low is None else 1 - float(fit.reliability(limits.low))
    above = 0.0 if limits.high is None else float(fit.reliability(limits.high))
    named = (("shape", fit.shape), ("scale", fit.scale))
    return named, q, below, above, f"{method} by maximum likelihood"


def _by_box_cox(
    x: np.ndarray[tuple[int, ...], np.dtype[np.float64]], limits: Limits
) -> _Made | NoData:
    fit = fit_box_cox(x)
    if isinstance(fit, NoData):
        return fit
    y = fit.apply(x)
    mean, sd = float(y.mean()), float(y.std(ddof=1))

    def back(z: float) -> float:
        t = mean + z * sd
        if abs(fit.lam) < 1e-12:
            return math.exp(t)
        inner = 1 + fit.lam * t
        return inner ** (1 / fit.lam) if inner > 0 else math.nan

    def tail(limit: float | None, sign: int) -> float:
        if limit is None:
            return 0.0
        if limit <= 0:  # below every positive value
            return 0.0 if sign > 0 else 1.0
        z = (float(fit.apply(limit)) - mean) / sd
        return 0.5 * math.erfc(-sign * z / math.sqrt(2))

    q = (back(-3.0), back(0.0), back(3.0))
    named = (("lambda", fit.lam), ("mean", mean), ("sd", sd))
    return named, q, tail(limits.low, 1), tail(limits.high, -1), "Box-Cox, normal after it"


def _by_johnson(
    x: np.ndarray[tuple[int, ...], np.dtype[np.float64]], limits: Limits
) -> _Made | NoData:
    fit = fit_johnson(x)
    if isinstance(fit, NoData):
        return fit
    q = fit.invert([-3.0, 0.0, 3.0])

    def tail(limit: float | None, sign: int) -> float:
        if limit is None:
            return 0.0
        return 0.5 * math.erfc(-sign * float(fit.apply(limit)) / math.sqrt(2))

    named = (("gamma", fit.gamma), ("eta", fit.eta), ("epsilon", fit.epsilon), ("lambda", fit.lam))
    text = f"Johnson {fit.family}, normal after it (Anderson-Darling p {fit.p:.3g})"
    three = (float(q[0]), float(q[1]), float(q[2]))
    return named, three, tail(limits.low, 1), tail(limits.high, -1), text
