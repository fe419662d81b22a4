"""Agreement beyond chance: Cohen's and Fleiss' kappa."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from packcalc.stats.no_data import NoData

__all__ = ["Kappa", "cohen_kappa", "fleiss_kappa"]


@dataclass(frozen=True, slots=True)
class Kappa:
    """Agreement beyond chance: 1 is perfect, 0 is chance; `z` tests it against 0."""

    value: float
    error: float
    z: float | NoData
    p: float | NoData
    observed: float
    expected: float


def cohen_kappa(table: ArrayLike) -> Kappa | NoData:
    """Compute Cohen's kappa of two raters from their cross-table.

    Parameters
    ----------
    table : array_like, shape (class, class)
        Counts: rows are the first rater, columns the second. [1]

    Returns
    -------
    Kappa or NoData
        Kappa, its error under independence and test; no data when nothing was rated, or both
        used one class only (agreement by chance is then certain). [1]

    Raises
    ------
    ValueError
        If the table is not square or a count negative.

    References
    ----------
    .. [1] J. Cohen, "A coefficient of agreement for nominal scales," Educational and
           Psychological Measurement, vol. 20, pp. 37-46, 1960.
    .. [2] J. L. Fleiss, J. Cohen and B. S. Everitt, "Large sample standard errors of kappa and
           weighted kappa," Psychological Bulletin, vol. 72, pp. 323-327, 1969.

    Examples
    --------
    >>> round(cohen_kappa([[20, 5], [10, 15]]).value, 6)
    0.4
    """
    counts = np.asarray(table, dtype=float)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or np.any(counts < 0):
        raise ValueError(f"need a square table of counts; shape is {counts.shape}")
    total = counts.sum()
    if total == 0:
        return NoData("nothing was rated")
    rows, columns = counts.sum(axis=1) / total, counts.sum(axis=0) / total
    observed = float(np.trace(counts) / total)
    expected = float(rows @ columns)
    if expected >= 1:
        return NoData("both raters used one class only")
    value = (observed - expected) / (1 - expected)
    inner = float((rows * columns * (rows + columns)).sum())
    variance = (expected + expected**2 - inner) / ((1 - expected) ** 2 * total)
    return _tested(value, math.sqrt(max(0.0, variance)), observed, expected)


def fleiss_kappa(counts: ArrayLike) -> Kappa | NoData:
    """Compute Fleiss' kappa of several raters.

    Parameters
    ----------
    counts : array_like, shape (subject, class)
        How many raters put each subject into each class; every subject has as many raters. [1]

    Returns
    -------
    Kappa or NoData
        Kappa and its test; no data without subjects or when one class only was used. [1]

    Raises
    ------
    ValueError
        If the number of raters differs between subjects or is below two.

    References
    ----------
    .. [1] J. L. Fleiss, "Measuring nominal scale agreement among many raters," Psychological
           Bulletin, vol. 76, pp. 378-382, 1971.
    .. [2] J. L. Fleiss, J. C. M. Nee and J. R. Landis, "Large sample variance of kappa in the
           case of different sets of raters," Psychological Bulletin, vol. 86, 1979.

    Examples
    --------
    >>> round(fleiss_kappa([[2, 0], [0, 2], [2, 0], [1, 1]]).value, 4)
    0.4667
    """
    table = np.asarray(counts, dtype=float)
    if table.size == 0:
        return NoData("nothing was rated")
    raters = table.sum(axis=1)
    if table.ndim != 2 or np.any(raters != raters[0]) or raters[0] < 2:
        raise ValueError("every subject needs the same number of raters, two at least")
    n, m = table.shape[0], float(raters[0])
    share = table.sum(axis=0) / (n * m)
    observed = float(((np.square(table).sum(axis=1) - m) / (m * (m - 1))).mean())
    expected = float(np.square(share).sum())
    if expected >= 1:
        return NoData("one class only was used")
    value = (observed - expected) / (1 - expected)
    other = 1 - share
    both = float((share * other).sum())
    skew = float((share * other * (other - share)).sum())
    variance = 2 / (both**2 * n * m * (m - 1)) * (both**2 - skew)
    return _tested(value, math.sqrt(max(0.0, variance)), observed, expected)


def _tested(value: float, error: float, observed: float, expected: float) -> Kappa:
    z: float | NoData = NoData("kappa has no error to be tested with")
    p: float | NoData = z
    if error > 0:
        z = value / error
        p = math.erfc(abs(z) / math.sqrt(2))
    return Kappa(value, error, z, p, observed, expected)
