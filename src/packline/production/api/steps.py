"""Steps: started, read for, finished, and the unit passed; the gate stands before each."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from packline.foundation.errors import InputError, Problem
from packline.foundation.requests import check_version, etag, is_known_version, keyed
from packline.foundation.schemas import ATTENDANCE, IF_MATCH, KEY, REFUSALS, operation_docs
from packline.process.queries.revisions import pictures_of
from packline.production.api.rows import (
    done_at,
    gauges_named,
    next_of,
    operation_named,
    operator_of,
    own_step,
    reading_said,
    recipe_said,
    step_named,
    step_said,
    tools_named,
    unit_named,
    unit_said,
    unit_version,
)
from packline.production.api.schemas import (
    Attempt,
    Code,
    FinishedOut,
    PassedOut,
    ReadingsIn,
    ReadingsOut,
    Serial,
    StartIn,
    StepDetail,
    StepOut,
    StepVersion,
)
from packline.production.calc.complete import places_of
from packline.production.models import Step
from packline.production.queries.units import steps_of_unit
from packline.production.services import (
    ReadingIn,
    finish_step,
    pass_unit,
    start_step,
    take_readings,
)
from packline.resources.queries.access import caller_of

router = Router(tags=["steps"])
WRITES = operation_docs(KEY, ATTENDANCE, IF_MATCH)


@router.post(
    "/{path:serial}/steps",
    response={201: StepVersion, **REFUSALS},
    operation_id="start_step",
    openapi_extra=WRITES,
)
def start(request: HttpRequest, serial: Serial, body: StartIn) -> HttpResponse:
    """Start an operation on a unit at this station, if the gate lets it."""
    caller = caller_of(request)
    caller.need("steps:write")
    operator = operator_of(request, caller)

    def work() -> tuple[int, Any]:
        unit = unit_named(serial, for_write=True)
        check_version(request, unit)
        step = start_step(
            unit=unit,
            operation=operation_named(unit, body.operation),
            station=caller.station,
            tools=tools_named(body.tools),
            recipe=recipe_said(body.recipe),
            by=operator,
            at=caller.at,
        )
        return 201, {**step_said(step), "version": unit_version(unit)}

    return keyed(request, owner=caller.token.prefix, at=caller.at, work=work)


@router.get(
    "/{path:serial}/steps", response={200: list[StepOut], **REFUSALS}, operation_id="unit_steps"
)
def steps(request: HttpRequest, serial: Serial) -> list[dict[str, Any]]:
    """List every step of a unit, superseded ones too, in the order of the work."""
    caller_of(request).need("units:read")
    return [step_said(step) for step in steps_of_unit(unit_named(serial))]


@router.get(
    "/{path:serial}/steps/{operation}/{attempt}",
    response={200: StepDetail, **REFUSALS},
    operation_id="step",
)
def step(
    request: HttpRequest,
    serial: Serial,
    operation: Code,
    attempt: Attempt,
    response: HttpResponse,
) -> Any:
    """Show a step, its instruction, what is to be checked and what was read."""
    caller_of(request).need("units:read")
    unit = unit_named(serial)
    found = step_named(unit, operation, attempt)
    version = unit_version(unit)
    if is_known_version(request, version):
        return HttpResponse(status=304, headers={"ETag": etag(version)})
    response["ETag"] = etag(version)
    readings = found.readings.select_related("characteristic", "gauge")
    design = unit.order.design
    return {
        **step_said(found),
        "version": version,
        "title": found.operation.title,
        "instruction": found.operation.instruction,
        "cells_go_in": found.operation.cells_go_in,
        "pictures": [
            {"url": f"/station/pictures/{p.file.sha256}/", "caption": p.caption}
            for p in pictures_of(found.operation.code, found.operation.instruction_revision)
        ],
        "checks": [
            {
                "code": c.code,
                "name": c.name,
                "per": c.per,
                "unit": c.unit_code,
                "low": c.low,
                "high": c.high,
                "gauge_kind": c.gauge_kind,
                "places": places_of(c.per, design.series, design.parallel),
            }
            for c in sorted(found.operation.characteristics.all(), key=lambda c: c.code)
        ],
        "readings": [
            reading_said(r) for r in readings.order_by("characteristic__code", "position")
        ],
    }


@router.post(
    "/{path:serial}/steps/{operation}/{attempt}/readings",
    response={201: ReadingsOut, **REFUSALS},
    operation_id="take_readings",
    openapi_extra=WRITES,
)
def readings(
    request: HttpRequest, serial: Serial, operation: Code, attempt: Attempt, body: ReadingsIn
) -> HttpResponse:
    """Hand in readings of a step: all are taken or none. One out of its limits holds the unit."""
    caller = caller_of(request)
    caller.need("steps:write")
    taken_at = done_at(body.taken_at, caller)
    operator = operator_of(request, caller, min(taken_at, caller.at))

    def work() -> tuple[int, Any]:
        unit = unit_named(serial, for_write=True)
        check_version(request, unit)
        step = own_step(caller, step_named(unit, operation, attempt))
        rows = take_readings(
            step=step,
            readings=_readings_in(step, body),
            program_version=body.program_version,
            taken_at=taken_at,
            virtual=caller.station.virtual,
            by=operator,
            at=max(caller.at, step.started_at),
        )
        failed = [reading_said(row) for row in rows if not row.passed]
        return 201, {
            "step": str(step),
            "taken": len(rows),
            "passed": not failed,
            "failed": failed,
            "unit_state": unit.state,
            "version": unit_version(unit),
        }

    return keyed(request, owner=caller.token.prefix, at=caller.at, work=work)


@router.post(
    "/{path:serial}/steps/{operation}/{attempt}/finish",
    response={200: FinishedOut, **REFUSALS},
    operation_id="finish_step",
    openapi_extra=WRITES,
)
def finish(
    request: HttpRequest, serial: Serial, operation: Code, attempt: Attempt
) -> HttpResponse:
    """Finish a step: passed when every required reading is there and within its limits."""
    caller = caller_of(request)
    caller.need("steps:write")
    operator = operator_of(request, caller)

    def work() -> tuple[int, Any]:
        unit = unit_named(serial, for_write=True)
        check_version(request, unit)
        step = own_step(caller, step_named(unit, operation, attempt))
        finish_step(step=step, by=operator, at=max(caller.at, step.started_at))
        return 200, {
            **step_said(step),
            "version": unit_version(unit),
            "passed": step.state == "passed",
            "next": next_of(unit),
        }

    return keyed(request, owner=caller.token.prefix, at=caller.at, work=work)


@router.post(
    "/{path:serial}/pass",
    response={200: PassedOut, **REFUSALS},
    operation_id="pass_unit",
    openapi_extra=WRITES,
)
def pass_it(request: HttpRequest, serial: Serial) -> HttpResponse:
    """Declare a unit built, as the inspector who is signed in; refused while anything is open."""
    caller = caller_of(request)
    caller.need("steps:write")
    operator = operator_of(request, caller)

    def work() -> tuple[int, Any]:
        unit = unit_named(serial, for_write=True)
        check_version(request, unit)
        pass_unit(unit=unit, by=operator, at=caller.at)
        return 200, {**unit_said(unit), "version": unit_version(unit)}

    return keyed(request, owner=caller.token.prefix, at=caller.at, work=work)


def _readings_in(step: Step, body: ReadingsIn) -> list[ReadingIn]:
    """Match what was sent with the characteristics and gauges that it names.

    Raises
    ------
    InputError
        With every field that is wrong.
    """
    known = {c.code: c for c in step.operation.characteristics.all()}
    gauges = gauges_named([r.gauge for r in body.readings if r.gauge is not None])
    problems: list[Problem] = []
    taken: set[tuple[str, int]] = set()
    for n, r in enumerate(body.readings):
        where = f"readings[{n}]"
        characteristic = known.get(r.code)
        if characteristic is None:
            allowed = ", ".join(sorted(known)) or "none"
            problems.append(
                Problem("body", f"{where}.code", r.code, "is not checked in this step", allowed)
            )
            continue
        if r.unit != characteristic.unit_code:
            problems.append(
                Problem(
                    "body",
                    f"{where}.unit",
                    r.unit,
                    f"is not the unit of {r.code}; nothing is converted",
                    characteristic.unit_code,
                )
            )
        if r.gauge is not None and r.gauge not in gauges:
            problems.append(Problem("body", f"{where}.gauge", r.gauge, "is not registered"))
        if (r.code, r.position) in taken:
            problems.append(
                Problem("body", f"{where}.position", str(r.position), "was read already")
            )
        taken.add((r.code, r.position))
    if problems:
        raise InputError(problems)
    return [
        ReadingIn(
            code=r.code,
            value=r.value,
            position=r.position,
            gauge=gauges[r.gauge] if r.gauge is not None else None,
        )
        for r in body.readings
    ]
