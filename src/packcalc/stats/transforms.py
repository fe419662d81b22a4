"""Transformations that make values normal: Box-Cox and Johnson."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from packcalc.stats.no_data import NoData
from packcalc.stats.normality import anderson_darling
from packcalc.stats.search import highest

__all__ = ["BoxCox", "Johnson", "fit_box_cox", "fit_johnson"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BoxCox:
    """``(x**lam - 1) / lam``, or ln x at 0; `low` and `high` bound lam at 95 %."""

    lam: float
    low: float
    high: float

    def rounded(self) -> BoxCox:
        """Give the power rounded to the nearest half, as Minitab does unless told otherwise."""
        return replace(self, lam=round(2 * self.lam) / 2)

    def apply(self, values: ArrayLike) -> Floats:
        """Transform values, which must be positive."""
        return _box_cox(np.log(np.asarray(values, dtype=float)), self.lam)


@dataclass(frozen=True, slots=True)
class Johnson:
    """A Johnson transformation to standard normal: bounded, lognormal or unbounded.

    SB ``gamma + eta ln((x - epsilon) / (lam + epsilon - x))``, SL ``gamma + eta ln(x - epsilon)``,
    SU ``gamma + eta asinh((x - epsilon) / lam)``. `p` is Anderson-Darling's on the result.
    """

    family: Literal["SB", "SL", "SU"]
    gamma: float
    eta: float
    epsilon: float
    lam: float
    p: float

    def apply(self, values: ArrayLike) -> Floats:
        """Transform values; beyond the bound of the family lies infinity."""
        x = np.asarray(values, dtype=float)
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.family == "SU":
                return np.asarray(
                    self.gamma + self.eta * np.arcsinh((x - self.epsilon) / self.lam)
                )
            above = np.maximum(x - self.epsilon, 0.0)
            if self.family == "SL":
                return np.asarray(self.gamma + self.eta * np.log(above))
            below = np.maximum(self.epsilon + self.lam - x, 0.0)
            return np.asarray(self.gamma + self.eta * (np.log(above) - np.log(below)))

    def invert(self, z: ArrayLike) -> Floats:
        """Give the values whose transforms are `z`."""
        t = (np.asarray(z, dtype=float) - self.gamma) / self.eta
        if self.family == "SU":
            return np.asarray(self.epsilon + self.lam * np.sinh(t))
        if self.family == "SL":
            return np.asarray(self.epsilon + np.exp(t))
        return np.asarray(self.epsilon + self.lam / (1 + np.exp(-t)))


def fit_box_cox(values: ArrayLike) -> BoxCox | NoData:
    """Find the Box-Cox power of maximum likelihood.

    Parameters
    ----------
    values : array_like, shape (value,)
        Values, all positive. [unit]

    Returns
    -------
    BoxCox or NoData
        Power and its 95 % likelihood-ratio bounds, within -5 to 5; no data with fewer than three
        different values. [1]

    Raises
    ------
    ValueError
        If a value is not positive.

    References
    ----------
    .. [1] G. E. P. Box and D. R. Cox, "An analysis of transformations," J. Royal Statistical
           Society B, vol. 26, pp. 211-252, 1964.

    Examples
    --------
    >>> import numpy as np
    >>> round(fit_box_cox(np.exp([-1.2, -0.7, -0.3, 0.0, 0.3, 0.7, 1.2])).lam, 6)
    0.0
    """
    x = np.asarray(values, dtype=float).ravel()
    if not np.all(np.isfinite(x) & (x > 0)):
        raise ValueError("Box-Cox needs positive values; add an offset or use Johnson")
    if np.unique(x).size < 3:
        return NoData("fewer than three different values")
    logs = np.log(x)
    logs_mean = float(logs.mean())
    centred = logs - logs_mean  # the power does not depend on the unit

    def score(lam: float) -> float:
        y = _box_cox(centred, lam)
        return -0.5 * x.size * math.log(float(y.var()))

    lam, _ = highest(score, -5.0, 5.0, rounds=80)
    floor = score(lam) - 1.9207294  # half of the 95 % chi-square quantile
    edges = []
    for end in (-5.0, 5.0):
        inside, outside = lam, end
        for _ in range(60):
            middle = (inside + outside) / 2
            inside, outside = (middle, outside) if score(middle) > floor else (inside, middle)
        edges.append(inside)
    return BoxCox(lam, edges[0], edges[1])


def fit_johnson(values: ArrayLike) -> Johnson | NoData:
    """Find the Johnson transformation that makes values most normal.

    For each spacing z from 0.25 to 1.25 the four quantiles at -3z, -z, z, 3z choose the family
    and its parameters; of all the one with the largest Anderson-Darling p-value is kept.

    Parameters
    ----------
    values : array_like, shape (value,)
        Values, eight or more. [unit]

    Returns
    -------
    Johnson or NoData
        The transformation; no data with fewer than eight values or when none fits. [1]

    References
    ----------
    .. [1] J. F. Slifker and S. S. Shapiro, "The Johnson system: selection and parameter
           estimation," Technometrics, vol. 22, pp. 239-246, 1980.
    .. [2] Y. M. Chou, A. M. Polansky and R. L. Mason, "Transforming non-normal data to normality
           in statistical process control," J. Quality Technology, vol. 30, pp. 133-141, 1998.

    Examples
    --------
    >>> from scipy.special import ndtri
    >>> import numpy as np
    >>> fit = fit_johnson(5 + 2 * np.sinh(ndtri(np.arange(1, 100) / 100) / 1.5))
    >>> fit.family, fit.p > 0.9
    ('SU', True)
    """
    x = np.sort(np.asarray(values, dtype=float).ravel())
    if x.size < 8 or not np.all(np.isfinite(x)):
        return NoData(f"{x.size} finite values; eight are needed")
    from scipy.special import ndtr

    best: Johnson | None = None
    for z in np.arange(0.25, 1.2501, 0.01):
        # positions as in the papers: the (n p + 1/2)-th value
        places = np.clip(x.size * ndtr(np.array([-3 * z, -z, z, 3 * z])) - 0.5, 0, x.size - 1)
        q = np.interp(places, np.arange(x.size), x)
        for family in ("SB", "SL", "SU"):
            made = _from_quantiles(family, float(z), q)
            if made is None:
                continue
            y = made.apply(x)
            if not np.all(np.isfinite(y)):
                continue
            test = anderson_darling(y)
            if not isinstance(test, NoData) and (best is None or test[1] > best.p):
                best = Johnson(made.family, made.gamma, made.eta, made.epsilon, made.lam, test[1])
    return best or NoData("no Johnson curve fits these values")


def _box_cox(logs: Floats, lam: float) -> Floats:
    return logs if abs(lam) < 1e-12 else np.expm1(lam * logs) / lam


def _from_quantiles(family: str, z: float, q: Floats) -> Johnson | None:
    """Parameters from the quantiles at -3z, -z, z, 3z (Slifker and Shapiro, tables 1 to 3)."""
    m, n, p = float(q[3] - q[2]), float(q[1] - q[0]), float(q[2] - q[1])
    if min(m, n, p) <= 0:
        return None
    middle = float(q[2] + q[1]) / 2
    ratio = m * n / (p * p)
    if family == "SU" and ratio > 1:
        eta = 2 * z / math.acosh((m / p + n / p) / 2)
        gamma = eta * math.asinh((n / p - m / p) / (2 * math.sqrt(ratio - 1)))
        lam = 2 * p * math.sqrt(ratio - 1) / (m / p + n / p - 2) / math.sqrt(m / p + n / p + 2)
        epsilon = middle + p * (n / p - m / p) / (2 * (m / p + n / p - 2))
        return Johnson("SU", gamma, eta, epsilon, lam, 0.0)
    if family == "SB" and ratio < 1:
        pm, pn = p / m, p / n
        eta = z / math.acosh(0.5 * math.sqrt((1 + pm) * (1 + pn)))
        root = math.sqrt((1 + pm) * (1 + pn) - 4)
        gamma = eta * math.asinh((pn - pm) * root / (2 * (1 / ratio - 1)))
        lam = p * math.sqrt(((1 + pm) * (1 + pn) - 2) ** 2 - 4) / (1 / ratio - 1)
        epsilon = middle - lam / 2 + p * (pn - pm) / (2 * (1 / ratio - 1))
        return Johnson("SB", gamma, eta, epsilon, lam, 0.0)
    if family == "SL" and m > p:
        eta = 2 * z / math.log(m / p)
        gamma = eta * math.log((m / p - 1) / (p * math.sqrt(m / p)))
        epsilon = middle - p / 2 * (m / p + 1) / (m / p - 1)
        return Johnson("SL", gamma, eta, epsilon, 1.0, 0.0)
    return None
