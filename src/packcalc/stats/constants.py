"""Constants of control charts and gauge studies, computed from their definitions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

__all__ = ["ChartConstants", "c4", "chart_constants", "d2", "d2_star", "d3"]


@dataclass(frozen=True, slots=True)
class ChartConstants:
    """Factors of Shewhart charts for subgroups of `n` (three sigma unless asked otherwise)."""

    n: int
    d2: float
    d3: float
    c4: float
    A: float
    A2: float
    A3: float
    B3: float
    B4: float
    B5: float
    B6: float
    D1: float
    D2: float
    D3: float
    D4: float
    E2: float


def d2(n: int) -> float:
    """Give the mean range of `n` standard normal values, exactly (not the rounded table).

    Parameters
    ----------
    n : int
        Size of the subgroup, at least 2. [1]

    Returns
    -------
    float
        E[range] / sigma. [1]

    Raises
    ------
    ValueError
        If `n` is below 2 or above 1000.

    References
    ----------
    .. [1] L. H. C. Tippett, "On the extreme individuals and the range of samples taken from a
           normal population," Biometrika, vol. 17, pp. 364-387, 1925.

    Examples
    --------
    >>> round(d2(2), 6), round(d2(5), 6)
    (1.128379, 2.325929)
    """
    return _range_moments(n)[0]


def d3(n: int) -> float:
    """Give the standard deviation of the range of `n` standard normal values.

    Parameters
    ----------
    n : int
        Size of the subgroup, at least 2. [1]

    Returns
    -------
    float
        sd[range] / sigma. [1]

    References
    ----------
    .. [1] L. H. C. Tippett, Biometrika, vol. 17, pp. 364-387, 1925.

    Examples
    --------
    >>> round(d3(5), 6)
    0.864082
    """
    return _range_moments(n)[1]


def c4(n: float) -> float:
    """Give the mean sample standard deviation of `n` standard normal values.

    Parameters
    ----------
    n : float
        Size of the subgroup, above 1; a fraction stands for effective degrees of freedom. [1]

    Returns
    -------
    float
        E[s] / sigma. [1]

    Raises
    ------
    ValueError
        If `n` is not above 1.

    References
    ----------
    .. [1] ASTM E2587-16, Standard practice for use of control charts in statistical process
           control, Table 1 and annex.

    Examples
    --------
    >>> round(c4(5), 6)
    0.939986
    """
    if not n > 1:
        raise ValueError(f"a standard deviation needs more than one value; n is {n:g}")
    return math.sqrt(2 / (n - 1)) * math.exp(math.lgamma(n / 2) - math.lgamma((n - 1) / 2))


def d2_star(n: int, groups: int) -> float:
    """Give the divisor that makes the mean of few ranges an unbiased root of the variance.

    Parameters
    ----------
    n : int
        Size of each subgroup. [1]
    groups : int
        Number of subgroups the range is averaged over. [1]

    Returns
    -------
    float
        ``sqrt(d2**2 + d3**2 / groups)``; AIAG's K2 and K3 are its reciprocal for one group. [1]

    Raises
    ------
    ValueError
        If there is no group.

    References
    ----------
    .. [1] A. J. Duncan, Quality Control and Industrial Statistics, 5th ed., Irwin, 1986, Table D3.

    Examples
    --------
    >>> round(1 / d2_star(3, 1), 4)
    0.5231
    """
    if groups < 1:
        raise ValueError(f"a mean range needs at least one subgroup; there are {groups}")
    return math.sqrt(d2(n) ** 2 + d3(n) ** 2 / groups)


def chart_constants(n: int, *, sigmas: float = 3.0) -> ChartConstants:
    """Compute all factors of Shewhart charts for one subgroup size.

    Parameters
    ----------
    n : int
        Size of the subgroup, at least 2. [1]
    sigmas : float, optional
        Distance of the limits from the centre. [1]

    Returns
    -------
    ChartConstants
        The factors; lower ones are floored at zero. [1]

    References
    ----------
    .. [1] ASTM E2587-16, Standard practice for use of control charts in statistical process
           control, Table 1.

    Examples
    --------
    >>> five = chart_constants(5)
    >>> round(five.A2, 3), round(five.D4, 3), round(five.B4, 3)
    (0.577, 2.114, 2.089)
    """
    mean, spread = _range_moments(n)
    unbias = c4(n)
    s_spread = math.sqrt(max(0.0, 1 - unbias**2))
    root = math.sqrt(n)
    return ChartConstants(
        n=n,
        d2=mean,
        d3=spread,
        c4=unbias,
        A=sigmas / root,
        A2=sigmas / (mean * root),
        A3=sigmas / (unbias * root),
        B3=max(0.0, 1 - sigmas * s_spread / unbias),
        B4=1 + sigmas * s_spread / unbias,
        B5=max(0.0, unbias - sigmas * s_spread),
        B6=unbias + sigmas * s_spread,
        D1=max(0.0, mean - sigmas * spread),
        D2=mean + sigmas * spread,
        D3=max(0.0, 1 - sigmas * spread / mean),
        D4=1 + sigmas * spread / mean,
        E2=sigmas / mean,
    )


@lru_cache(maxsize=256)
def _range_moments(n: int) -> tuple[float, float]:
    """Mean and standard deviation of the range, by quadrature of its distribution function."""
    if not 2 <= n <= 1000:
        raise ValueError(f"a range needs 2 to 1000 values; n is {n}")
    from scipy.special import ndtr

    # The trapezoidal rule converges exponentially for the smooth, vanishing integrand in x;
    # Gauss-Legendre takes the range w, whose end at 0 does not vanish.
    x = np.linspace(-10.0, 10.0, 801)
    density = np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)
    nodes, weights = np.polynomial.legendre.leggauss(120)
    top = 16.0
    w, weight = (nodes + 1) * top / 2, weights * top / 2
    between = ndtr(x[None, :] + w[:, None]) - ndtr(x)[None, :]
    below = n * (density * between ** (n - 1)).sum(axis=1) * (x[1] - x[0])
    beyond = 1 - below
    mean = float(weight @ beyond)
    square = float(2 * weight @ (w * beyond))
    return mean, math.sqrt(square - mean * mean)
