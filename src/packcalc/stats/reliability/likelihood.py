"""Likelihood of log-location-scale lives (Weibull, lognormal) for any censoring.

With ``z = (ln t - mu) / sigma`` a Weibull life has the smallest-extreme-value distribution
(mu = ln scale, sigma = 1 / shape), a lognormal one the normal.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from packcalc.stats.reliability.life_data import LifeData
from packcalc.stats.search import highest

__all__: list[str] = []

Floats = NDArray[np.float64]
Family = Literal["weibull", "lognormal"]
LOG_ROOT_TWO_PI = 0.5 * math.log(2 * math.pi)


def log_likelihood(data: LifeData, family: Family, mu: float, log_sigma: float) -> float:
    """Log-likelihood of the data, densities in time (not in log time)."""
    sigma = math.exp(log_sigma)
    total = 0.0
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        if data.failures.size:
            logs = np.log(data.failures)
            terms = _log_density((logs - mu) / sigma, family) - log_sigma - logs
            total += float(data.failure_counts @ terms)
        if data.survivors.size:
            terms = _log_survival(_z(data.survivors, mu, sigma), family)
            total += float(data.survivor_counts @ terms)
        if data.intervals.size:
            total += float(data.interval_counts @ _log_between(data.intervals, mu, sigma, family))
    return total if math.isfinite(total) else -math.inf


def maximise(data: LifeData, family: Family, start: tuple[float, float]) -> tuple[float, float]:
    """Climb to the top by Newton steps in (mu, log sigma), halved until they climb."""

    def score(at: Floats) -> float:
        return log_likelihood(data, family, float(at[0]), float(at[1]))

    at = np.array(start)
    value = score(at)
    for _ in range(200):
        gradient, hessian = _derivatives(score, at)
        try:
            step = np.linalg.solve(hessian, -gradient)
        except np.linalg.LinAlgError:
            step = gradient
        if step @ gradient <= 0:  # not a direction that climbs
            step = gradient / max(1.0, float(np.abs(gradient).max()))
        size = 1.0
        while size > 1e-12 and not score(at + size * step) > value:
            size /= 2
        if size <= 1e-12 or float(np.abs(size * step).max()) < 1e-12:
            break
        at = at + size * step
        value = score(at)
    return float(at[0]), float(at[1])


def covariance(data: LifeData, family: Family, mu: float, log_sigma: float) -> Floats:
    """Inverse of the observed information of (mu, log sigma)."""
    _, hessian = _derivatives(
        lambda at: log_likelihood(data, family, float(at[0]), float(at[1])),
        np.array([mu, log_sigma]),
    )
    return np.asarray(np.linalg.inv(-hessian))


def profile(data: LifeData, family: Family, along: Callable[[float], float], near: float) -> float:
    """Largest log-likelihood over log sigma when mu is tied to it by `along`."""

    def score(s: float) -> float:
        return log_likelihood(data, family, along(s), s)

    return highest(score, near - 3.0, near + 3.0, rounds=60)[1]


def standard_quantile(p: float, family: Family) -> float:
    """Quantile of z."""
    if family == "weibull":
        return math.log(-math.log1p(-p))
    from scipy.special import ndtri

    return float(ndtri(p))


def survival(t: Floats, family: Family, mu: float, sigma: float) -> Floats:
    """Chance to last longer than t."""
    return np.exp(_log_survival(_z(t, mu, sigma), family))


def _z(t: Floats, mu: float, sigma: float) -> Floats:
    with np.errstate(divide="ignore"):
        return (np.log(t) - mu) / sigma


def _log_density(z: Floats, family: Family) -> Floats:
    if family == "weibull":
        return z - np.exp(z)
    return -0.5 * z * z - LOG_ROOT_TWO_PI


def _log_survival(z: Floats, family: Family) -> Floats:
    if family == "weibull":
        return -np.exp(z)
    from scipy.special import log_ndtr

    return np.asarray(log_ndtr(-z))


def _log_between(brackets: Floats, mu: float, sigma: float, family: Family) -> Floats:
    """Log of the chance to fail within each bracket, from survivals to keep small chances."""
    first = _log_survival(_z(brackets[:, 0], mu, sigma), family)
    last = _log_survival(_z(brackets[:, 1], mu, sigma), family)
    return first + np.log(-np.expm1(last - first))


def _derivatives(score: Callable[[Floats], float], at: Floats) -> tuple[Floats, Floats]:
    """Central differences; the step suits double precision for both orders."""
    h = 1e-4
    e0, e1 = np.array([h, 0.0]), np.array([0.0, h])
    here = score(at)
    p0, m0, p1, m1 = score(at + e0), score(at - e0), score(at + e1), score(at - e1)
    cross = score(at + e0 + e1) - score(at + e0 - e1) - score(at - e0 + e1) + score(at - e0 - e1)
    gradient = np.array([p0 - m0, p1 - m1]) / (2 * h)
    off = cross / (4 * h * h)
    hessian = np.array([[p0 - 2 * here + m0, 0.0], [0.0, p1 - 2 * here + m1]]) / (h * h)
    hessian[0, 1] = hessian[1, 0] = off
    return gradient, hessian
