"""Variables plans made to measure, and what a variables plan risks."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from packcalc.stats.sampling.variables import (
    RANGED,
    AnyMethod,
    VariablesPlan,
    ranges_of,
)
from packcalc.stats.spread import degrees_of_ranges

__all__ = ["find_variables_plan", "variables_acceptance"]


def variables_acceptance(
    n: int, k: float, p: ArrayLike, *, method: AnyMethod = "s"
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Compute the chance that a one-sided variables plan accepts a normal lot.

    Parameters
    ----------
    n : int
        Sample size. [1]
    k : float
        Acceptability constant. [1]
    p : array_like, shape (...)
        Fraction nonconforming, between 0 and 1. [1]
    method : {"s", "sigma", "range"}, optional
        Standard deviation estimated (noncentral t), known (normal), or estimated by the mean
        range of fives over d2* (noncentral t with the degrees of freedom of ranges). [-]

    Returns
    -------
    ndarray, shape (...)
        Probability of acceptance. [1]

    References
    ----------
    .. [1] E. G. Schilling and D. V. Neubauer, Acceptance Sampling in Quality Control, 3rd ed.,
           CRC Press, 2017, ch. 10.

    Examples
    --------
    >>> variables_acceptance(26, 1.322271, [0.05, 0.15], method="sigma").round(3).tolist()
    [0.95, 0.072]
    """
    from scipy.special import nctdtr, ndtr, ndtri

    z = -ndtri(np.asarray(p, dtype=float))
    root = math.sqrt(n)
    if method == "sigma":
        return np.asarray(ndtr((z - k) * root))
    return np.asarray(1 - nctdtr(_degrees(n, method), z * root, k * root))


def find_variables_plan(
    good: float,
    bad: float,
    *,
    producer_risk: float = 0.05,
    consumer_risk: float = 0.10,
    method: AnyMethod = "s",
) -> VariablesPlan:
    """Find the smallest one-sided variables plan that keeps both risks.

    Parameters
    ----------
    good, bad : float
        Fractions nonconforming that must nearly always be accepted and rejected. [1]
    producer_risk, consumer_risk : float, optional
        Largest chance to reject `good`, and to accept `bad`. [1]
    method : {"s", "sigma", "range"}, optional
        Standard deviation estimated from the sample, known, or estimated by ranges of five; the
        sample of the last is 3 to 9, or a multiple of five. [-]

    Returns
    -------
    VariablesPlan
        Smallest sample, with k on the producer's point; any k down to the consumer's serves. [1]

    Raises
    ------
    ValueError
        If good is not below bad or no sample up to 100,000 keeps both risks.

    References
    ----------
    .. [1] A. Kiermeier, "Visualizing and assessing acceptance sampling plans: the R package
           AcceptanceSampling," J. Statistical Software, vol. 26, no. 6, 2008.

    Examples
    --------
    >>> plan = find_variables_plan(0.05, 0.15, consumer_risk=0.075)
    >>> plan.n, round(plan.k, 4)
    (49, 1.3265)
    """
    if not 0 < good < bad < 1:
        raise ValueError(f"good {good:g} must be below bad {bad:g}, both within 0 and 1")

    from scipy.special import nctdtrit, ndtri

    z = -float(ndtri(good))

    def constant(n: int) -> float:
        """Largest k that still accepts `good` often enough."""
        if method == "sigma":
            return z + float(ndtri(producer_risk)) / math.sqrt(n)
        quantile = float(nctdtrit(_degrees(n, method), z * math.sqrt(n), producer_risk))
        return quantile / math.sqrt(n)

    def enough(n: int) -> bool:
        return float(variables_acceptance(n, constant(n), bad, method=method)) <= consumer_risk

    if method == "range":
        sizes = [*range(3, 2 * RANGED), *range(2 * RANGED, 5_001, RANGED)]
        n = next((n for n in sizes if enough(n)), None)
        if n is None:
            raise ValueError("no sample up to 5,000 keeps both risks by ranges")
        return VariablesPlan(n, constant(n), None, method, None, "two points, range method")
    low, high = 1, 2
    while not enough(high):
        low, high = high, 2 * high
        if high > 100_000:
            raise ValueError("no sample up to 100,000 keeps both risks")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return VariablesPlan(high, constant(high), None, method, None, f"two points, {method} method")


def _degrees(n: int, method: AnyMethod) -> float:
    if method != "range":
        return n - 1
    groups, size = ranges_of(n)
    return degrees_of_ranges([size] * groups)
