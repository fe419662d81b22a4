"""Starting and finishing a step; the gate stands in front of both."""

from __future__ import annotations

from datetime import datetime

from packline.foundation.commands import command
from packline.foundation.errors import Refused
from packline.foundation.events import record
from packline.foundation.models import Person
from packline.foundation.states import move
from packline.process.models import Operation
from packline.production.calc.complete import missing_readings
from packline.production.gate import let_pass
from packline.production.models import Step, Unit
from packline.production.queries.joints import missing_in_words
from packline.production.services.as_built import simulate_after
from packline.production.states import STEP, UNIT
from packline.resources.models import Station


@command("production.start_step")
def start_step(
    *, unit: Unit, operation: Operation, station: Station, by: Person, at: datetime
) -> Step:
    """Begin an operation on a unit, if the gate lets it."""
    let_pass(unit=unit, operation=operation, station=station, operator=by, at=at)
    last = unit.steps.filter(operation=operation).order_by("-attempt").first()
    step = Step.objects.create(
        unit=unit,
        operation=operation,
        attempt=last.attempt + 1 if last else 1,
        operator=by,
        station=station,
        started_at=at,
    )
    if unit.state == "planned":
        move(unit, UNIT, to="building")
    record(
        "production.step.started",
        unit,
        by=by,
        at=at,
        rows=[unit, step],
        step=str(step),
        station=str(station),
    )
    return step


@command("production.finish_step")
def finish_step(*, step: Step, by: Person, at: datetime) -> Step:
    """End a step: passed when every required reading is there and within its limits.

    What its cells and joints do not explain of a unit holds it, whatever the limits say.
    """
    let_pass(
        unit=step.unit,
        operation=step.operation,
        station=step.station,
        operator=by,
        at=at,
        within=step,
    )
    readings = list(step.readings.select_related("characteristic"))
    joints = list(step.joint_sets.select_related("characteristic"))
    required = step.operation.characteristics.order_by("code")
    design = step.unit.order.design
    missing = missing_readings(
        required,
        readings,
        joints,
        series=design.series,
        parallel=design.parallel,
        named=lambda characteristic: missing_in_words(step, characteristic),
    )
    if missing:
        raise Refused(f"{step} cannot be finished, readings are missing: {', '.join(missing)}")
    passed = all(r.passed for r in readings) and all(j.passed for j in joints)
    step.finished_at = at
    step.save(update_fields=["finished_at"])
    move(step, STEP, to="passed" if passed else "failed")
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
