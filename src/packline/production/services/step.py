"""Starting and finishing a step; the gate stands in front of both."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef

from packline.foundation.commands import command
from packline.foundation.events import record
from packline.foundation.models import Person
from packline.foundation.prepared import Prepared
from packline.foundation.states import move
from packline.process.models import Operation, Recipe
from packline.production.gate import let_pass
from packline.production.models import JointSet, Reading, Step, Unit
from packline.production.services.as_built import simulate_after
from packline.production.services.permit import use_permits
from packline.production.services.tool import note_tools
from packline.production.states import STEP, UNIT
from packline.resources.models import Station, Tool

_attempts = Prepared(
    lambda unit, operation: (
        Step.objects.filter(unit=unit, operation=operation)
        .order_by("-attempt")
        .values_list("attempt", flat=True)[:1]
    )
)
_failed = Prepared(
    lambda step: (
        Step.objects.filter(pk=step)
        .filter(
            Exists(Reading.objects.filter(step=OuterRef("pk"), passed=False))
            | Exists(JointSet.objects.filter(step=OuterRef("pk"), n_failed__gt=0))
        )
        .values_list("pk", flat=True)
    )
)


@command("production.start_step")
def start_step(
    *,
    unit: Unit,
    operation: Operation,
    station: Station,
    tools: Sequence[Tool] = (),
    recipe: Recipe | None = None,
    by: Person,
    at: datetime,
) -> Step:
    """Begin an operation on a unit, if the gate lets it; `recipe` is what the machine runs."""
    opened = let_pass(
        unit=unit,
        operation=operation,
        station=station,
        operator=by,
        at=at,
        tools=tools,
        recipe=recipe,
    )
    use_permits(unit, opened, by=by, at=at)
    step = Step.objects.create(
        unit=unit,
        operation=operation,
        attempt=(_attempts.first(unit=unit, operation=operation) or 0) + 1,
        operator=by,
        station=station,
        recipe=recipe,
        started_at=at,
    )
    uses = note_tools(step, tools, at)
    if unit.state == "planned":
        move(unit, UNIT, to="building")
    record(
        "production.step.started",
        unit,
        by=by,
        at=at,
        rows=[unit, step, *uses],
        step=str(step),
        station=str(station),
        tools=[str(tool) for tool in tools],
        recipe=recipe,
    )
    return step


@command("production.finish_step")
def finish_step(*, step: Step, by: Person, at: datetime) -> Step:
    """End a step: passed when every required reading is there and within its limits.

    What its cells and joints do not explain of a unit holds it, whatever the limits say.
    """
    opened = let_pass(
        unit=step.unit,
        operation=step.operation,
        station=step.station,
        operator=by,
        at=at,
        within=step,
        act="finish",
    )
    use_permits(step.unit, opened, by=by, at=at)
    move(step, STEP, to="failed" if _failed(step=step) else "passed", finished_at=at)
    record(
        "production.step.finished",
        step.unit,
        by=by,
        at=at,
        rows=[step],
        step=str(step),
        verdict=step.state,
    )
    simulate_after(step, by=by, at=at)
    return step
