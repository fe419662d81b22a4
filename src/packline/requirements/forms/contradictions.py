"""Requirements that no pack can meet together, whatever the cell."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from packline.foundation.errors import Problem
from packline.requirements.calc.quantities import ORDERED
from packline.requirements.calc.spec import RequirementSpec

__all__ = ["contradictions"]

ROUNDING = 1e-9

# Left is at most the product of the right, by definition of the quantities.
PRODUCTS = (
    ("energy", ("capacity", "max_voltage")),
    ("continuous_discharge_power", ("continuous_discharge_current", "max_voltage")),
)


def contradictions(requirements: Sequence[RequirementSpec], name: str) -> list[Problem]:
    """Return a problem for every set of requirements that contradict each other."""
    found = [
        _problem(name, pair, f"{pair[0].quantity} cannot be both")
        for pair in _within_one_quantity(requirements)
    ]
    for smaller, larger in ORDERED:
        low, high = _tightest_low(requirements, smaller), _tightest_high(requirements, larger)
        if low is not None and high is not None and _above(_low(low), _high(high)):
            found.append(_problem(name, (low, high), f"{smaller} is never above {larger}"))
    for product, factors in PRODUCTS:
        low = _tightest_low(requirements, product)
        highs = [_tightest_high(requirements, factor) for factor in factors]
        if low is None or any(high is None for high in highs):
            continue
        stated = [high for high in highs if high is not None]
        most = 1.0
        for high in stated:
            most *= _high(high)
        if _above(_low(low), most):
            what = f"{product} is never above {' times '.join(factors)}"
            found.append(_problem(name, (low, *stated), what))
    return found


def _within_one_quantity(
    requirements: Sequence[RequirementSpec],
) -> list[tuple[RequirementSpec, RequirementSpec]]:
    pairs = []
    for quantity in dict.fromkeys(r.quantity for r in requirements):
        low, high = _tightest_low(requirements, quantity), _tightest_high(requirements, quantity)
        if low is not None and high is not None and _above(_low(low), _high(high)):
            pairs.append((low, high))
    return pairs


def _low(requirement: RequirementSpec) -> float:
    low = requirement.si_bounds[0]
    return -inf if low is None else low


def _high(requirement: RequirementSpec) -> float:
    high = requirement.si_bounds[1]
    return inf if high is None else high


def _tightest_low(
    requirements: Sequence[RequirementSpec], quantity: str
) -> RequirementSpec | None:
    bound = [r for r in requirements if r.quantity == quantity and _low(r) > -inf]
    return max(bound, key=_low, default=None)


def _tightest_high(
    requirements: Sequence[RequirementSpec], quantity: str
) -> RequirementSpec | None:
    bound = [r for r in requirements if r.quantity == quantity and _high(r) < inf]
    return min(bound, key=_high, default=None)


def _above(low: float, high: float) -> bool:
    return low > high + ROUNDING * max(abs(low), abs(high))


def _problem(name: str, clash: Sequence[RequirementSpec], why: str) -> Problem:
    refs = " and ".join(r.ref for r in clash)
    return Problem(
        where=f"{name} [[requirement]] {refs}",
        field="value",
        value="; ".join(f"{r.quantity} {_condition(r)}" for r in clash),
        message=f"contradict each other: {why}",
        allowed="requirements that one pack can meet together",
    )


def _condition(r: RequirementSpec) -> str:
    values = f"{r.value:g}" if r.high is None else f"{r.value:g} and {r.high:g}"
    return f"{r.operator} {values} {r.unit}"
