"""Estimates of the standard deviation within subgroups, with the freedom each one has."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from packcalc.stats.constants import c4, d2, d3
from packcalc.stats.no_data import NoData

__all__ = ["Spread", "Within", "effective_degrees", "within_subgroups"]

Within = Literal["rbar", "sbar", "pooled", "moving_range", "median_moving_range"]
MEDIAN_MOVING_RANGE = 0.9538725524  # median of |difference of two standard normals|


@dataclass(frozen=True, slots=True)
class Spread:
    """A standard deviation, the degrees of freedom that carry it, and how it was made."""

    sigma: float
    degrees: float
    convention: str


def within_subgroups(
    subgroups: Sequence[ArrayLike] | ArrayLike, *, method: Within | None = None
) -> Spread | NoData:
    """Estimate the standard deviation that remains within subgroups.

    Parameters
    ----------
    subgroups : sequence of array_like, shape (subgroup, value), or array_like, shape (value,)
        The subgroups, of equal or different size; or individual values in time order. [unit]
    method : {"pooled", "rbar", "sbar", "moving_range", "median_moving_range"}, optional
        Pooled variance, mean range over d2, mean standard deviation over c4, or (for individual
        values) the mean or median moving range. Left out: pooled, or mean moving range. [-]

    Returns
    -------
    Spread or NoData
        Estimate, effective degrees of freedom and convention; no data when no subgroup has
        two values. [unit]

    Raises
    ------
    ValueError
        If a value is not finite, or the method does not fit the shape.

    References
    ----------
    .. [1] ASTM E2587-16, Standard practice for use of control charts in statistical process
           control.
    .. [2] D. J. Wheeler, Advanced Topics in Statistical Process Control, SPC Press, 1995.

    Examples
    --------
    >>> spread = within_subgroups([[1.0, 3.0], [2.0, 6.0]], method="rbar")
    >>> round(spread.sigma, 4), spread.convention
    (2.6587, 'mean range / d2 (exact)')
    """
    groups, individual = as_groups(subgroups)
    if individual:
        return _of_individuals(groups[0], method or "moving_range")
    groups = [group for group in groups if group.size >= 2]
    if not groups:
        return NoData("no subgroup has two values")
    count = len(groups)
    sizes = [group.size for group in groups]
    if method in (None, "pooled"):
        degrees = sum(sizes) - count
        squares = sum(float(((g - g.mean()) ** 2).sum()) for g in groups)
        return Spread(math.sqrt(squares / degrees), degrees, "pooled standard deviation")
    if method == "rbar":
        sigma = float(np.mean([np.ptp(g) / d2(g.size) for g in groups]))
        return Spread(sigma, degrees_of_ranges(sizes), "mean range / d2 (exact)")
    if method == "sbar":
        sigma = float(np.mean([g.std(ddof=1) / c4(g.size) for g in groups]))
        return Spread(sigma, degrees_of_deviations(sizes), "mean standard deviation / c4")
    raise ValueError(f"{method!r} is for individual values, not for subgroups")


def effective_degrees(relative_variance: float) -> float:
    """Find the degrees of freedom of the chi that varies as much as an estimate of sigma.

    Parameters
    ----------
    relative_variance : float
        Variance of the (unbiased) estimate over sigma squared. [1]

    Returns
    -------
    float
        Degrees of freedom nu with ``1 / c4(nu + 1)**2 - 1 = relative_variance``. [1]

    Raises
    ------
    ValueError
        If the variance is not positive.

    References
    ----------
    .. [1] P. B. Patnaik, "The use of mean range as an estimator of variance in statistical
           tests," Biometrika, vol. 37, pp. 78-87, 1950.

    Examples
    --------
    One range of five has about 3.8 degrees of freedom, not four.

    >>> round(effective_degrees((0.86408 / 2.32593) ** 2), 1)
    3.8
    """
    if not relative_variance > 0:
        raise ValueError(f"a variance must be positive; it is {relative_variance:g}")
    low, high = 1e-3, 1 / relative_variance + 2
    for _ in range(80):  # the left side falls with nu: bisection cannot miss
        middle = (low + high) / 2
        if 1 / c4(middle + 1) ** 2 - 1 > relative_variance:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def degrees_of_ranges(sizes: Sequence[int]) -> float:
    """Degrees of freedom of a mean range over d2, of subgroups of these sizes."""
    return effective_degrees(sum((d3(n) / d2(n)) ** 2 for n in sizes) / len(sizes) ** 2)


def degrees_of_deviations(sizes: Sequence[int]) -> float:
    """Degrees of freedom of a mean standard deviation over c4, of subgroups of these sizes."""
    return effective_degrees(sum(1 / c4(n) ** 2 - 1 for n in sizes) / len(sizes) ** 2)


def degrees_of_moving_ranges(count: int, *, median: bool = False) -> float:
    """Degrees of freedom of a mean (or median) moving range over its constant."""
    # Adjacent moving ranges share a value: Cov(|d1|, |d2|) at correlation -1/2 is added.
    own = 2 - 4 / math.pi
    shared = 4 / math.pi * (math.sqrt(0.75) + math.asin(0.5) / 2 - 1)
    variance = (count * own + 2 * (count - 1) * shared) / count**2 / d2(2) ** 2
    # The median wastes information: 2.0 times the variance (simulated, n = 20 to 400).
    return effective_degrees((2.0 if median else 1.0) * variance)


def as_groups(
    subgroups: Sequence[ArrayLike] | ArrayLike,
) -> tuple[list[NDArray[np.float64]], bool]:
    """Turn the input into arrays; say whether they are individual values."""
    try:
        block = np.asarray(subgroups, dtype=float)
    except ValueError:  # subgroups of different size
        groups = [np.asarray(group, dtype=float).ravel() for group in subgroups]  # type: ignore[union-attr]
        individual = False
    else:
        if block.ndim not in (1, 2):
            raise ValueError(f"values need one or two dimensions; these have {block.ndim}")
        individual = block.ndim == 1
        groups = [block] if individual else list(block)
    for number, group in enumerate(groups, start=1):
        if not np.all(np.isfinite(group)):
            bad = group[~np.isfinite(group)][0]
            where = "the values" if individual else f"subgroup {number}"
            raise ValueError(f"{where} contain {bad}; every value must be a finite number")
    return groups, individual


def _of_individuals(x: NDArray[np.float64], method: Within) -> Spread | NoData:
    if x.size < 2:
        return NoData("a moving range needs two values")
    moving = np.abs(np.diff(x))
    if method == "moving_range":
        sigma = float(moving.mean()) / d2(2)
        return Spread(
            sigma, degrees_of_moving_ranges(moving.size), "mean moving range / d2 (exact)"
        )
    if method == "median_moving_range":
        degrees = degrees_of_moving_ranges(moving.size, median=True)
        return Spread(
            float(np.median(moving)) / MEDIAN_MOVING_RANGE, degrees, "median moving range"
        )
    raise ValueError(f"{method!r} is for subgroups, not for individual values")
