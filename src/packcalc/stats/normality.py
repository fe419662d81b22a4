"""Whether values may be taken as normal: Anderson-Darling and Shapiro-Wilk."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from packcalc.stats.no_data import NoData

__all__ = ["Normality", "anderson_darling", "normality"]


@dataclass(frozen=True, slots=True)
class Normality:
    """Two tests of normality; `normal` says that neither rejects at `level`."""

    n: int
    anderson: float
    anderson_p: float
    shapiro: float
    shapiro_p: float
    skewness: float
    level: float
    normal: bool
    convention: str


def anderson_darling(values: ArrayLike) -> tuple[float, float] | NoData:
    """Test normality by Anderson-Darling with estimated mean and standard deviation.

    Parameters
    ----------
    values : array_like, shape (value,)
        Values, eight or more. [unit]

    Returns
    -------
    tuple of float or NoData
        A-squared (without the small-sample factor) and its p-value (with it); no data with fewer
        than eight values or when all are equal. [1]

    References
    ----------
    .. [1] R. B. D'Agostino and M. A. Stephens, Goodness-of-Fit Techniques, Dekker, 1986,
           Table 4.9.

    Examples
    --------
    >>> a2, p = anderson_darling([4.9, 5.1, 5.0, 4.8, 5.2, 5.0, 4.9, 5.1, 5.3, 4.7])
    >>> round(a2, 3), p > 0.9
    (0.149, True)
    """
    x = np.sort(np.asarray(values, dtype=float).ravel())
    if not np.all(np.isfinite(x)):
        raise ValueError("a value is not a finite number")
    n = x.size
    if n < 8:
        return NoData(f"{n} values; the test needs eight")
    sd = float(x.std(ddof=1))
    if sd <= 0:
        return NoData("all values are equal")
    from scipy.special import log_ndtr

    z = (x - x.mean()) / sd
    i = 2 * np.arange(1, n + 1) - 1
    a2 = float(-n - (i * (log_ndtr(z) + log_ndtr(-z[::-1]))).mean())
    return a2, _anderson_p(a2 * (1 + 0.75 / n + 2.25 / n**2))


def normality(values: ArrayLike, *, level: float = 0.05) -> Normality | NoData:
    """Test whether values may be taken as normal.

    Parameters
    ----------
    values : array_like, shape (value,)
        Values, eight or more. [unit]
    level : float, optional
        Risk of calling normal values something else, for each test. [1]

    Returns
    -------
    Normality or NoData
        Both tests and the skewness; no data with fewer than eight values or none that differ. [1]

    References
    ----------
    .. [1] S. S. Shapiro and M. B. Wilk, "An analysis of variance test for normality,"
           Biometrika, vol. 52, pp. 591-611, 1965; P. Royston, algorithm AS R94, 1995.
    .. [2] R. B. D'Agostino and M. A. Stephens, Goodness-of-Fit Techniques, Dekker, 1986.

    Examples
    --------
    >>> found = normality([148, 154, 158, 160, 161, 162, 166, 170, 182, 195, 236])
    >>> round(found.shapiro, 4), round(found.shapiro_p, 4), found.normal
    (0.7888, 0.0067, False)
    """
    x = np.asarray(values, dtype=float).ravel()
    anderson = anderson_darling(x)
    if isinstance(anderson, NoData):
        return anderson
    from scipy.stats import shapiro  # 0.4 s to load: only here

    used = x if x.size <= 5000 else x[:: -(-x.size // 5000)]  # Royston's p is for up to 5000
    w, p = shapiro(used)
    away = x - x.mean()
    skew = float((away**3).mean() / (away**2).mean() ** 1.5)
    return Normality(
        int(x.size),
        anderson[0],
        anderson[1],
        float(w),
        float(p),
        skew,
        level,
        min(anderson[1], float(p)) >= level,
        f"Anderson-Darling (D'Agostino-Stephens p), Shapiro-Wilk (Royston p), level {level:g}",
    )


def _anderson_p(a: float) -> float:
    """Fit of D'Agostino and Stephens for case 3 (mean and standard deviation estimated)."""
    if a >= 0.6:
        p = math.exp(1.2937 - 5.709 * a + 0.0186 * a * a)
    elif a >= 0.34:
        p = math.exp(0.9177 - 4.279 * a - 1.38 * a * a)
    elif a >= 0.2:
        p = 1 - math.exp(-8.318 + 42.796 * a - 59.938 * a * a)
    else:
        p = 1 - math.exp(-13.436 + 101.14 * a - 223.73 * a * a)
    return min(1.0, max(0.0, p))
