"""Warranty forecast from a Nevada chart: what was shipped, what came back, what will."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from packcalc.stats.reliability.fit import LifeFit, fit_covariance
from packcalc.stats.reliability.life_data import LifeData, life_data

__all__ = ["Forecast", "Nevada", "forecast_returns", "read_nevada"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Nevada:
    """A Nevada chart turned into life data: ages in periods.

    `failures_by_age[j]` units came back at age j + 1; `survivors[i]` units of lot i were still
    out at age `ages[i]`.
    """

    failures_by_age: tuple[int, ...]
    survivors: tuple[int, ...]
    ages: tuple[int, ...]
    data: LifeData

    def survivors_by_age(self) -> dict[int, int]:
        """Give the units still out, by the age they have reached."""
        found: dict[int, int] = {}
        for age, count in zip(self.ages, self.survivors, strict=True):
            found[age] = found.get(age, 0) + count
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """Returns expected in each coming period, and in all of them, with prediction bounds."""

    by_lot: Floats
    expected: Floats
    low: tuple[int, ...]
    high: tuple[int, ...]
    total: float
    total_low: int
    total_high: int
    confidence: float
    convention: str


def read_nevada(
    shipped: Sequence[int],
    returned: Sequence[Sequence[int]],
    *,
    failed: Literal["within", "at_end"] = "within",
) -> Nevada:
    """Turn a Nevada chart into life data.

    Parameters
    ----------
    shipped : sequence of int
        Units of each lot, oldest first, one lot per period. [1]
    returned : sequence of sequence of int
        For each lot, the returns in each period after it was shipped. [1]
    failed : {"within", "at_end"}, optional
        A return of period j failed somewhere within it (a bracket), or at its end, age j, as
        ReliaSoft takes it; the latter overstates the shape where failures are early. [-]

    Returns
    -------
    Nevada
        Failures and survivors by age. [period]

    Raises
    ------
    ValueError
        If a count is negative, or more came back than went out.

    References
    ----------
    .. [1] ReliaSoft, Life Data Analysis Reference, "Warranty data analysis," Nevada chart format.

    Examples
    --------
    >>> chart = read_nevada([100, 140, 150], [[3, 3, 5], [2, 4], [4]])
    >>> chart.failures_by_age, chart.survivors_by_age()
    ((9, 7, 5), {3: 89, 2: 134, 1: 146})
    """
    if len(shipped) != len(returned):
        raise ValueError(
            f"{len(shipped)} lots were shipped, {len(returned)} rows of returns given"
        )
    ages = tuple(len(row) for row in returned)
    failures = [0] * max(ages, default=0)
    survivors = []
    for number, (out, row) in enumerate(zip(shipped, returned, strict=True), start=1):
        if out < 0 or any(count < 0 for count in row) or sum(row) > out:
            raise ValueError(f"lot {number}: {sum(row)} came back of {out}")
        for age, count in enumerate(row):
            failures[age] += count
        survivors.append(out - sum(row))
    used = [(age + 1, count) for age, count in enumerate(failures) if count]
    left = [(age, count) for age, count in zip(ages, survivors, strict=True) if age and count]
    ends, counts = [age for age, _ in used], [count for _, count in used]
    out_ages, out_counts = [age for age, _ in left], [count for _, count in left]
    if failed == "at_end":
        data = life_data(ends, out_ages, failure_counts=counts, survivor_counts=out_counts)
    else:
        data = life_data(
            (),
            out_ages,
            survivor_counts=out_counts,
            intervals=[(age - 1, age) for age in ends],
            interval_counts=counts,
        )
    return Nevada(tuple(failures), tuple(survivors), ages, data)


def forecast_returns(
    chart: Nevada,
    fit: LifeFit,
    *,
    periods: int = 1,
    warranty: float | None = None,
    confidence: float = 0.90,
    parameter_uncertainty: bool = True,
) -> Forecast:
    """Forecast the returns of the units that are out.

    A unit that has reached age t fails in the next period with chance
    ``(R(t) - R(t + 1)) / R(t)``. The number of returns is a sum of binomial counts; its
    distribution is computed exactly for given parameters and, unless switched off, mixed over
    the normal approximation of (ln scale, ln sigma), since fitted parameters are not known.

    Parameters
    ----------
    chart : Nevada
        Units out and their ages. [period]
    fit : LifeFit
        Life fitted to the chart. [period]
    periods : int, optional
        How many coming periods. [1]
    warranty : float, optional
        Age beyond which a unit no longer counts. [period]
    confidence : float, optional
        Chance that the interval holds the count to come. [1]
    parameter_uncertainty : bool, optional
        Whether the uncertainty of the fit widens the interval. [-]

    Returns
    -------
    Forecast
        Expected returns by lot and period, with prediction intervals. [1]

    Raises
    ------
    ValueError
        If no period is asked for.

    References
    ----------
    .. [1] L. A. Escobar and W. Q. Meeker, "Statistical prediction based on censored life data,"
           Technometrics, vol. 41, pp. 113-124, 1999.

    Examples
    --------
    >>> from packcalc.stats.reliability.fit import fit_weibull
    >>> chart = read_nevada([100, 140, 150], [[3, 3, 5], [2, 4], [4]])
    >>> forecast = forecast_returns(chart, fit_weibull(chart.data))
    >>> forecast.low[0] < forecast.total < forecast.high[0]
    True
    """
    if periods < 1:
        raise ValueError(f"a forecast needs a period; {periods} asked for")
    units = np.array(chart.survivors, dtype=float)
    ages = np.array(chart.ages, dtype=float)
    limit = math.inf if warranty is None else warranty
    nodes = _parameter_nodes(fit, chart.data) if parameter_uncertainty else [(1.0, fit)]
    best = _chances(fit, ages, periods, limit)
    by_lot = units[:, None] * best
    bounds = []
    mixed = [(weight, _chances(drawn, ages, periods, limit)) for weight, drawn in nodes]
    for j in range(periods):
        bounds.append(_bounds(units, [(w, c[:, j]) for w, c in mixed], confidence))
    low, high = _bounds(units, [(w, c.sum(axis=1)) for w, c in mixed], confidence)
    return Forecast(
        by_lot,
        by_lot.sum(axis=0),
        tuple(b[0] for b in bounds),
        tuple(b[1] for b in bounds),
        float(by_lot.sum()),
        low,
        high,
        confidence,
        f"{fit.distribution}, {confidence:g} prediction interval, parameters "
        f"{'uncertain' if parameter_uncertainty else 'taken as known'}",
    )


def _chances(fit: LifeFit, ages: Floats, periods: int, limit: float) -> Floats:
    """Chance of each lot's units to fail in each coming period, given that they have lasted."""
    edges = np.minimum(
        ages[:, None] + np.arange(periods + 1)[None, :], np.maximum(limit, ages)[:, None]
    )
    lasts = fit.reliability(edges)
    now = lasts[:, :1]
    return np.where(now > 0, (lasts[:, :-1] - lasts[:, 1:]) / np.where(now > 0, now, 1.0), 0.0)


