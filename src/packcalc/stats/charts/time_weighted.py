"""Charts that remember: EWMA and the tabular CUSUM."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from packcalc.stats.charts.run_rules import WORTH_COMPILING, Engine

__all__ = ["CusumChart", "EwmaChart", "cusum", "ewma"]

Floats = NDArray[np.float64]
BLOCK = 128  # points per matrix product in the NumPy twin of the EWMA


@dataclass(frozen=True, slots=True, eq=False)
class EwmaChart:
    """Exponentially weighted moving average; `signals` are points counted from 1."""

    statistic: Floats
    centre: float
    lower: Floats
    upper: Floats
    signals: list[int]
    convention: str


@dataclass(frozen=True, slots=True, eq=False)
class CusumChart:
    """Tabular CUSUM; `above` and `below` are the points, from 1, at which each side signals.

    `since_above` and `since_below` count the points each sum has been above zero: they date the
    shift.
    """

    high: Floats
    low: Floats
    interval: float
    above: list[int]
    below: list[int]
    since_above: NDArray[np.int64]
    since_below: NDArray[np.int64]
    convention: str

    @property
    def signals(self) -> list[int]:
        """Points, counted from 1, at which either side signals."""
        return sorted({*self.above, *self.below})


def ewma(
    values: ArrayLike,
    *,
    centre: float,
    sigma: float,
    weight: float = 0.2,
    width: float = 3.0,
    limits: Literal["exact", "steady"] = "exact",
    start: float | None = None,
    engine: Engine = "auto",
) -> EwmaChart:
    """Chart the exponentially weighted moving average of values or subgroup means.

    Parameters
    ----------
    values : array_like, shape (point,)
        Values in time order; subgroup means when sigma is that of a mean. [unit]
    centre : float
        Mean of the process. [unit]
    sigma : float
        Standard deviation of one of `values`. [unit]
    weight : float, optional
        Weight of the newest value, above 0 and at most 1. [1]
    width : float, optional
        Half-width of the limits in standard deviations of the average. [1]
    limits : {"exact", "steady"}, optional
        Limits that widen from the first point, or those of a long run throughout. [-]
    start : float, optional
        Average before the first value; the centre when left out. [unit]
    engine : {"auto", "numba", "numpy"}, optional
        Which of the two equal implementations. [-]

    Returns
    -------
    EwmaChart
        The average, its limits and the points beyond them. [unit]

    Raises
    ------
    ValueError
        If the weight is not within 0 and 1, sigma negative, or a value not finite.

    References
    ----------
    .. [1] J. M. Lucas and M. S. Saccucci, "Exponentially weighted moving average control
           schemes," Technometrics, vol. 32, pp. 1-12, 1990.

    Examples
    --------
    >>> chart = ewma([52.0, 47.0, 53.0], centre=50, sigma=2.0539, weight=0.3)
    >>> chart.statistic.round(2).tolist()
    [50.6, 49.52, 50.56]
    """
    x = _finite(values)
    if not 0 < weight <= 1:
        raise ValueError(f"the weight must be above 0 and at most 1; it is {weight:g}")
    if not sigma >= 0:
        raise ValueError(f"sigma must not be negative; it is {sigma:g}")
    begin = centre if start is None else start
    if engine == "numba" or (engine == "auto" and x.size >= WORTH_COMPILING):
        from packcalc.stats.charts import kernels

        z = np.empty_like(x)
        kernels.ewma(x, weight, begin, z)
    else:
        z = _ewma_numpy(x, weight, begin)
    share = np.ones(x.size)
    if limits == "exact":
        share = (
            -np.expm1(2 * np.log1p(-weight) * np.arange(1, x.size + 1)) if weight < 1 else share
        )
    reach = width * sigma * np.sqrt(weight / (2 - weight) * share)
    beyond = np.abs(z - centre) > reach
    text = f"{limits} limits, {width:g} sigma, weight {weight:g}"
    return EwmaChart(z, centre, centre - reach, centre + reach, _points(beyond), text)


def cusum(
    values: ArrayLike,
    *,
    centre: float,
    slack: float,
    interval: float,
    head_start: float = 0.0,
    engine: Engine = "auto",
) -> CusumChart:
    """Chart the two one-sided cumulative sums of deviations from the centre.

    Parameters
    ----------
    values : array_like, shape (point,)
        Values in time order. [unit]
    centre : float
        Mean of the process. [unit]
    slack : float
        Deviation that is forgiven at every point (K, half the shift to be found). [unit]
    interval : float
        Sum beyond which the chart signals (H). [unit]
    head_start : float, optional
        Sum to begin with; half of the interval gives a fast initial response. [unit]
    engine : {"auto", "numba", "numpy"}, optional
        Which of the two equal implementations. [-]

    Returns
    -------
    CusumChart
        Both sums (both not negative) and the points beyond the interval. [unit]

    Raises
    ------
    ValueError
        If slack, interval or head start is negative, or a value not finite.

    References
    ----------
    .. [1] E. S. Page, "Continuous inspection schemes," Biometrika, vol. 41, pp. 100-115, 1954.
    .. [2] J. M. Lucas and R. B. Crosier, "Fast initial response for CUSUM quality-control
           schemes," Technometrics, vol. 24, pp. 199-205, 1982.

    Examples
    --------
    >>> chart = cusum([0.0, 1.5, 2.0, 2.5], centre=0.0, slack=0.5, interval=4.0)
    >>> chart.high.tolist(), chart.above
    ([0.0, 1.0, 2.5, 4.5], [4])
    """
    x = _finite(values)
    if min(slack, interval, head_start) < 0:
        raise ValueError(f"negative: slack {slack:g}, interval {interval:g}, start {head_start:g}")
    if engine == "numba" or (engine == "auto" and x.size >= WORTH_COMPILING):
        from packcalc.stats.charts import kernels

        high, low = np.empty_like(x), np.empty_like(x)
        kernels.cusum(x, centre, slack, head_start, high, low)
    else:
        high = _cusum_numpy(x - centre - slack, head_start)
        low = _cusum_numpy(centre - slack - x, head_start)
    return CusumChart(
        high,
        low,
        interval,
        _points(high > interval),
        _points(low > interval),
        _run_length(high > 0),
        _run_length(low > 0),
        f"tabular, slack {slack:g}, interval {interval:g}, head start {head_start:g}",
    )


def _finite(values: ArrayLike) -> Floats:
    x = np.ascontiguousarray(values, dtype=float)
    if x.ndim != 1:
        raise ValueError(f"values need one dimension; these have {x.ndim}")
    bad = np.flatnonzero(~np.isfinite(x))
    if bad.size:
        raise ValueError(f"point {int(bad[0]) + 1} is {x[bad[0]]}; it must be a finite number")
    return x


def _points(beyond: NDArray[np.bool_]) -> list[int]:
    found: list[int] = (np.flatnonzero(beyond) + 1).tolist()
    return found


def _run_length(truth: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How many points in a row, up to each one, are true."""
    index = np.arange(1, truth.size + 1)
    return index - np.maximum.accumulate(np.where(truth, 0, index)) if truth.size else index


def _ewma_numpy(x: Floats, weight: float, start: float) -> Floats:
    """Twin of the compiled loop: one triangular product per block, blocks chained."""
    keep = 1 - weight
    lag = np.arange(BLOCK)
    older = lag[:, None] - lag[None, :]
    lower = np.where(older >= 0, weight * keep ** np.maximum(older, 0), 0.0)
    fade = keep ** (lag + 1)
    blocks = -(-x.size // BLOCK)
    padded = np.zeros(blocks * BLOCK)
    padded[: x.size] = x - start  # about the start, so that an offset costs no digits
    z = padded.reshape(blocks, BLOCK) @ lower.T
    carry = 0.0
    for i in range(blocks):
        z[i] += fade * carry
        carry = float(z[i, -1])
    return start + z.ravel()[: x.size]


def _cusum_numpy(steps: Floats, start: float) -> Floats:
    """Twin of the compiled loop: a sum stopped at zero is the sum above its own minimum."""
    walk = np.cumsum(steps)
    floor = np.minimum.accumulate(np.minimum(walk, -start)) if walk.size else walk
    return np.maximum(walk - floor, 0.0)
