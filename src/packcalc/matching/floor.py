"""What no matching can do better than, because the gauge does not know the cells any better."""

from __future__ import annotations

from functools import cache
from math import erf, sqrt

import numpy as np

from packcalc.matching.rules import Topology
from packcalc.matching.stock import Floats

__all__ = ["expected_maximum", "measurement_floor"]


def expected_maximum(count: int) -> float:
    """Expected largest of `count` independent standard normals.

    Parameters
    ----------
    count : int
        How many normals. [1]

    Returns
    -------
    float
        d(count): 0.5642 for 2, 1.5388 for 10. [1]

    References
    ----------
    .. [1] L. H. C. Tippett, "On the extreme individuals and the range of samples taken from a
           normal population," Biometrika 17 (1925), 364-387, doi:10.2307/2332087.

    Examples
    --------
    >>> round(expected_maximum(2), 4), round(expected_maximum(10), 4)
    (0.5642, 1.5388)
    """
    if count < 1:
        raise ValueError(f"the maximum of {count} values does not exist")
    x, below = _normal_table()
    tail = (x < 0) * below**count
    head = (x >= 0) * (1 - below**count)
    return float((head - tail).sum() * (x[1] - x[0]) - 0.5 * (x[1] - x[0]))


@cache
def _normal_table() -> tuple[Floats, Floats]:
    """Standard deviates, and the share of a normal below each."""
    x = np.linspace(-9.0, 9.0, 3601)
    return x, np.array([0.5 * (1 + erf(v / sqrt(2))) for v in x])


def measurement_floor(topology: Topology, repeatability: float, spread: float) -> float:
    """Expected true loss of a pack whose groups are equal as far as anybody can measure.

    Parameters
    ----------
    topology : Topology
        Groups in series and cells in parallel. [1]
    repeatability : float
        Standard deviation of a repeated capacity reading over the mean capacity. [1]
    spread : float
        Standard deviation of the true capacities over the mean capacity. [1]

    Returns
    -------
    float
        (mean group - weakest group) / mean group, expected. [1]

    Derivation
    ----------
    Given a reading with error sigma_m of a cell drawn from a spread cv, the true value keeps a
    standard deviation of sigma_m cv / sqrt(sigma_m^2 + cv^2). The mean of p such unknowns is
    smaller by sqrt(p), and the weakest of s independent groups lies d(s) of it under the mean,
    d(s) being the expected maximum of s standard normals.

    Examples
    --------
    >>> round(1e6 * measurement_floor(Topology(10, 3), 0.001, 0.006))
    876
    """
    if repeatability <= 0 or spread <= 0:
        return 0.0
    unknown = repeatability * spread / sqrt(repeatability**2 + spread**2)
    return expected_maximum(topology.series) * unknown / sqrt(topology.parallel)