def _parameter_nodes(fit: LifeFit, data: LifeData) -> list[tuple[float, LifeFit]]:
    """Gauss-Hermite nodes of the normal approximation of (ln scale, ln sigma)."""
    points, weights = np.polynomial.hermite_e.hermegauss(9)
    weights = weights / weights.sum()
    if fit.distribution == "exponential":
        sd = 1 / math.sqrt(fit.failed)
        return [
            (float(w), replace(fit, scale=fit.scale * math.exp(sd * float(x))))
            for x, w in zip(points, weights, strict=True)
        ]
    root = np.linalg.cholesky(fit_covariance(fit, data))
    sign = 1 if fit.distribution == "lognormal" else -1
    nodes = []
    for x, wx in zip(points, weights, strict=True):
        for y, wy in zip(points, weights, strict=True):
            move = root @ np.array([x, y])
            scale = fit.scale * math.exp(float(move[0]))
            shape = fit.shape * math.exp(sign * float(move[1]))
            nodes.append((float(wx * wy), replace(fit, scale=scale, shape=shape)))
    return nodes


def _bounds(
    units: Floats, mixed: list[tuple[float, Floats]], confidence: float
) -> tuple[int, int]:
    """Quantiles of a mixture of sums of binomial counts."""
    total = np.zeros(1)
    for weight, chances in mixed:
        pmf = np.ones(1)
        for n, p in zip(units, chances, strict=True):
            pmf = np.convolve(pmf, _binomial(int(n), float(min(max(p, 0.0), 1.0))))
        size = max(total.size, pmf.size)
        total = np.pad(total, (0, size - total.size)) + weight * np.pad(pmf, (0, size - pmf.size))
    cumulative = np.cumsum(total)
    tail = (1 - confidence) / 2
    low = int(np.searchsorted(cumulative, tail * cumulative[-1], side="left"))
    high = int(np.searchsorted(cumulative, (1 - tail) * cumulative[-1], side="left"))
    return low, high


def _binomial(n: int, p: float) -> Floats:
    """Probabilities of 0 to some count beyond which nothing is left."""
    from scipy.special import gammaln, xlog1py, xlogy

    top = min(n, int(n * p + 12 * math.sqrt(n * p * (1 - p)) + 30))
    x = np.arange(top + 1, dtype=float)
    ways = gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)
    return np.asarray(np.exp(ways + xlogy(x, p) + xlog1py(n - x, -p)))
