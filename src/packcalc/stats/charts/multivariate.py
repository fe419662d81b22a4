"""Charts of several characteristics at once: Hotelling's T2 and the MEWMA."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["MewmaChart", "T2Chart", "mewma", "t2_individuals", "t2_subgroups"]

Floats = NDArray[np.float64]
Phase = Literal["I", "II"]


@dataclass(frozen=True, slots=True, eq=False)
class T2Chart:
    """Hotelling's T2 of each point.

    `limit` is that of the points the estimates came from (Phase I), `prediction_limit` that of
    new ones (Phase II). `contributions` (point, characteristic) is how much T2 falls when the
    characteristic is left out: the largest names the culprit.
    """

    t2: Floats
    limit: float
    prediction_limit: float
    centre: Floats
    covariance: Floats
    contributions: Floats
    confidence: float
    convention: str

    @property
    def signals(self) -> list[int]:
        """Points, counted from 1, beyond the Phase I limit."""
        found: list[int] = (np.flatnonzero(self.t2 > self.limit) + 1).tolist()
        return found


@dataclass(frozen=True, slots=True, eq=False)
class MewmaChart:
    """Multivariate EWMA: the statistic of each point, the limit if one was given."""

    statistic: Floats
    limit: float | None
    signals: list[int]
    convention: str


def t2_individuals(
    values: ArrayLike,
    *,
    centre: ArrayLike | None = None,
    covariance: ArrayLike | None = None,
    confidence: float | None = None,
    spread: Literal["sample", "successive"] = "sample",
    baseline_points: int | None = None,
) -> T2Chart:
    """Chart Hotelling's T2 of single observations of several characteristics.

    Parameters
    ----------
    values : array_like, shape (point, characteristic)
        Observations in time order. [unit]
    centre : array_like, shape (characteristic,), optional
        Mean vector of an earlier Phase I; found from the values when left out. [unit]
    covariance : array_like, shape (characteristic, characteristic), optional
        Covariance of that Phase I. [unit^2]
    confidence : float, optional
        Chance that a point in control lies within; ``(1 - 0.0027) ** p`` when left out. [1]
    spread : {"sample", "successive"}, optional
        Covariance from deviations, or from successive differences (blind to a step). [-]
    baseline_points : int, optional
        Points behind a given centre and covariance. [1]

    Returns
    -------
    T2Chart
        Statistic, beta limit of Phase I and F limit of Phase II. [1]

    Raises
    ------
    ValueError
        If there are too few points, or the characteristics are linearly dependent.

    References
    ----------
    .. [1] N. D. Tracy, J. C. Young and R. L. Mason, "Multivariate control charts for individual
           observations," J. Quality Technology, vol. 24, pp. 88-95, 1992.
    .. [2] D. S. Holmes and A. E. Mergen, "Improving the performance of the T2 control chart,"
           Quality Engineering, vol. 5, pp. 619-625, 1993.

    Examples
    --------
    >>> chart = t2_individuals([[1.0, 2.1], [2.0, 3.9], [3.0, 6.2], [4.0, 7.7], [5.0, 10.4]])
    >>> round(float(chart.t2.sum()), 6)  # (m - 1) p, whatever the data
    8.0
    """
    x = _observations(values)
    m, p = x.shape
    given = centre is not None and covariance is not None
    points = baseline_points if given and baseline_points is not None else m
    if points <= p + 1:
        raise ValueError(f"{points} points cannot carry the covariance of {p} characteristics")
    middle = np.asarray(centre, dtype=float) if centre is not None else x.mean(axis=0)
    if covariance is not None:
        matrix = np.asarray(covariance, dtype=float)
    elif spread == "sample":
        matrix = np.atleast_2d(np.cov(x, rowvar=False))
    else:
        steps = np.diff(x, axis=0)
        matrix = steps.T @ steps / (2 * (m - 1))
    t2, parts = _t2(x - middle, matrix)
    level = (1 - 0.0027) ** p if confidence is None else confidence
    from scipy.special import betaincinv, fdtri

    limit = (points - 1) ** 2 / points * float(betaincinv(p / 2, (points - p - 1) / 2, level))
    new = p * (points + 1) * (points - 1) / (points * (points - p))
    prediction = new * float(fdtri(p, points - p, level))
    text = f"individuals, {'given' if given else spread} covariance, confidence {level:.6g}"
    limit = prediction if given else limit
    return T2Chart(t2, limit, prediction, middle, matrix, parts, level, text)


def t2_subgroups(values: ArrayLike, *, confidence: float | None = None) -> T2Chart:
    """Chart Hotelling's T2 of subgroup means of several characteristics.

    Parameters
    ----------
    values : array_like, shape (subgroup, value, characteristic)
        Subgroups in time order. [unit]
    confidence : float, optional
        Chance that a point in control lies within; ``(1 - 0.0027) ** p`` when left out. [1]

    Returns
    -------
    T2Chart
        Statistic of the means, limits of Phase I and II from the F distribution. [1]

    Raises
    ------
    ValueError
        If a subgroup has fewer than two values, or there are too few subgroups.

    References
    ----------
    .. [1] T. P. Ryan, Statistical Methods for Quality Improvement, 3rd ed., Wiley, 2011, ch. 9.
    .. [2] F. B. Alt, "Multivariate quality control," Encyclopedia of Statistical Sciences,
           vol. 6, pp. 110-122, 1985.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> chart = t2_subgroups(rng.normal(size=(20, 4, 2)))
    >>> chart.signals, round(chart.limit, 2)
    ([], 11.04)
    """
    block = np.asarray(values, dtype=float)
    if block.ndim != 3 or block.shape[1] < 2 or not np.all(np.isfinite(block)):
        raise ValueError(
            f"need finite values of shape (subgroup, value >= 2, characteristic); "
            f"shape is {block.shape}"
        )
    m, n, p = block.shape
    degrees = m * n - m - p + 1
    if degrees < 1:
        raise ValueError(f"{m} subgroups of {n} cannot carry {p} characteristics")
    means = block.mean(axis=1)
    inner = block - means[:, None, :]
    matrix = np.einsum("kij,kil->jl", inner, inner) / (m * (n - 1))
    centre = means.mean(axis=0)
    t2, parts = _t2(np.sqrt(n) * (means - centre), matrix)
    level = (1 - 0.0027) ** p if confidence is None else confidence
    from scipy.special import fdtri

    quantile = float(fdtri(p, degrees, level)) * p * (n - 1) / degrees
    text = f"subgroups of {n}, pooled covariance, confidence {level:.6g}"
    return T2Chart(t2, quantile * (m - 1), quantile * (m + 1), centre, matrix, parts, level, text)


def mewma(
    values: ArrayLike,
    *,
    centre: ArrayLike,
    covariance: ArrayLike,
    weight: float = 0.1,
    limits: Literal["exact", "steady"] = "exact",
    limit: float | None = None,
) -> MewmaChart:
    """Chart the multivariate EWMA of observations of several characteristics.

    Parameters
    ----------
    values : array_like, shape (point, characteristic)
        Observations in time order. [unit]
    centre : array_like, shape (characteristic,)
        Mean vector of the process. [unit]
    covariance : array_like, shape (characteristic, characteristic)
        Covariance of one observation. [unit^2]
    weight : float, optional
        Weight of the newest observation, above 0 and at most 1; 1 gives T2. [1]
    limits : {"exact", "steady"}, optional
        Covariance of the average as it grows from the start, or that of a long run. [-]
    limit : float, optional
        Value of the statistic beyond which a point signals (h4 of the literature). [1]

    Returns
    -------
    MewmaChart
        Statistic of each point, and the points (from 1) beyond the limit. [1]

    Raises
    ------
    ValueError
        If the weight is not within 0 and 1 or the covariance not positive definite.

    References
    ----------
    .. [1] C. A. Lowry, W. H. Woodall, C. W. Champ and S. E. Rigdon, "A multivariate
           exponentially weighted moving average control chart," Technometrics, vol. 34,
           pp. 46-53, 1992.

    Examples
    --------
    >>> chart = mewma([[1.0, 0.0], [1.0, 0.0]], centre=[0, 0], covariance=[[1, 0], [0, 1]])
    >>> chart.statistic.round(4).tolist()
    [1.0, 1.9945]
    """
    x = _observations(values)
    if not 0 < weight <= 1:
        raise ValueError(f"the weight must be above 0 and at most 1; it is {weight:g}")
    away = x - np.asarray(centre, dtype=float)
    average = np.empty_like(away)
    value = np.zeros(x.shape[1])
    for i, row in enumerate(away):
        value = value + weight * (row - value)
        average[i] = value
    plain, _ = _t2(average, np.asarray(covariance, dtype=float))
    share = np.ones(len(x))
    if limits == "exact" and weight < 1:
        share = -np.expm1(2 * np.log1p(-weight) * np.arange(1, len(x) + 1))
    statistic = plain / (weight / (2 - weight) * share)
    signals = [] if limit is None else (np.flatnonzero(statistic > limit) + 1).tolist()
    return MewmaChart(statistic, limit, signals, f"{limits} covariance, weight {weight:g}")


def _observations(values: ArrayLike) -> Floats:
    x = np.asarray(values, dtype=float)
    if x.ndim != 2 or not np.all(np.isfinite(x)):
        raise ValueError(f"need finite values of shape (point, characteristic); shape {x.shape}")
    return x


def _t2(away: Floats, matrix: Floats) -> tuple[Floats, Floats]:
    """Squared distances, and what each characteristic adds beyond all the others."""
    scale = np.sqrt(np.abs(np.diag(matrix)))
    if not np.all(scale > 0) or np.linalg.eigvalsh(matrix / np.outer(scale, scale))[0] < 1e-12:
        raise ValueError(
            "the covariance is not positive definite: a characteristic depends on the others,"
            " or does not vary"
        )
    inverse = np.linalg.inv(matrix)
    half = away @ inverse
    # Leaving j out lowers T2 by (row j of the inverse times d)**2 / inverse[j, j].
    return np.einsum("ij,ij->i", half, away), np.square(half) / np.diag(inverse)
