"""Fitting Weibull, lognormal and exponential lives by maximum likelihood."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from packcalc.stats.no_data import NoData
from packcalc.stats.reliability.life_data import LifeData
from packcalc.stats.reliability.likelihood import (
    Family,
    covariance,
    log_likelihood,
    maximise,
    standard_quantile,
    survival,
)

__all__ = ["LifeFit", "fit_exponential", "fit_lognormal", "fit_weibull"]

Floats = NDArray[np.float64]
Distribution = Literal["weibull", "lognormal", "exponential"]


@dataclass(frozen=True, slots=True, eq=False)
class LifeFit:
    """A fitted life distribution.

    Weibull: `scale` is the characteristic life, `shape` the slope. Lognormal: `scale` is the
    median, `shape` the standard deviation of ln t. Exponential: `scale` is the mean.
    `location` is subtracted from the time first (three-parameter Weibull).
    """

    distribution: Distribution
    scale: float
    shape: float
    location: float
    log_likelihood: float
    failed: float
    total: float
    parameters: int
    convention: str

    @property
    def aic(self) -> float:
        """Akaike's information criterion: smaller is better."""
        return 2 * self.parameters - 2 * self.log_likelihood

    @property
    def family(self) -> Family:
        """Log-location-scale family; an exponential life is a Weibull life of shape 1."""
        return "lognormal" if self.distribution == "lognormal" else "weibull"

    @property
    def mean(self) -> float:
        """Mean life (MTTF)."""
        if self.distribution == "lognormal":
            return self.location + self.scale * math.exp(self.shape**2 / 2)
        return self.location + self.scale * math.exp(math.lgamma(1 + 1 / self.shape))

    @property
    def sd(self) -> float:
        """Standard deviation of life."""
        if self.distribution == "lognormal":
            square = math.expm1(self.shape**2)
            return self.scale * math.exp(self.shape**2 / 2) * math.sqrt(square)
        first = math.exp(math.lgamma(1 + 1 / self.shape))
        second = math.exp(math.lgamma(1 + 2 / self.shape))
        return self.scale * math.sqrt(max(0.0, second - first * first))

    def quantile(self, p: float) -> float:
        """Time by which the fraction `p` has failed; ``quantile(0.1)`` is the B10 life."""
        if not 0 < p < 1:
            raise ValueError(f"a quantile is asked for between 0 and 1; not {p:g}")
        return self.location + self.scale * math.exp(
            self._sigma * standard_quantile(p, self.family)
        )

    def reliability(self, t: ArrayLike) -> Floats:
        """Chance to last longer than `t`."""
        age = np.maximum(np.asarray(t, dtype=float) - self.location, 0.0)
        return survival(age, self.family, math.log(self.scale), self._sigma)

    @property
    def _sigma(self) -> float:
        return self.shape if self.distribution == "lognormal" else 1 / self.shape


def fit_weibull(data: LifeData) -> LifeFit | NoData:
    """Fit a two-parameter Weibull life by maximum likelihood.

    Parameters
    ----------
    data : LifeData
        Failures, survivors, brackets. [time]

    Returns
    -------
    LifeFit or NoData
        The fit; no data without two failures at different times, which the shape needs. [time]

    References
    ----------
    .. [1] W. Q. Meeker and L. A. Escobar, Statistical Methods for Reliability Data, Wiley, 1998,
           ch. 8.
    .. [2] NIST/SEMATECH e-Handbook of Statistical Methods, sec. 8.4.1.2.

    Examples
    --------
    >>> from packcalc.stats.reliability.life_data import life_data
    >>> fit = fit_weibull(life_data([16, 34, 53, 75, 93, 120]))
    >>> round(fit.shape, 3), round(fit.scale, 3)
    (1.933, 73.526)
    """
    missing = _too_few(data)
    if missing is not None:
        return missing
    if data.intervals.size == 0:
        shape, scale = _profile_score(data)
    else:
        mu, log_sigma = maximise(data, "weibull", _start(data))
        shape, scale = math.exp(-log_sigma), math.exp(mu)
    value = log_likelihood(data, "weibull", math.log(scale), -math.log(shape))
    return LifeFit(
        "weibull", scale, shape, 0.0, value, data.failed, data.total, 2, "maximum likelihood"
    )


def fit_lognormal(data: LifeData) -> LifeFit | NoData:
    """Fit a lognormal life by maximum likelihood.

    Parameters
    ----------
    data : LifeData
        Failures, survivors, brackets. [time]

    Returns
    -------
    LifeFit or NoData
        The fit; no data without two failures at different times. [time]

    References
    ----------
    .. [1] W. Q. Meeker and L. A. Escobar, Statistical Methods for Reliability Data, Wiley, 1998,
           ch. 8.

    Examples
    --------
    >>> from packcalc.stats.reliability.life_data import life_data
    >>> fit = fit_lognormal(life_data([16, 34, 53, 75, 93, 120]))
    >>> round(math.log(fit.scale), 4), round(fit.shape, 4)
    (3.9845, 0.6751)
    """
    missing = _too_few(data)
    if missing is not None:
        return missing
    if data.intervals.size == 0 and data.survivors.size == 0:
        logs, weights = np.log(data.failures), data.failure_counts
        mu = float(np.average(logs, weights=weights))
        sigma = math.sqrt(float(np.average(np.square(logs - mu), weights=weights)))
    else:
        mu, log_sigma = maximise(data, "lognormal", _start(data))
        sigma = math.exp(log_sigma)
    value = log_likelihood(data, "lognormal", mu, math.log(sigma))
    return LifeFit(
        "lognormal",
        math.exp(mu),
        sigma,
        0.0,
        value,
        data.failed,
        data.total,
        2,
        "maximum likelihood",
    )


