"""Limits for readings that are themselves uncertain: guard bands and the risks they trade."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from packcalc.stats.limits import Limits

__all__ = ["Risks", "decision_rule", "guard_band_for", "risks"]

NODES = 400


@dataclass(frozen=True, slots=True)
class Risks:
    """Shares of all pieces: bad and accepted (`consumer`), good and refused (`producer`).

    `at_limit` is the worst single case: the chance to accept a piece that lies on a limit.
    """

    consumer: float
    producer: float
    nonconforming: float
    accepted: float
    at_limit: float
    convention: str


def decision_rule(limits: Limits, uncertainty: float, *, confidence: float = 0.95) -> Limits:
    """Draw acceptance limits inside the tolerance by a guard band of the uncertainty.

    Parameters
    ----------
    limits : Limits
        Tolerance. [unit]
    uncertainty : float
        Standard uncertainty of one reading (not expanded). [unit]
    confidence : float, optional
        Confidence that an accepted piece conforms; 0.95 gives 1.645 standard uncertainties. [1]

    Returns
    -------
    Limits
        Acceptance limits. [unit]

    Raises
    ------
    ValueError
        If the uncertainty is negative or leaves nothing to accept.

    References
    ----------
    .. [1] ISO 14253-1:2017, Decision rules for verifying conformity or nonconformity with
           specifications.

    Examples
    --------
    >>> accepted = decision_rule(Limits(9.0, 11.0, "mm"), 0.1)
    >>> round(accepted.low, 3), round(accepted.high, 3)
    (9.164, 10.836)
    """
    if not (uncertainty >= 0 and math.isfinite(uncertainty)):
        raise ValueError(f"the uncertainty must not be negative; it is {uncertainty}")
    from scipy.special import ndtri

    return limits.narrowed(max(0.0, float(ndtri(confidence))) * uncertainty)


def risks(
    limits: Limits, acceptance: Limits, *, mean: float, sd: float, uncertainty: float
) -> Risks:
    """Compute the risks of both sides when a normal process is judged by an uncertain gauge.

    Parameters
    ----------
    limits : Limits
        Tolerance that pieces must keep. [unit]
    acceptance : Limits
        Limits that readings must keep. [unit]
    mean, sd : float
        Mean and standard deviation of the true values of the process. [unit]
    uncertainty : float
        Standard uncertainty of one reading. [unit]

    Returns
    -------
    Risks
        Global risks of consumer and producer, as shares of all pieces. [1]

    Raises
    ------
    ValueError
        If the standard deviation or the uncertainty is not positive.

    References
    ----------
    .. [1] JCGM 106:2012, Evaluation of measurement data - The role of measurement uncertainty in
           conformity assessment, sec. 9.

    Examples
    --------
    >>> plain = Limits(9.0, 11.0, "mm")
    >>> found = risks(plain, plain, mean=10.0, sd=0.5, uncertainty=0.1)
    >>> round(found.consumer, 4), round(found.producer, 4)
    (0.0068, 0.0111)
    """
    if not (sd > 0 and uncertainty > 0):
        raise ValueError(f"sd {sd:g} and uncertainty {uncertainty:g} must be positive")
    from scipy.special import ndtr

    low = -math.inf if limits.low is None else limits.low
    high = math.inf if limits.high is None else limits.high
    edges = sorted({mean - 9 * sd, mean + 9 * sd, *_near(acceptance, uncertainty)})
    edges = sorted({*edges, *(e for e in (low, high) if math.isfinite(e))})
    x, w = _panels(np.array(edges))
    density = w * np.exp(-0.5 * np.square((x - mean) / sd)) / (sd * math.sqrt(2 * math.pi))
    good = (x >= low) & (x <= high)
    accept = np.ones_like(x)
    if acceptance.high is not None:
        accept = ndtr((acceptance.high - x) / uncertainty)
    if acceptance.low is not None:
        accept = accept - ndtr((acceptance.low - x) / uncertainty)
    on_limit = []
    for side in (limits.low, limits.high):
        if side is not None:
            upper = (
                1.0 if acceptance.high is None else ndtr((acceptance.high - side) / uncertainty)
            )
            lower = 0.0 if acceptance.low is None else ndtr((acceptance.low - side) / uncertainty)
            on_limit.append(float(upper - lower))
    return Risks(
        float((density * accept)[~good].sum()),
        float((density * (1 - accept))[good].sum()),
        float(density[~good].sum()),
        float((density * accept).sum()),
        max(on_limit),
        "global risks, normal process and normal reading error (JCGM 106)",
    )


def guard_band_for(
    limits: Limits, *, consumer_risk: float, mean: float, sd: float, uncertainty: float
) -> float:
    """Find the smallest guard band that keeps the consumer's risk.

    Parameters
    ----------
    limits : Limits
        Tolerance. [unit]
    consumer_risk : float
        Largest share of all pieces that may be bad and accepted. [1]
    mean, sd : float
        Mean and standard deviation of the true values of the process. [unit]
    uncertainty : float
        Standard uncertainty of one reading. [unit]

    Returns
    -------
    float
        Guard band at each limited side; 0 if none is needed. [unit]

    Raises
    ------
    ValueError
        If no guard band within the tolerance reaches the risk.

    References
    ----------
    .. [1] JCGM 106:2012, sec. 9.5.

    Examples
    --------
    >>> plain = Limits(9.0, 11.0, "mm")
    >>> round(guard_band_for(plain, consumer_risk=0.001, mean=10.0, sd=0.5, uncertainty=0.1), 3)
    0.121
    """
    if not consumer_risk > 0:
        raise ValueError(f"the risk must be positive; it is {consumer_risk:g}")

    def risk(guard: float) -> float:
        found = risks(limits, limits.narrowed(guard), mean=mean, sd=sd, uncertainty=uncertainty)
        return found.consumer

    if risk(0.0) <= consumer_risk:
        return 0.0
    least, most = 0.0, 10 * uncertainty
    if limits.width is not None:
        most = min(most, limits.width / 2 * (1 - 1e-12))
    if risk(most) > consumer_risk:
        raise ValueError(f"no guard band within {limits} keeps the risk below {consumer_risk:g}")
    for _ in range(60):
        middle = (least + most) / 2
        if risk(middle) > consumer_risk:
            least = middle
        else:
            most = middle
    return most


def _near(acceptance: Limits, uncertainty: float) -> list[float]:
    """Where the chance to accept changes quickly, so that the quadrature must look there."""
    sides = [side for side in (acceptance.low, acceptance.high) if side is not None]
    return [side + k * uncertainty for side in sides for k in (-8, -3, 0, 3, 8)]


def _panels(edges: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    nodes, weights = np.polynomial.legendre.leggauss(NODES // 10)
    half = np.diff(edges)[:, None] / 2
    middle = (edges[:-1] + edges[1:])[:, None] / 2
    return (middle + half * nodes).ravel(), (half * weights).ravel()
