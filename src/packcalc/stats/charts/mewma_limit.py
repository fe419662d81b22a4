"""Where the limit of a MEWMA chart must lie for a wanted run length without a shift."""

from __future__ import annotations

import math

import numpy as np

__all__ = ["mewma_arl", "mewma_limit"]

STATES = 80  # rings of equal width between the origin and the limit


def mewma_arl(limit: float, characteristics: int, *, weight: float = 0.1) -> float:
    """Compute the average run length of a MEWMA chart while nothing is wrong.

    The length of the vector of averages is a Markov chain: how far it goes next is a noncentral
    chi-square. The chart is the one with the steady covariance (``limits="steady"``).

    Parameters
    ----------
    limit : float
        Limit of the statistic (h4 of the literature), positive. [1]
    characteristics : int
        Number of characteristics charted together. [1]
    weight : float, optional
        Weight of the newest observation, above 0 and at most 1. [1]

    Returns
    -------
    float
        Points until a false signal, on average. [1]

    Raises
    ------
    ValueError
        If limit, number of characteristics or weight cannot be.

    References
    ----------
    .. [1] G. C. Runger and S. S. Prabhu, "A Markov chain model for the multivariate
           exponentially weighted moving averages control chart," J. American Statistical
           Association, vol. 91, pp. 1701-1706, 1996.
    .. [2] S. S. Prabhu and G. C. Runger, "Designing a multivariate EWMA control chart,"
           J. Quality Technology, vol. 29, pp. 8-15, 1997 (h4 of 8.64 for two characteristics,
           weight 0.1, ARL 200).

    Examples
    --------
    >>> round(mewma_arl(8.64, 2))
    200
    """
    if not (limit > 0 and characteristics >= 1 and 0 < weight <= 1):
        raise ValueError(
            f"no chart has limit {limit:g}, {characteristics} characteristics, weight {weight:g}"
        )
    from scipy.special import chdtr, chndtr

    if weight == 1:
        return 1 / (1 - float(chdtr(characteristics, limit)))
    reach = math.sqrt(limit * weight / (2 - weight))
    width = 2 * reach / (2 * STATES + 1)
    state = np.arange(STATES + 1)
    from_here = np.square((1 - weight) / weight * state * width)
    edges = np.square((state + 0.5) * width / weight)
    below = chndtr(edges[None, :], characteristics, from_here[:, None])
    moves = np.diff(below, axis=1, prepend=0.0)
    return float(np.linalg.solve(np.eye(STATES + 1) - moves, np.ones(STATES + 1))[0])


def mewma_limit(characteristics: int, *, weight: float = 0.1, arl: float = 370.4) -> float:
    """Find the limit of a MEWMA chart that gives a wanted run length without a shift.

    Parameters
    ----------
    characteristics : int
        Number of characteristics charted together. [1]
    weight : float, optional
        Weight of the newest observation, above 0 and at most 1. [1]
    arl : float, optional
        Points until a false signal, on average; 370.4 is that of three sigma. [1]

    Returns
    -------
    float
        Limit of the statistic (h4 of the literature). [1]

    Raises
    ------
    ValueError
        If the run length is not above 1.

    References
    ----------
    .. [1] S. S. Prabhu and G. C. Runger, "Designing a multivariate EWMA control chart,"
           J. Quality Technology, vol. 29, pp. 8-15, 1997.

    Examples
    --------
    >>> round(mewma_limit(4, weight=0.1, arl=200), 2)
    12.73
    """
    if not arl > 1:
        raise ValueError(f"a run has more than one point; {arl:g} was asked for")
    low, high = 1e-6, 10.0
    while mewma_arl(high, characteristics, weight=weight) < arl:
        low, high = high, 2 * high
    for _ in range(45):
        middle = (low + high) / 2
        if mewma_arl(middle, characteristics, weight=weight) < arl:
            low = middle
        else:
            high = middle
    return (low + high) / 2
