"""What is odd about a stock before it is matched: mixed populations, drift along the file."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from packcalc.matching.at_once import each, threads_for
from packcalc.matching.stock import CellArrays, Floats, Ints

__all__ = ["Mixture", "lag_one_correlation", "two_populations"]

FEWEST = 40  # cells, before a distribution has a shape
BINS = 256
ENOUGH = 50_000  # cells; more of them draw no finer shape
MANY = 1000  # readings whose skewness and kurtosis tell one normal from two
LIKE_ONE = 9.0  # Jarque and Bera's statistic; of normal readings one in a hundred exceeds it
CUT_EXCESS = -0.2130  # excess kurtosis of a normal without its outer 0.2 % on either side
APART = 2.2  # distance of two means in common standard deviations that shows as two peaks


class Mixture(NamedTuple):
    """Two normal populations: share of the second, means and standard deviations of both."""

    share: float
    means: tuple[float, float]
    deviations: tuple[float, float]


def capacity_spread(capacity: Floats, sd: float) -> tuple[float, float]:
    """Coefficient of variation of the true capacities, and their mean."""
    if len(capacity) < 2:
        return 0.0, float(capacity.mean()) if len(capacity) else 0.0
    mean = float(capacity.mean())
    return float(np.sqrt(max(capacity.var(ddof=1) - sd**2, 0.0))) / mean, mean


def two_populations(values: Floats) -> Mixture | None:
    """Tell whether readings come from two populations that stand visibly apart.

    Parameters
    ----------
    values : ndarray, shape (cell,)
        Finite readings. [any unit]

    Returns
    -------
    Mixture or None
        The two populations, or None when one explains the readings. [the unit of `values`]

    References
    ----------
    .. [1] K. M. Ashman, C. M. Bird and S. E. Zepf, "Detecting bimodality in astronomical
           datasets," Astronomical Journal 108 (1994), 2348-2361, doi:10.1086/117248: two
           normals are cleanly separated when sqrt(2) |m1 - m2| / sqrt(s1^2 + s2^2) exceeds 2.
    .. [2] C. M. Jarque and A. K. Bera, "Efficient tests for normality, homoscedasticity and
           serial independence of regression residuals," Economics Letters 6 (1980), 255-259,
           doi:10.1016/0165-1765(80)90024-5, passes over what one normal explains.
    .. [3] G. Schwarz, "Estimating the dimension of a model," Annals of Statistics 6 (1978),
           461-464, doi:10.1214/aos/1176344136, decides whether the second is worth having.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> two_populations(rng.normal(5.0, 0.02, 500)) is None
    True
    >>> found = two_populations(np.append(rng.normal(5, 0.02, 300), rng.normal(4.8, 0.02, 200)))
    >>> round(found.share, 2), [round(mean, 2) for mean in found.means]
    (0.6, [4.8, 5.0])
    """
    if len(values) < FEWEST or np.ptp(values) == 0:
        return None
    values = values[:: max(1, len(values) // ENOUGH)]
    low, high = np.percentile(values, [0.2, 99.8]).tolist()
    if high <= low:
        return None
    edges = np.linspace(low, high, BINS + 1)
    counts = np.histogram(values, edges)[0].astype(float)
    x = (edges[:-1] + edges[1:]) / 2
    if len(values) >= MANY and _looks_normal(x, counts):
        return None
    found = _fit_two(x, counts)
    apart = np.sqrt(2) * abs(found.means[0] - found.means[1]) / np.hypot(*found.deviations)
    worth = _log_likelihood(x, counts, found) - _log_likelihood_of_one(x, counts)
    visible = apart > APART and 0.04 < found.share < 0.96
    return found if visible and worth > 1.5 * np.log(counts.sum()) + 5 else None


def _looks_normal(x: Floats, counts: Floats) -> bool:
    """Whether skewness and kurtosis are those of one normal, so that no second need be sought."""
    total = counts.sum()
    away = x - float((counts * x).sum()) / total
    second, third, fourth = (float((counts * away**k).sum()) / total for k in (2, 3, 4))
    skewness, excess = third / second**1.5, fourth / second**2 - 3 - CUT_EXCESS
    return bool(total / 6 * (skewness**2 + excess**2 / 4) < LIKE_ONE)


def _normal(x: Floats, mean: float, sd: float) -> Floats:
    density: Floats = np.exp(-0.5 * ((x - mean) / sd) ** 2) / sd
    return density


def _log_likelihood(x: Floats, counts: Floats, of: Mixture) -> float:
    one = (1 - of.share) * _normal(x, of.means[0], of.deviations[0])
    other = of.share * _normal(x, of.means[1], of.deviations[1])
    return float((counts * np.log(one + other + 1e-300)).sum())


def _log_likelihood_of_one(x: Floats, counts: Floats) -> float:
    mean = float(np.average(x, weights=counts))
    sd = float(np.sqrt(np.average((x - mean) ** 2, weights=counts)))
    return float((counts * np.log(_normal(x, mean, sd) + 1e-300)).sum())


def _fit_two(x: Floats, counts: Floats) -> Mixture:
    """Fit two normals to a histogram by expectation and maximisation."""
    total = counts.sum()
    below = np.searchsorted(np.cumsum(counts), [0.2 * total, 0.8 * total])
    means = x[below].copy()
    narrow = (x[1] - x[0]) / 2
    sds = np.full(2, max((means[1] - means[0]) / 2, narrow))
    shares = np.array([0.5, 0.5])
    for _ in range(300):
        dense = shares * np.exp(-0.5 * ((x[:, None] - means) / sds) ** 2) / sds + 1e-300
        weight = counts[:, None] * dense / dense.sum(1, keepdims=True)
        mass = weight.sum(0) + 1e-12
        moved = (weight * x[:, None]).sum(0) / mass
        still = np.abs(moved - means).max() < 1e-4 * narrow
        means = moved
        sds = np.sqrt((weight * (x[:, None] - means) ** 2).sum(0) / mass + narrow**2 / 3)
        shares = mass / total
        if still:
            break
    a, b = np.argsort(means)
    pair = (float(means[a]), float(means[b]))
    return Mixture(float(shares[b]), pair, (float(sds[a]), float(sds[b])))


def lag_one_correlation(values: Floats) -> float:
    """Correlation of each reading with the next one in the file.

    Parameters
    ----------
    values : ndarray, shape (cell,)
        Readings in the order in which they were taken. [any unit]

    Returns
    -------
    float
        0 for independent cells, towards 1 when the gauge or its fixture drifts. [1]

    References
    ----------
    .. [1] G. E. P. Box, G. M. Jenkins, G. C. Reinsel and G. M. Ljung, "Time Series Analysis,"
           5th ed., Wiley 2015, section 2.1.5.

    Examples
    --------
    >>> round(lag_one_correlation(np.arange(100.0)), 2)
    0.97
    """
    away = values - values.mean() if len(values) else values
    power = float((away**2).sum())
    return float((away[1:] * away[:-1]).sum()) / power if power else 0.0


def oddities(cells: CellArrays, kept: Ints, threads: int | None = None) -> tuple[str, ...]:
    """Say in sentences what a person should look into before trusting the match."""
    file_order = np.sort(kept)

    def odd_in(name: str) -> list[str]:
        values = getattr(cells, name)
        known = values is not None and len(kept) >= FEWEST
        return _oddities_of(name, values[file_order]) if known else []

    found = each(odd_in, ("capacity", "resistance", "ocv"), threads_for(len(kept), threads))
    return tuple(line for lines in found for line in lines)


def _oddities_of(name: str, values: Floats) -> list[str]:
    """What is odd about one reading, in the order of the file."""
    if np.ptp(values) == 0:
        return [f"Every {name} is {values[0]:g}: it says nothing about the cells."]
    found: list[str] = []
    mixed = two_populations(values) if name != "ocv" else None
    if mixed is not None:
        found.append(
            f"Two populations in {name}: {100 * (1 - mixed.share):.0f} % around "
            f"{mixed.means[0]:.5g} and {100 * mixed.share:.0f} % around {mixed.means[1]:.5g}. "
            "Match them apart, or find out why they are in one stock."
        )
    drift = lag_one_correlation(values)
    if drift > max(0.1, 3 / np.sqrt(len(values))):
        found.append(
            f"Neighbours in the file have like {name} (correlation {drift:.2f}): either the "
            "file is sorted, or the gauge or its fixture drifts, which looks like cell spread."
        )
    return found
