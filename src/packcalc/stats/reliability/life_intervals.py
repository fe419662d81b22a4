"""Likelihood-ratio intervals of a fitted life: of its parameters, quantiles, reliability."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

import numpy as np

from packcalc.stats.reliability.fit import LifeFit, fit_covariance
from packcalc.stats.reliability.life_data import LifeData
from packcalc.stats.reliability.likelihood import (
    log_likelihood,
    profile,
    standard_quantile,
    survival,
)

__all__ = ["likelihood_interval"]


def likelihood_interval(
    fit: LifeFit,
    data: LifeData,
    of: Literal["shape", "scale", "quantile", "reliability"],
    *,
    at: float | None = None,
    confidence: float = 0.95,
) -> tuple[float, float]:
    """Bound a parameter, a quantile or the reliability by the likelihood ratio.

    Parameters
    ----------
    fit : LifeFit
        A fit of `data` (Weibull, lognormal or exponential). [time]
    data : LifeData
        The data it was fitted to. [time]
    of : {"shape", "scale", "quantile", "reliability"}
        What is bounded. [-]
    at : float, optional
        Failed fraction of a quantile (0.1 for B10), or time of a reliability. [1, or time]
    confidence : float, optional
        Confidence of the two-sided interval. [1]

    Returns
    -------
    low, high : float
        Bounds: where twice the log-likelihood has fallen by the chi-square quantile. [time, or 1]

    Raises
    ------
    ValueError
        If `at` is missing, or the shape of an exponential life is asked for.

    References
    ----------
    .. [1] W. Q. Meeker and L. A. Escobar, Statistical Methods for Reliability Data, Wiley, 1998,
           sec. 8.3 and appendix B.6.

    Examples
    --------
    >>> from packcalc.stats.reliability.fit import fit_weibull
    >>> from packcalc.stats.reliability.life_data import life_data
    >>> data = life_data([16, 34, 53, 75, 93, 120])
    >>> low, high = likelihood_interval(fit_weibull(data), data, "shape")
    >>> round(low, 2), round(high, 2)
    (0.9, 3.46)
    """
    if of in ("quantile", "reliability") and at is None:
        raise ValueError(f"the {of} needs `at`")
    if fit.distribution == "exponential" and of == "shape":
        raise ValueError("the shape of an exponential life is 1 by definition")
    moved = data.shifted(fit.location)
    from scipy.special import gammaincinv

    drop = float(gammaincinv(0.5, confidence))  # half of the chi-square quantile
    floor = fit.log_likelihood - drop
    sigma = fit.shape if fit.distribution == "lognormal" else 1 / fit.shape
    log_sigma, mu = math.log(sigma), math.log(fit.scale)
    exponential = fit.distribution == "exponential"

    if of == "shape":
        return _of_shape(fit, moved, floor, log_sigma, mu)
    if of == "reliability":
        assert at is not None
        return _of_reliability(fit, moved, floor, at - fit.location)
    z = 0.0
    if of == "quantile":
        assert at is not None
        z = standard_quantile(at, fit.family)

    def held(value: float) -> float:
        """Largest log-likelihood with ln of the quantile (or scale) held at `value`."""
        if exponential:
            return log_likelihood(moved, "weibull", value - z, 0.0)
        return profile(moved, fit.family, lambda s: value - z * math.exp(s), log_sigma)

    best = mu + z * sigma
    step = max(1e-3, _spread(fit, data, z))
    return (
        fit.location + math.exp(_edge(held, best, -step, floor)),
        fit.location + math.exp(_edge(held, best, step, floor)),
    )


def _of_shape(
    fit: LifeFit, data: LifeData, floor: float, log_sigma: float, mu: float
) -> tuple[float, float]:
    def held(s: float) -> float:
        """Largest log-likelihood over mu with log sigma held."""
        low, high = mu - 5.0, mu + 5.0
        for _ in range(100):  # in mu alone the log-likelihood is concave
            third = (high - low) / 3
            a, b = low + third, high - third
            if log_likelihood(data, fit.family, a, s) < log_likelihood(data, fit.family, b, s):
                low = a
            else:
                high = b
        return log_likelihood(data, fit.family, (low + high) / 2, s)

    least, most = (_edge(held, log_sigma, sign * 0.2, floor) for sign in (-1, 1))
    if fit.distribution == "lognormal":
        return math.exp(least), math.exp(most)
    return math.exp(-most), math.exp(-least)


def _of_reliability(fit: LifeFit, data: LifeData, floor: float, age: float) -> tuple[float, float]:
    """Hold the standardised log age z, of which the reliability is a falling function."""
    if not age > 0:
        return 1.0, 1.0
    log_age = math.log(age)
    sigma = fit.shape if fit.distribution == "lognormal" else 1 / fit.shape

    def held(z: float) -> float:
        if fit.distribution == "exponential":
            return log_likelihood(data, "weibull", log_age - z, 0.0)
        return profile(data, fit.family, lambda s: log_age - z * math.exp(s), math.log(sigma))

    best = (log_age - math.log(fit.scale)) / sigma
    edges = np.array([_edge(held, best, sign * 0.2, floor) for sign in (1, -1)])
    low, high = survival(np.exp(edges), fit.family, 0.0, 1.0)
    return float(low), float(high)


def _spread(fit: LifeFit, data: LifeData, z: float) -> float:
    """Standard error of ln quantile: how far to look first."""
    if fit.distribution == "exponential":
        return 1 / math.sqrt(fit.failed)
    c = fit_covariance(fit, data)
    sigma = fit.shape if fit.distribution == "lognormal" else 1 / fit.shape
    slope = z * sigma
    variance = float(c[0, 0] + 2 * slope * c[0, 1] + slope * slope * c[1, 1])
    return math.sqrt(max(variance, 1e-12))


def _edge(held: Callable[[float], float], best: float, step: float, floor: float) -> float:
    """Walk outwards until the likelihood is below the floor, then halve the bracket."""
    inside, outside = best, best + step
    for _ in range(200):
        if held(outside) < floor:
            break
        inside, outside = outside, outside + step
        step *= 1.5
    for _ in range(60):
        middle = (inside + outside) / 2
        if held(middle) < floor:
            outside = middle
        else:
            inside = middle
    return (inside + outside) / 2
