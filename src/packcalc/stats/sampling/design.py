"""Plans made to measure: two points of the operating characteristic, or acceptance on zero."""

from __future__ import annotations

import math
from dataclasses import dataclass

from packcalc.stats.sampling.plans import Stage
from packcalc.stats.sampling.risk import Model, acceptance_probability

__all__ = [
    "TwoPointPlan",
    "find_single_plan",
    "success_run",
    "zero_acceptance",
    "zero_acceptance_in_lot",
]


@dataclass(frozen=True, slots=True)
class TwoPointPlan:
    """A single plan through two points, and the risks it really has."""

    n: int
    accept: int
    producer_risk: float
    consumer_risk: float
    convention: str

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The plan as stages for the curves of `risk`."""
        return (Stage(self.n, self.accept, self.accept + 1),)


def find_single_plan(
    good: float,
    bad: float,
    *,
    producer_risk: float = 0.05,
    consumer_risk: float = 0.10,
    model: Model = "binomial",
    lot: int | None = None,
) -> TwoPointPlan:
    """Find the smallest single plan that keeps both risks.

    Parameters
    ----------
    good : float
        Fraction nonconforming that must nearly always be accepted. [1]
    bad : float
        Fraction nonconforming that must nearly always be rejected. [1]
    producer_risk : float, optional
        Largest chance to reject a lot of `good`. [1]
    consumer_risk : float, optional
        Largest chance to accept a lot of `bad`. [1]
    model : {"binomial", "poisson", "hypergeometric"}, optional
        See `packcalc.stats.sampling.risk.acceptance_probability`. [-]
    lot : int, optional
        Units in the lot, for ``hypergeometric``. [1]

    Returns
    -------
    TwoPointPlan
        The plan with the smallest sample, and its risks. [1]

    Raises
    ------
    ValueError
        If good is not below bad, a risk not within 0 and 1, or the lot is too small.

    References
    ----------
    .. [1] E. G. Schilling and D. V. Neubauer, Acceptance Sampling in Quality Control, 3rd ed.,
           CRC Press, 2017, ch. 5.

    Examples
    --------
    >>> plan = find_single_plan(0.05, 0.15, producer_risk=0.05, consumer_risk=0.075)
    >>> plan.n, plan.accept
    (80, 7)
    """
    if not 0 <= good < bad <= 1:
        raise ValueError(f"good {good:g} must be below bad {bad:g}, both within 0 and 1")
    if not (0 < producer_risk < 1 and 0 < consumer_risk < 1):
        raise ValueError(f"risks {producer_risk:g}, {consumer_risk:g} must be within 0 and 1")

    def chance(n: int, accept: int, p: float) -> float:
        stage = Stage(n, accept, accept + 1)
        return float(acceptance_probability([stage], p, model=model, lot=lot))

    n = 1
    for accept in range(1_000):
        n = max(n, accept + 1)
        low, high = n - 1, n
        while chance(high, accept, bad) > consumer_risk:  # more units, fewer bad lots accepted
            if lot is not None and model == "hypergeometric" and high >= lot:
                raise ValueError(f"no sample of a lot of {lot} keeps the consumer's risk")
            low, high = high, min(2 * high, lot or 2 * high) if lot else 2 * high
        while high - low > 1:
            middle = (low + high) // 2
            if chance(middle, accept, bad) > consumer_risk:
                low = middle
            else:
                high = middle
        n = high
        accepted = chance(n, accept, good)
        if accepted >= 1 - producer_risk:
            text = f"{model}, smallest n"
            return TwoPointPlan(n, accept, 1 - accepted, chance(n, accept, bad), text)
    raise ValueError("no plan with an acceptance number below 1000 keeps both risks")


def success_run(reliability: float, confidence: float) -> int:
    """Count the units that must all pass to show a reliability (success-run theorem).

    Parameters
    ----------
    reliability : float
        Fraction that must be good. [1]
    confidence : float
        Confidence of the statement. [1]

    Returns
    -------
    int
        Units to test without a failure. [1]

    Raises
    ------
    ValueError
        If an argument is not between 0 and 1.

    References
    ----------
    .. [1] VDA Volume 3.2, Reliability Assurance; Bayes and binomial success run,
           ``n = ln(1 - C) / ln(R)``.

    Examples
    --------
    >>> success_run(0.95, 0.95), success_run(0.99, 0.95)
    (59, 299)
    """
    if not (0 < reliability < 1 and 0 < confidence < 1):
        raise ValueError(f"{reliability:g} and {confidence:g} must lie between 0 and 1")
    n = math.ceil(math.log1p(-confidence) / math.log(reliability) - 1e-9)
    return max(1, n)


def zero_acceptance(bad: float, consumer_risk: float = 0.10) -> int:
    """Size a plan that accepts on zero defectives from its consumer point (binomial).

    Parameters
    ----------
    bad : float
        Fraction nonconforming that must be caught. [1]
    consumer_risk : float, optional
        Largest chance to accept it. [1]

    Returns
    -------
    int
        Units to inspect. [1]

    References
    ----------
    .. [1] N. L. Squeglia, Zero Acceptance Number Sampling Plans, 5th ed., ASQ Quality Press,
           2008.

    Examples
    --------
    >>> zero_acceptance(0.01), zero_acceptance(0.01, 0.05)
    (230, 299)
    """
    return success_run(1 - bad, 1 - consumer_risk)


def zero_acceptance_in_lot(lot: int, defectives: int, confidence: float = 0.90) -> int:
    """Size a plan that accepts on zero for one finite lot (hypergeometric).

    Parameters
    ----------
    lot : int
        Units in the lot. [1]
    defectives : int
        Defective units that must be caught, at least 1. [1]
    confidence : float, optional
        Smallest chance to find one of them. [1]

    Returns
    -------
    int
        Units to inspect. [1]

    Raises
    ------
    ValueError
        If there are no defectives, more than units, or the confidence is not within 0 and 1.

    References
    ----------
    .. [1] N. L. Squeglia, Zero Acceptance Number Sampling Plans, 5th ed., ASQ Quality Press,
           2008 (hypergeometric basis).

    Examples
    --------
    >>> zero_acceptance_in_lot(500, 5)
    184
    """
    if not (1 <= defectives <= lot and 0 < confidence < 1):
        raise ValueError(f"{defectives} defectives in a lot of {lot}, confidence {confidence:g}")
    missed, n = 1.0, 0
    while missed > 1 - confidence + 1e-12:
        missed *= max(0, lot - defectives - n) / (lot - n)
        n += 1
    return n
