"""Life without a distribution: Kaplan-Meier, median ranks, and lines through them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from packcalc.stats.no_data import NoData
from packcalc.stats.reliability.life_data import LifeData

__all__ = ["RankFit", "Survival", "kaplan_meier", "median_ranks", "rank_regression"]

Floats = NDArray[np.float64]
Bounds = Literal["log-log", "log", "plain"]
Ranks = Literal["exact", "benard"]


@dataclass(frozen=True, slots=True, eq=False)
class Survival:
    """Kaplan-Meier estimate at each failure time, with its bounds."""

    times: Floats
    at_risk: Floats
    failed: Floats
    reliability: Floats
    low: Floats
    high: Floats
    confidence: float
    convention: str

    def at(self, t: float) -> float:
        """Chance to last longer than `t`."""
        before = int(np.searchsorted(self.times, t, side="right"))
        return 1.0 if before == 0 else float(self.reliability[before - 1])

    def quantile(self, p: float) -> float | NoData:
        """First time by which at least the fraction `p` has failed."""
        reached = np.flatnonzero(self.reliability <= 1 - p + 1e-12)
        if not reached.size:
            return NoData(f"fewer than {p:.0%} have failed")
        return float(self.times[reached[0]])


@dataclass(frozen=True, slots=True)
class RankFit:
    """A Weibull line through median ranks: `rho` is the correlation on Weibull paper."""

    shape: float
    scale: float
    rho: float
    convention: str


def kaplan_meier(
    data: LifeData, *, confidence: float = 0.95, bounds: Bounds = "log-log"
) -> Survival | NoData:
    """Estimate reliability without a distribution.

    A unit that fails and one that leaves at the same time: the failure counts first.

    Parameters
    ----------
    data : LifeData
        Failures and survivors; brackets are not used. [time]
    confidence : float, optional
        Confidence of the pointwise bounds. [1]
    bounds : {"log-log", "log", "plain"}, optional
        Scale on which Greenwood's error is symmetric: lifelines and SAS take the first, R's
        survival the second, Minitab the third. [-]

    Returns
    -------
    Survival or NoData
        Step function of reliability; no data without a failure. [time, 1]

    Raises
    ------
    ValueError
        If there are brackets: the estimate is not defined for them; or the bounds are unknown.

    References
    ----------
    .. [1] E. L. Kaplan and P. Meier, "Nonparametric estimation from incomplete observations,"
           J. American Statistical Association, vol. 53, pp. 457-481, 1958.

    Examples
    --------
    >>> from packcalc.stats.reliability.life_data import life_data
    >>> kaplan_meier(life_data([1, 2, 3], [2.5])).reliability.tolist()
    [0.75, 0.5, 0.0]
    """
    if data.intervals.size:
        raise ValueError("Kaplan-Meier needs times, not brackets; fit a distribution instead")
    if bounds not in ("log-log", "log", "plain"):
        raise ValueError(f"unknown bounds {bounds!r}; known: log-log, log, plain")
    if data.failure_counts.sum() == 0:
        return NoData("no unit has failed")
    times = np.unique(data.failures[data.failure_counts > 0])
    failed = np.array([data.failure_counts[data.failures == t].sum() for t in times])
    at_risk = np.array(
        [
            data.failure_counts[data.failures >= t].sum()
            + data.survivor_counts[data.survivors >= t].sum()
            for t in times
        ]
    )
    reliability = np.cumprod(1 - failed / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(failed / (at_risk * (at_risk - failed)))
        from scipy.special import ndtri

        error = float(ndtri((1 + confidence) / 2)) * np.sqrt(greenwood)  # of the logarithm
        if bounds == "log-log":
            reach = error / np.abs(np.log(reliability))
            low, high = reliability ** np.exp(reach), reliability ** np.exp(-reach)
        elif bounds == "log":
            low, high = reliability * np.exp(-error), reliability * np.exp(error)
        else:
            low, high = reliability * (1 - error), reliability * (1 + error)
        low, high = np.maximum(low, 0.0), np.minimum(high, 1.0)
    gone = reliability <= 0
    low[gone], high[gone] = 0.0, np.nan
    text = f"Kaplan-Meier, {bounds} Greenwood bounds, {confidence:g}"
    return Survival(times, at_risk, failed, reliability, low, high, confidence, text)


def median_ranks(count: int, *, ranks: Ranks = "exact") -> Floats:
    """Compute median ranks of ordered failures.

    Parameters
    ----------
    count : int
        Number of units. [1]
    ranks : {"exact", "benard"}, optional
        By the beta distribution, or by Benard's approximation (i - 0.3) / (n + 0.4). [-]

    Returns
    -------
    ndarray, shape (count,)
        Median of the fraction failed at each failure. [1]

    Raises
    ------
    ValueError
        If there is no unit, or the kind of ranks is unknown.

    References
    ----------
    .. [1] L. G. Johnson, "The median ranks of sample values in their population with an
           application to certain fatigue studies," Industrial Mathematics, vol. 2, 1951.

    Examples
    --------
    >>> (100 * median_ranks(6)).round(2).tolist()
    [10.91, 26.44, 42.14, 57.86, 73.56, 89.09]
    """
    if count < 1:
        raise ValueError(f"ranks need a unit; there are {count}")
    return _medians(np.arange(1.0, count + 1), count, ranks)


def rank_regression(
    failures: ArrayLike, survivors: ArrayLike = (), *, on: str = "y", ranks: Ranks = "exact"
) -> RankFit | NoData:
    """Fit a Weibull line through median ranks.

    Parameters
    ----------
    failures : array_like, shape (failure,)
        Times of failures. [time]
    survivors : array_like, shape (survivor,), optional
        Times of survivors; ranks are adjusted by Johnson's method. [time]
    on : {"y", "x"}, optional
        Least squares in the transformed fraction failed (RRY), or in ln t (RRX). [-]
    ranks : {"exact", "benard"}, optional
        Median ranks (see `median_ranks`). [-]

    Returns
    -------
    RankFit or NoData
        Shape and characteristic life; no data without two different failure times. [time]

    Raises
    ------
    ValueError
        If `on` is neither, or the kind of ranks is unknown.

    References
    ----------
    .. [1] R. B. Abernethy, The New Weibull Handbook, 5th ed., 2006, ch. 2 and 5.

    Examples
    --------
    >>> fit = rank_regression([16, 34, 53, 75, 93, 120])
    >>> round(fit.shape, 4), round(fit.scale, 2), round(fit.rho, 4)
    (1.4302, 76.32, 0.9956)
    """
    if on not in ("y", "x"):
        raise ValueError(f"regression is on 'y' or 'x', not on {on!r}")
    t = np.sort(np.asarray(failures, dtype=float).ravel())
    if np.unique(t).size < 2:
        return NoData("a line needs two different failure times")
    order = _adjusted_ranks(t, np.sort(np.asarray(survivors, dtype=float).ravel()))
    total = t.size + np.asarray(survivors, dtype=float).size
    y = np.log(-np.log1p(-_medians(order, total, ranks)))
    x = np.log(t)
    dx, dy = x - x.mean(), y - y.mean()
    sxx, syy, sxy = float(dx @ dx), float(dy @ dy), float(dx @ dy)
    shape = sxy / sxx if on == "y" else syy / sxy
    scale = math.exp(float(x.mean()) - float(y.mean()) / shape)
    text = f"rank regression on {on.upper()}, {ranks} median ranks"
    return RankFit(shape, scale, sxy / math.sqrt(sxx * syy), text)


def _medians(order: Floats, total: int, ranks: Ranks) -> Floats:
    """Median of the fraction failed at each order number."""
    if ranks == "benard":
        return (order - 0.3) / (total + 0.4)
    if ranks != "exact":
        raise ValueError(f"unknown ranks {ranks!r}; known: exact, benard")
    from scipy.special import betaincinv

    return np.asarray(betaincinv(order, total - order + 1, 0.5))


def _adjusted_ranks(failures: Floats, survivors: Floats) -> Floats:
    """Order numbers of failures, raised where survivors have left before them (Johnson)."""
    total = failures.size + survivors.size
    order, ranks = 0.0, []
    for i, time in enumerate(failures):
        left = total - i - int(np.searchsorted(survivors, time, side="left"))
        order += (total + 1 - order) / (left + 1)
        ranks.append(order)
    return np.array(ranks)