def fit_exponential(data: LifeData) -> LifeFit | NoData:
    """Fit an exponential life (a constant failure rate) by maximum likelihood.

    Parameters
    ----------
    data : LifeData
        Failures, survivors, brackets. [time]

    Returns
    -------
    LifeFit or NoData
        The fit; no data without a failure. [time]

    References
    ----------
    .. [1] NIST/SEMATECH e-Handbook of Statistical Methods, sec. 8.4.1.1.

    Examples
    --------
    >>> from packcalc.stats.reliability.life_data import life_data
    >>> fit_exponential(life_data([100, 300], [600])).scale
    500.0
    """
    if data.failed == 0:
        return NoData("no unit has failed")
    time = float(data.failures @ data.failure_counts + data.survivors @ data.survivor_counts)
    if data.intervals.size == 0:
        mean = time / data.failed
    else:
        time += float(data.intervals.mean(axis=1) @ data.interval_counts)
        low, high = math.log(time / data.failed) - 5, math.log(time / data.failed) + 5
        for _ in range(200):  # the likelihood of one parameter has one top
            third = (high - low) / 3
            a, b = low + third, high - third
            if log_likelihood(data, "weibull", a, 0.0) < log_likelihood(data, "weibull", b, 0.0):
                low = a
            else:
                high = b
        mean = math.exp((low + high) / 2)
    value = log_likelihood(data, "weibull", math.log(mean), 0.0)
    return LifeFit(
        "exponential", mean, 1.0, 0.0, value, data.failed, data.total, 1, "maximum likelihood"
    )


def fit_covariance(fit: LifeFit, data: LifeData) -> Floats:
    """Covariance of (ln scale, ln sigma) at the fit."""
    return covariance(
        data.shifted(fit.location), fit.family, math.log(fit.scale), math.log(fit._sigma)
    )


def _too_few(data: LifeData) -> NoData | None:
    if data.failed < 2:
        return NoData(f"{data.failed:g} failures; two at different times are needed")
    exact = data.failures
    if data.intervals.size == 0:
        if exact.min() == exact.max():
            return NoData("all failures happened at one time; the shape cannot be told")
    elif not exact.size and not data.survivors.size and len(np.unique(data.intervals, axis=0)) < 2:
        return NoData("all failures lie in one interval; the shape cannot be told")
    return None


def _profile_score(data: LifeData) -> tuple[float, float]:
    """Solve the score of the shape, with the scale eliminated, by a guarded Newton iteration."""
    top = max(float(data.failures.max()), float(data.survivors.max(initial=0.0)))
    logs = np.log(np.concatenate([data.failures, data.survivors]) / top)  # all <= 0: no overflow
    weights = np.concatenate([data.failure_counts, data.survivor_counts])
    failed = float(data.failure_counts.sum())
    mean_log = float(data.failure_counts @ logs[: data.failures.size]) / failed
    spread = math.sqrt(
        max(
            1e-12,
            float(data.failure_counts @ (logs[: data.failures.size] - mean_log) ** 2) / failed,
        )
    )
    shape = 1.2 / spread
    low, high = 0.0, math.inf
    squares = logs * logs
    for _ in range(200):
        powered = weights * np.exp(shape * logs)
        s0, s1, s2 = float(powered.sum()), float(powered @ logs), float(powered @ squares)
        score = s1 / s0 - 1 / shape - mean_log  # rises with the shape
        if score > 0:
            high = shape
        else:
            low = shape
        slope = s2 / s0 - (s1 / s0) ** 2 + 1 / shape**2
        after = shape - score / slope
        if not low < after < high:
            after = (low + high) / 2 if math.isfinite(high) else 2 * shape
        if abs(after - shape) <= 1e-12 * shape:
            shape = after
            break
        shape = after
    s0 = float((weights * np.exp(shape * logs)).sum())
    return shape, top * (s0 / failed) ** (1 / shape)


def _start(data: LifeData) -> tuple[float, float]:
    """A start from all times as if they were failures."""
    middle = np.sqrt(
        np.maximum(data.intervals[:, 0], data.intervals[:, 1] / 4) * data.intervals[:, 1]
    )
    logs = np.log(np.concatenate([data.failures, data.survivors, middle]))
    weights = np.concatenate([data.failure_counts, data.survivor_counts, data.interval_counts])
    mu = float(np.average(logs, weights=weights))
    spread = float(np.sqrt(np.average(np.square(logs - mu), weights=weights)))
    share = data.failed / data.total
    return mu - 0.5 * math.log(share), math.log(max(spread, 0.1))
