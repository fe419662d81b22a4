"""Whether measurements agree with predictions that share some of their errors."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from packcalc.asbuilt.uncertainty import Uncertainty

__all__ = ["Agreement", "compare", "coverage_factor"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """How far each measurement is from what was to be expected.

    Parameters
    ----------
    shift : ndarray, shape (n,)
        What the other differences show of the errors that all share. [unit of the difference]
    residual : ndarray, shape (n,)
        Difference less shift. [unit of the difference]
    tolerance : ndarray, shape (n,)
        Expanded uncertainty of the residual. [unit of the difference]
    agrees : ndarray of bool, shape (n,)
        Whether the residual lies within the tolerance. [-]
    parts : tuple of dict
        For each residual its standard uncertainty by name of source; the squares add up to that
        of tolerance over coverage. [unit of the difference]
    """

    shift: Array
    residual: Array
    tolerance: Array
    agrees: NDArray[np.bool_]
    parts: tuple[dict[str, float], ...]


def coverage_factor(false_alarm: float, comparisons: int) -> float:
    """Return how many standard uncertainties a tolerance must span.

    Parameters
    ----------
    false_alarm : float
        Chance that a sound unit is stopped by any of its comparisons. [1]
    comparisons : int
        How many are made on one unit. [1]

    Returns
    -------
    factor : float
        Coverage factor of each comparison. [1]

    Raises
    ------
    ValueError
        If the chance is not inside 0 to 1, or nothing is compared.

    References
    ----------
    Z. Sidak, "Rectangular confidence regions for the means of multivariate normal distributions,"
    J. Am. Stat. Assoc. 62 (1967) 626-633, doi:10.1080/01621459.1967.10482935: the bound holds for
    dependent comparisons too.

    Examples
    --------
    >>> round(coverage_factor(0.05, 1), 2), round(coverage_factor(0.001, 16), 2)
    (1.96, 4.0)
    """
    if not 0 < false_alarm < 1 or comparisons < 1:
        raise ValueError(f"{comparisons} comparisons cannot have a false alarm of {false_alarm:g}")
    each = -np.expm1(np.log1p(-false_alarm) / comparisons)
    return NormalDist().inv_cdf(1 - float(each) / 2)


def compare(
    difference: ArrayLike,
    uncertainty: Uncertainty,
    coverage: float,
    given: ArrayLike | None = None,
) -> Agreement:
    """Judge differences between measurement and prediction, each against the others.

    Parameters
    ----------
    difference : array_like, shape (n,)
        Measured less predicted. [any unit]
    uncertainty : Uncertainty
        Sources of error of the differences. [that unit]
    coverage : float
        Standard uncertainties that a tolerance spans. [1]
    given : array_like of bool, shape (n, n), or None
        Which differences each may be judged against; `None`: all others. One that is found not to
        agree is then left out for the rest, the worst one first. Where `given` is stated it is
        used as it stands. [-]

    Returns
    -------
    agreement : Agreement
        Shift, residual, tolerance and budget of each. [that unit]

    Raises
    ------
    ValueError
        If shapes do not fit, a difference is not finite or has no uncertainty.

    References
    ----------
    .. [1] JCGM 100:2008 (GUM), 5.2, and JCGM 102:2011, 6.2: propagation with correlated inputs.
    .. [2] C. E. Rasmussen, C. K. I. Williams, "Gaussian Processes for Machine Learning," MIT
           Press 2006, section 5.4.2: each value predicted from all the others.

    Examples
    --------
    Three groups read 5 % high together, which a scale known to 10 % explains; the second is
    another 0.4 too high, which nothing explains.

    >>> sources = [("scale", 0.1, [10.0, 10.0, 10.0])]
    >>> sources += [("own", 0.05, row) for row in np.eye(3)]
    >>> found = compare([0.5, 0.9, 0.5], Uncertainty.gathered(sources), 3.0)
    >>> found.residual.round(2).tolist(), found.agrees.tolist()
    ([0.0, 0.4, 0.0], [True, False, True])
    """
    d = np.asarray(difference, float)
    n = d.size
    matrix = uncertainty.covariance
    if d.ndim != 1 or matrix.shape != (n, n):
        raise ValueError(f"{d.shape} differences do not fit {uncertainty.sensitivity.shape[0]}")
    if not np.isfinite(d).all():
        raise ValueError("a difference is not finite")
    if not (np.diag(matrix) > 0).all():
        raise ValueError("a difference without uncertainty cannot be judged")
    robust = given is None
    allowed = ~np.eye(n, dtype=bool) if given is None else np.asarray(given, bool)
    if allowed.shape != (n, n) or allowed.diagonal().any():
        raise ValueError("given: each difference needs a row that leaves itself out")
    out = np.zeros(n, dtype=bool)
    while True:
        rows = [_from_others(k, allowed[k] & ~out, d, matrix) for k in range(n)]
        combination = np.stack([row for row, _ in rows])
        deviation = np.sqrt([variance for _, variance in rows])
        residual = combination @ d
        ratio = np.where(out, 0.0, np.abs(residual) / deviation)
        worst = int(ratio.argmax())
        if not robust or ratio[worst] <= coverage:
            break
        out[worst] = True
    tolerance = coverage * deviation
    return Agreement(
        shift=d - residual,
        residual=residual,
        tolerance=tolerance,
        agrees=np.abs(residual) <= tolerance,
        parts=tuple(uncertainty.parts(row) for row in combination),
    )


def _from_others(
    k: int, others: NDArray[np.bool_], difference: Array, covariance: Array
) -> tuple[Array, float]:
    """Return the combination that is the residual of difference k, and its variance."""
    combination = np.zeros(difference.size)
    combination[k] = 1.0
    if others.any():
        within = covariance[np.ix_(others, others)]
        combination[others] = -np.linalg.solve(within, covariance[others, k])
    return combination, float(combination @ covariance @ combination)
