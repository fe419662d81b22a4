"""Finding the rows that a request names, and saying rows as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter, ValidationError

from packline.foundation.errors import Blocker, InputError, NotAllowed, NotFound, Problem
from packline.foundation.events import subject_of
from packline.foundation.prepared import Prepared
from packline.foundation.requests import version_of
from packline.foundation.schemas import Moment
from packline.process.models import Operation, Recipe
from packline.process.queries import recipe_called
from packline.production.models import Reading, Step, Unit
from packline.production.queries.station import next_operation
from packline.resources.models import Gauge, Tool
from packline.resources.queries.access import SKEW, Caller, operator_of

__all__ = [
    "blocking",
    "done_at",
    "gauges_named",
    "moment_said",
    "next_of",
    "operation_named",
    "operator_of",
    "reading_said",
    "recipe_said",
    "step_named",
    "step_said",
    "tools_named",
    "unit_named",
    "unit_said",
    "unit_version",
]

_units = Prepared(
    lambda serial: Unit.objects.filter(serial=serial).select_related(
        "order__design", "order__routing"
    )
)
_units_for_write = Prepared(
    lambda serial: (
        Unit.objects.filter(serial=serial)
        .select_related("order__design", "order__routing")
        .select_for_update(of=("self",))
    )
)
_operations = Prepared(
    lambda routing, code: Operation.objects.filter(routing=routing, code=code).select_related(
        "routing__design__program"
    )
)
_steps = Prepared(
    lambda unit, code, attempt: (
        Step.objects.filter(unit=unit, operation__code=code, attempt=attempt)
        .select_related("operation__routing__design__program", "station", "operator", "recipe")
        .prefetch_related("operation__characteristics")
    )
)

_MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)
EARLIEST = timedelta(days=31)  # as long as answers to idempotency keys are kept


def unit_named(serial: str, *, for_write: bool = False) -> Unit:
    """Return a unit; for a write it is locked, so that writers of one unit queue."""
    unit = (_units_for_write if for_write else _units).first(serial=serial)
    if unit is None:
        raise NotFound(f"no unit {serial}")
    return unit


def operation_named(unit: Unit, code: str) -> Operation:
    """Return an operation of a unit's routing.

    Raises
    ------
    InputError
        If the routing has none of that code; it says which it has.
    """
    operation = _operations.first(routing=unit.order.routing_id, code=code)
    if operation is None:
        known = unit.order.routing.operations.order_by("number").values_list("code", flat=True)
        raise InputError(
            [Problem("request", "operation", code, "is not of this routing", ", ".join(known))]
        )
    return operation


def step_named(unit: Unit, code: str, attempt: int) -> Step:
    """Return one attempt at an operation of a unit, with what is checked in it."""
    step = _steps.first(unit=unit, code=code, attempt=attempt)
    if step is None:
        raise NotFound(f"unit {unit} has no attempt {attempt} at operation {code}")
    step.unit = unit
    return step


def own_step(caller: Caller, step: Step) -> Step:
    """Let a station write only to steps that were started at it.

    Raises
    ------
    NotAllowed
        If the step is of another station.
    """
    if step.station_id != caller.station.pk:
        raise NotAllowed(
            f"{step} was started at station {step.station}, and this is the token of "
            f"station {caller.station}"
        )
    return step


def done_at(taken_at: datetime, caller: Caller) -> datetime:
    """Return when readings were taken, if that can be true.

    Raises
    ------
    InputError
        If it lies in the future, or further back than a queue may keep work.
    """
    if not caller.at - EARLIEST <= taken_at <= caller.at + SKEW:
        raise InputError(
            [
                Problem(
                    "body",
                    "taken_at",
                    taken_at.isoformat(),
                    "cannot be: look at the clock of the station",
                    f"{(caller.at - EARLIEST):%Y-%m-%dT%H:%M:%SZ} to "
                    f"{(caller.at + SKEW):%Y-%m-%dT%H:%M:%SZ}",
                )
            ]
        )
    return taken_at


def moment_said(field: str, text: str) -> datetime:
    """Return a moment of the query, or say how one is written."""
    try:
        return _MOMENT.validate_python(text)
    except ValidationError as error:
        said = Problem("query", field, text, "is no moment", "2026-11-23T09:30:00Z")
        raise InputError([said]) from error


def gauges_named(codes: Sequence[str]) -> dict[str, Gauge]:
    """Return gauges by their codes; whoever is missing in it is not known."""
    wanted = set(codes)
    return {g.code: g for g in Gauge.objects.filter(code__in=wanted)} if wanted else {}


def tools_named(codes: Sequence[str]) -> list[Tool]:
    """Return tools by their codes, or say which is not registered."""
    known = {tool.code: tool for tool in Tool.objects.filter(code__in=set(codes))}
    problems = [
        Problem("body", f"tools[{n}]", code, "is not registered")
        for n, code in enumerate(codes)
        if code not in known
    ]
    if problems:
        raise InputError(problems)
    return [known[code] for code in dict.fromkeys(codes)]


def recipe_said(name: str | None) -> Recipe | None:
    """Return the recipe that a machine says it has loaded, as code@revision."""
    if name is None:
        return None
    code, _, revision = name.rpartition("@")
    found = recipe_called(code, revision)
    if found is None:
        raise InputError(
            [Problem("body", "recipe", name, "is not registered", "a code and revision: weld@B")]
        )
    return found


def unit_version(unit: Unit) -> str:
    """Return the version of a unit."""
    return version_of(subject_of(unit))


def next_of(unit: Unit) -> dict[str, Any] | None:
    """Say which operation comes next."""
    operation = next_operation(unit)
    if operation is None:
        return None
    return {
        "operation": operation.code,
        "number": operation.number,
        "title": operation.title,
        "station_kind": operation.station_kind,
        "tool_kind": operation.tool_kind,
        "recipe_code": operation.recipe_code,
    }


def unit_said(unit: Unit) -> dict[str, Any]:
    """Say a unit as in a list."""
    return {
        "serial": unit.serial,
        "order": unit.order.number,
        "number": unit.number,
        "state": unit.state,
        "virtual": unit.virtual,
    }


def step_said(step: Step) -> dict[str, Any]:
    """Say a step."""
    return {
        "step": str(step),
        "unit": step.unit.serial,
        "operation": step.operation.code,
        "attempt": step.attempt,
        "state": step.state,
        "station": str(step.station),
        "operator": step.operator.username,
        "started_at": step.started_at.isoformat(),
        "finished_at": step.finished_at.isoformat() if step.finished_at else None,
    }


def reading_said(reading: Reading) -> dict[str, Any]:
    """Say a reading."""
    return {
        "code": reading.characteristic.code,
        "position": reading.position,
        "value": reading.value,
        "unit": reading.unit_code,
        "low": reading.low,
        "high": reading.high,
        "passed": reading.passed,
        "gauge": reading.gauge.code if reading.gauge else None,
        "taken_at": reading.taken_at.isoformat(),
    }


def blocking(blockers: Sequence[Blocker]) -> list[dict[str, str]]:
    """Say what stands in the way."""
    return [
        {
            "code": b.code or "blocked",
            "record": b.record,
            "reason": b.reason,
            "clears": b.clears,
        }
        for b in blockers
    ]
