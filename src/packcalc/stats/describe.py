"""Moments without rounding: values are taken as the decimals they were recorded as."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from packcalc.stats.no_data import NoData

__all__ = ["Anova", "Description", "describe", "one_way_anova"]


@dataclass(frozen=True, slots=True)
class Description:
    """Count, mean, sample standard deviation and lag-1 autocorrelation.

    `sd` needs two values and `lag1` two different ones; otherwise they are no data.
    """

    n: int
    mean: float
    sd: float | NoData
    lag1: float | NoData
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Anova:
    """One-way analysis of variance."""

    ss_between: float
    ss_within: float
    df_between: int
    df_within: int
    f: float | NoData
    p: float | NoData
    r_squared: float
    sd_within: float


def describe(values: ArrayLike) -> Description | NoData:
    """Compute mean, standard deviation and lag-1 autocorrelation to the last digit.

    An instrument writes 10000000.2; binary floating point cannot hold that, and a difference of
    two such numbers has lost nine digits. Each value is therefore taken as the shortest decimal
    that prints as it, and sums are exact.

    Parameters
    ----------
    values : array_like, shape (value,)
        Values in time order. [unit]

    Returns
    -------
    Description or NoData
        The moments; no data without a value. [unit]

    Raises
    ------
    ValueError
        If a value is not finite.

    References
    ----------
    .. [1] NIST Statistical Reference Datasets, univariate summary statistics (the certified
           values are reproduced to double precision).

    Examples
    --------
    >>> found = describe([10000000.2] + [10000000.1, 10000000.3] * 500)
    >>> found.mean, found.sd, found.lag1
    (10000000.2, 0.1, -0.999)
    """
    numbers, scale = _integers(np.asarray(values, dtype=float).ravel().tolist())
    n = len(numbers)
    if n == 0:
        return NoData("there is no value")
    total = sum(numbers)
    # n times the deviation from the mean is an integer: no division until the end
    away = [n * number - total for number in numbers]
    squares = sum(a * a for a in away)
    lagged = sum(a * b for a, b in pairwise(away))
    sd: float | NoData = NoData("one value has no spread")
    if n > 1:
        sd = _root(Fraction(squares, n * n * (n - 1)) / scale**2)
    return Description(
        n,
        float(Fraction(total, n) / scale),
        sd,
        float(Fraction(lagged, squares)) if squares else NoData("all values are equal"),
        float(Fraction(min(numbers)) / scale),
        float(Fraction(max(numbers)) / scale),
    )


def one_way_anova(groups: Sequence[ArrayLike]) -> Anova:
    """Compare the means of groups by a one-way analysis of variance with exact sums.

    Parameters
    ----------
    groups : sequence of array_like, shape (group, value)
        Values of each group. [unit]

    Returns
    -------
    Anova
        Sums of squares, F and its p-value; F is no data when nothing varies within. [unit^2, 1]

    Raises
    ------
    ValueError
        If there are fewer than two groups, an empty one, or no freedom within.

    References
    ----------
    .. [1] NIST Statistical Reference Datasets, analysis of variance (SiRstv, SmLs01-09).

    Examples
    --------
    >>> found = one_way_anova([[1.0, 2.0, 3.0], [2.0, 3.0, 4.0], [5.0, 6.0, 7.0]])
    >>> found.f, round(found.p, 4)
    (13.0, 0.0066)
    """
    flat = [np.asarray(group, dtype=float).ravel().tolist() for group in groups]
    if len(flat) < 2 or not all(flat):
        raise ValueError("an analysis of variance needs two groups or more, none of them empty")
    numbers, scale = _integers([value for group in flat for value in group])
    n, k = len(numbers), len(flat)
    if n <= k:
        raise ValueError(f"{n} values in {k} groups leave no variation within")
    correction = Fraction(sum(numbers) ** 2, n)
    start, between = 0, Fraction(0)
    for group in flat:
        part = numbers[start : start + len(group)]
        between += Fraction(sum(part) ** 2, len(part))
        start += len(group)
    within = sum(number * number for number in numbers) - between
    between -= correction
    f: float | NoData = NoData("nothing varies within the groups")
    p: float | NoData = f
    if within:
        from scipy.special import fdtrc

        f = float((between / (k - 1)) / (within / (n - k)))
        p = float(fdtrc(k - 1, n - k, f))
    total = between + within
    return Anova(
        float(between / scale**2),
        float(within / scale**2),
        k - 1,
        n - k,
        f,
        p,
        float(between / total) if total else 0.0,
        _root(within / (n - k) / scale**2),
    )


def _integers(values: Sequence[float]) -> tuple[list[int], int]:
    """Write the values as integers over one power of ten."""
    pairs = []
    places = 0
    for position, value in enumerate(values, start=1):
        if not math.isfinite(value):
            raise ValueError(f"value {position} is {value}; it must be a finite number")
        mantissa, _, exponent = repr(value).partition("e")
        whole, _, fraction = mantissa.partition(".")
        power = int(exponent or 0) - len(fraction)
        pairs.append((int(whole + fraction), power))
        places = max(places, -power)
    return [digits * 10 ** (power + places) for digits, power in pairs], 10**places


def _root(square: Fraction) -> float:
    """Square root of a fraction, correct to the last digit (float(square) could overflow)."""
    if square == 0:
        return 0.0
    shift = 2 * max(0, 64 - (square.numerator.bit_length() - square.denominator.bit_length()) // 2)
    root = math.isqrt((square.numerator << 2 * shift) // square.denominator)
    return float(Fraction(root, 1 << shift))
