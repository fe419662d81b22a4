"""Parts of a unit: what is in it, at any moment; put in, taken out and replaced within a step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from ninja.params.functions import Query
from pydantic import Field

from packline.foundation.errors import InputError, Problem, Refused
from packline.foundation.models import Person
from packline.foundation.requests import check_version, keyed
from packline.foundation.schemas import (
    ATTENDANCE,
    IF_MATCH,
    KEY,
    REFUSALS,
    Input,
    Name,
    Place,
    Text,
    operation_docs,
)
from packline.production.api.rows import (
    moment_said,
    operator_of,
    own_step,
    step_named,
    unit_named,
    unit_version,
)
from packline.production.api.schemas import Attempt, Code, Serial
from packline.production.calc.quantities import UNITS
from packline.production.models import Link, Step, Unit
from packline.production.queries.genealogy import contents_at, part_of_unit
from packline.production.queries.units import cells_waiting
from packline.production.services import (
    PartIn,
    assemble,
    install_parts,
    replace_part,
    take_out,
)
from packline.resources.queries.access import Caller, caller_of

router = Router(tags=["parts"])

CHANGES = operation_docs(KEY, ATTENDANCE, IF_MATCH)
MOST = 5_000  # cells that are scanned for one unit
AT = Query(None, max_length=40, description="as it was then: 2026-11-23T09:30:00Z; else now")


class PartItem(Input):
    """A part with a serial, or with an `amount` that much of a lot that is booked."""

    kind: Name = Field(description="bms, busbar, housing ...: the trade's word, always the same")
    number: Name = Field(description="serial, or with an amount the number of the lot")
    position: Place = Field(0, description="place in the pack from 1; 0: it has none")
    amount: Annotated[str, Field(min_length=1, max_length=30)] | None = None
    unit: Name = Field("1", description=f"of the amount: {', '.join(UNITS)}")


class PartsIn(Input):
    """What goes into the unit now: its matched cells, further parts, or both."""

    matched_cells: bool = Field(
        False, description="put in the cells that the match gave it, in their groups"
    )
    scanned: Annotated[list[Name], Field(max_length=MOST)] = Field(
        [], description="serials of the cells that were scanned: held against the match"
    )
    parts: Annotated[list[PartItem], Field(max_length=200)] = []


class ReplaceIn(Input):
    """Which part is replaced by which of the same kind, and why."""

    kind: Name
    old: Name
    new: Name
    reason: Text


class RemoveIn(Input):
    """Which part is taken out, and why."""

    kind: Name
    number: Name
    reason: Text


class InsideOut(Schema):
    """A part that is in the unit."""

    kind: str
    number: str
    within: str
    position: int
    lot: str
    quantity: int
    unit_code: str
    installed_at: datetime
    removed_at: datetime | None


class WaitingOut(Schema):
    """A cell that the match gave the unit and that is not put in."""

    serial: str
    group: int
    place: int


class PartsOut(Schema):
    """What is in a unit, and which of its cells still wait."""

    unit: str
    parts: list[InsideOut]
    waiting: list[WaitingOut]
    version: str


class ChangedOut(Schema):
    """What a change of parts came to."""

    unit: str
    links: int = Field(description="places that were filled or emptied")
    waiting: int = Field(description="matched cells that are still not put in")
    version: str


@router.post(
    "/{path:serial}/steps/{operation}/{attempt}/parts",
    response={201: ChangedOut, **REFUSALS},
    operation_id="install_parts",
    openapi_extra=CHANGES,
)
def install(
    request: HttpRequest, serial: Serial, operation: Code, attempt: Attempt, body: PartsIn
) -> HttpResponse:
    """Put parts into a unit; a part on hold, elsewhere or of a lot that has run out is refused."""
    if not (body.matched_cells or body.parts):
        raise InputError([Problem("body", "parts", "", "names nothing that goes in")])
    if body.scanned and not body.matched_cells:
        allowed = "matched_cells: true, or no scanned cells"
        raise InputError(
            [Problem("body", "scanned", "", "are matched cells, not wanted", allowed)]
        )
    further = [PartIn(**part.dict()) for part in body.parts]

    def work(step: Step, by: Person, at: datetime) -> int:
        if not body.matched_cells:
            return len(assemble(kind="pack", number=step.unit.serial, parts=further, by=by, at=at))
        if body.scanned:
            _hold_against_the_match(step.unit, body.scanned)
        return len(install_parts(unit=step.unit, further=further, by=by, at=at))

    return _changed(request, (serial, operation, attempt), 201, work)


@router.post(
    "/{path:serial}/steps/{operation}/{attempt}/parts/replace",
    response={200: ChangedOut, **REFUSALS},
    operation_id="replace_part",
    openapi_extra=CHANGES,
)
def replace(
    request: HttpRequest, serial: Serial, operation: Code, attempt: Attempt, body: ReplaceIn
) -> HttpResponse:
    """Replace a part by another of its kind; when it was in there stays on record."""

    def work(step: Step, by: Person, at: datetime) -> int:
        replace_part(unit=step.unit, **body.dict(), by=by, at=at)
        return 1

    return _changed(request, (serial, operation, attempt), 200, work)


@router.post(
    "/{path:serial}/steps/{operation}/{attempt}/parts/remove",
    response={200: ChangedOut, **REFUSALS},
    operation_id="remove_part",
    openapi_extra=CHANGES,
)
def remove(
    request: HttpRequest, serial: Serial, operation: Code, attempt: Attempt, body: RemoveIn
) -> HttpResponse:
    """Take a part out of a unit; a cell is replaced instead, for its place must not be empty."""

    def work(step: Step, by: Person, at: datetime) -> int:
        take_out(unit=step.unit, **body.dict(), by=by, at=at)
        return 1

    return _changed(request, (serial, operation, attempt), 200, work)


# Behind the longer addresses: a serial may hold a slash, so it is looked for last.
@router.get("/{path:serial}/parts", response={200: PartsOut, **REFUSALS}, operation_id="parts")
def parts(request: HttpRequest, serial: Serial, at: str | None = AT) -> dict[str, Any]:
    """List what is in a unit now or was at a moment, however deep, and which cells wait."""
    caller = caller_of(request)
    caller.need("units:read")
    unit = unit_named(serial)
    pack = part_of_unit(unit)
    moment = caller.at if at is None else moment_said("at", at)
    return {
        "unit": unit.serial,
        "parts": [] if pack is None else [_said(link) for link in contents_at(pack, moment)],
        "waiting": [
            {"serial": p.cell.serial, "group": p.group, "place": p.slot}
            for p in cells_waiting(unit)
        ],
        "version": unit_version(unit),
    }


def _changed(
    request: HttpRequest,
    place: tuple[str, str, int],
    status: int,
    change: Callable[[Step, Person, datetime], int],
) -> HttpResponse:
    """Do a change once, within a step that was started at this station and is not finished."""
    caller: Caller = caller_of(request)
    caller.need("steps:write")
    operator = operator_of(request, caller)
    serial, operation, attempt = place

    def work() -> tuple[int, Any]:
        unit = unit_named(serial, for_write=True)
        check_version(request, unit)
        step = own_step(caller, step_named(unit, operation, attempt))
        if step.state != "started":
            raise Refused(f"{step} is {step.state}: parts are changed within a step that runs")
        links = change(step, operator, max(caller.at, step.started_at))
        return status, {
            "unit": unit.serial,
            "links": links,
            "waiting": len(cells_waiting(unit)),
            "version": unit_version(unit),
        }

    return keyed(request, owner=caller.token.prefix, at=caller.at, work=work)


def _hold_against_the_match(unit: Unit, scanned: list[str]) -> None:
    """Refuse cells that were scanned and are not those of the match, or the other way round.

    Raises
    ------
    InputError
        With every cell that is too many, was scanned twice, or is missing.
    """
    wanted = {p.cell.serial: p for p in cells_waiting(unit)}
    seen: set[str] = set()
    problems = []
    for n, serial in enumerate(scanned):
        field = f"scanned[{n}]"
        if serial not in wanted:
            problems.append(Problem("body", field, serial, f"is no cell that waits for {unit}"))
        elif serial in seen:
            problems.append(Problem("body", field, serial, "was scanned twice"))
        seen.add(serial)
    problems += [
        Problem("body", "scanned", serial, f"is missing: group {p.group}, place {p.slot}")
        for serial, p in wanted.items()
        if serial not in seen
    ]
    if problems:
        raise InputError(problems)


def _said(link: Link) -> dict[str, Any]:
    return {
        "kind": link.kind,
        "number": link.child.number,
        "within": link.parent.number,
        "position": link.position,
        "lot": "" if link.lot is None else link.lot.number,
        "quantity": link.quantity,
        "unit_code": link.unit_code,
        "installed_at": link.installed_at,
        "removed_at": link.removed_at,
    }
