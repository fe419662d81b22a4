"""Exact confidence intervals for counted things: proportions and defects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from packcalc.stats.no_data import NoData

__all__ = ["Proportion", "poisson_interval", "proportion"]

Ends = Literal["one_sided", "two_sided"]


@dataclass(frozen=True, slots=True)
class Proportion:
    """`count` of `total`, with its confidence interval and the name of its convention."""

    count: int
    total: int
    value: float
    low: float
    high: float
    confidence: float
    convention: str


def proportion(
    count: int, total: int, *, confidence: float = 0.95, ends: Ends = "one_sided"
) -> Proportion | NoData:
    """Estimate a proportion with the exact (Clopper-Pearson) interval.

    Parameters
    ----------
    count : int
        How many have the property. [1]
    total : int
        How many were looked at. [1]
    confidence : float, optional
        Coverage that the interval has at least, between 0 and 1. [1]
    ends : {"one_sided", "two_sided"}, optional
        What to do at 0 of n and n of n, where one limit is certain: spend all of the risk on
        the other limit (``one_sided``, as Minitab does), or still halve it. [-]

    Returns
    -------
    Proportion or NoData
        Value and limits, each between 0 and 1; no data when nothing was looked at. [1]

    Raises
    ------
    ValueError
        If `count` is not within 0 and `total`, or `confidence` not within 0 and 1.

    References
    ----------
    .. [1] C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits illustrated
           in the case of the binomial," Biometrika, vol. 26, pp. 404-413, 1934.

    Examples
    --------
    No failure in 300 units shows less than 1 % at 95 % confidence; it does not show zero.

    >>> zero = proportion(0, 300)
    >>> zero.value, round(zero.high, 5)
    (0.0, 0.00994)
    >>> str(proportion(0, 0))
    'no data: nothing was counted'
    """
    _check_confidence(confidence)
    if not 0 <= count <= total:
        raise ValueError(f"{count} of {total} is not a proportion")
    if total == 0:
        return NoData("nothing was counted")
    at_end = count in (0, total)
    risk = 1 - confidence
    tail = risk if at_end and ends == "one_sided" else risk / 2
    from scipy.special import betaincinv

    low = 0.0 if count == 0 else float(betaincinv(count, total - count + 1, tail))
    high = 1.0 if count == total else float(betaincinv(count + 1, total - count, 1 - tail))
    sides = "one-sided" if tail == risk else "two-sided"
    convention = f"exact (Clopper-Pearson) {sides} {confidence:.4g}"
    return Proportion(count, total, count / total, low, high, confidence, convention)


def poisson_interval(count: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """Bound the mean of a Poisson count exactly (Garwood).

    Parameters
    ----------
    count : int
        Number of events seen. [1]
    confidence : float, optional
        Coverage that the two-sided interval has at least; with no event all of the risk is on
        the upper bound. [1]

    Returns
    -------
    low, high : float
        Bounds of the mean number of events. [1]

    Raises
    ------
    ValueError
        If `count` is negative or `confidence` not within 0 and 1.

    References
    ----------
    .. [1] F. Garwood, "Fiducial limits for the Poisson distribution," Biometrika, vol. 28,
           pp. 437-442, 1936.

    Examples
    --------
    >>> low, high = poisson_interval(0)
    >>> low, round(high, 3)
    (0.0, 2.996)
    """
    _check_confidence(confidence)
    if count < 0:
        raise ValueError(f"a count cannot be {count}")
    from scipy.special import gammaincinv

    tail = (1 - confidence) / (1 if count == 0 else 2)
    low = 0.0 if count == 0 else float(gammaincinv(count, tail))
    return low, float(gammaincinv(count + 1, 1 - tail))


def _check_confidence(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1; it is {confidence:g}")
