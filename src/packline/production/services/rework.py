"""Doing it again: steps are superseded, never erased, and their readings stay."""

from __future__ import annotations

from datetime import datetime

from packline.foundation.commands import command
from packline.foundation.errors import DomainError, Refused
from packline.foundation.events import record
from packline.foundation.models import Person
from packline.foundation.states import move
from packline.process.models import Operation
from packline.production.models import Step, Unit
from packline.production.states import STEP, UNIT


@command("production.reopen_operation")
def reopen_operation(
    *, unit: Unit, operation: Operation, reason: str, by: Person, at: datetime
) -> list[Step]:
    """Have a unit repeat an operation and all that follow it; return the superseded steps.

    A hold stays until it is lifted: reopening says what is to be done, not that it may begin.
    """
    if operation.routing != unit.order.routing:
        raise DomainError(f"{operation} is no operation of the routing of {unit}")
    if unit.state in ("released", "scrapped"):
        raise Refused(f"{unit} is {unit.state}: it cannot be reworked")
    steps = list(
        unit.steps.filter(operation__number__gte=operation.number)
        .exclude(state="superseded")
        .select_related("unit", "operation", "operator", "station")
        .order_by("operation__number", "attempt")
    )
    if not steps:
        raise Refused(f"{unit} has not been at {operation.title} yet: there is nothing to repeat")
    for step in steps:
        move(step, STEP, to="superseded")
    if unit.state == "passed":
        move(unit, UNIT, to="building")
    record(
        "production.operation.reopened",
        unit,
        by=by,
        at=at,
        rows=[unit, *steps],
        operation=str(operation),
        reason=reason,
        superseded=[str(step) for step in steps],
    )
    return steps
