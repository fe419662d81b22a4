"""Good and scrap in one action: some units of an operation are done, others are set aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from packline.foundation.commands import command
from packline.foundation.errors import Blocked, Blocker, InputError, Problem
from packline.foundation.events import record
from packline.foundation.models import Person
from packline.process.models import Operation, Recipe
from packline.production.models import Hold, Step, Unit
from packline.production.services.hold import place_hold
from packline.production.services.step import finish_step, start_step
from packline.resources.models import Station, Tool

__all__ = ["MOST", "Scrapped", "Work", "tally_work"]

MOST = 200  # units in one action


@dataclass(frozen=True, slots=True)
class Work:
    """An operation that was done on a unit and came out good."""

    unit: Unit
    operation: Operation


@dataclass(frozen=True, slots=True)
class Scrapped:
    """A unit that did not come out good, and why."""

    unit: Unit
    operation: Operation
    reason: str


@command("production.finish_step")
def tally_work(
    *,
    good: Sequence[Work],
    scrap: Sequence[Scrapped],
    station: Station,
    tools: Sequence[Tool] = (),
    recipe: Recipe | None = None,
    by: Person,
    at: datetime,
) -> tuple[list[Step], list[Hold]]:
    """Finish the operation of the good units and set the scrapped ones aside, all or nothing.

    A step that was not started yet is started; the gate stands in front of both, and what is
    missing of any unit stops the whole action. A unit that is set aside is on hold until its
    nonconformance is decided on: who built it does not sign it off.

    Raises
    ------
    Blocked
        With every record that stands in the way of any good unit.
    InputError
        If a unit is named twice, or a scrapped one cannot be set aside.
    """
    _check(good, scrap)
    steps: list[Step] = []
    blockers: list[Blocker] = []
    for work in good:
        try:
            with transaction.atomic():
                step = _open_step(work.unit, work.operation, station)
                if step is None:
                    step = start_step(
                        unit=work.unit,
                        operation=work.operation,
                        station=station,
                        tools=tools,
                        recipe=recipe,
                        by=by,
                        at=at,
                    )
                steps.append(finish_step(step=step, by=by, at=max(at, step.started_at)))
        except Blocked as error:
            blockers += [
                Blocker(f"{work.unit}, {b.record}", b.reason, b.clears, b.code)
                for b in error.blockers
            ]
    if blockers:
        raise Blocked("what was counted as good is not all done", blockers)
    return steps, [_set_aside(one, station, by, at) for one in scrap]


def _check(good: Sequence[Work], scrap: Sequence[Scrapped]) -> None:
    problems = []
    every = [work.unit.serial for work in good] + [one.unit.serial for one in scrap]
    for serial in sorted({s for s in every if every.count(s) > 1}):
        problems.append(Problem("tally", "serial", serial, "is named more than once"))
    if not 1 <= len(every) <= MOST:
        problems.append(Problem("tally", "serial", str(len(every)), "units", f"1 to {MOST}"))
    for one in scrap:
        if not one.reason.strip():
            problems.append(Problem("tally", "reason", "", f"is missing for {one.unit}", "why"))
        if one.unit.state not in ("planned", "building"):
            allowed = "a unit that is in work; one on hold waits for its decision already"
            problems.append(Problem("tally", "serial", str(one.unit), one.unit.state, allowed))
    if problems:
        raise InputError(problems)


def _open_step(unit: Unit, operation: Operation, station: Station) -> Step | None:
    found = unit.steps.filter(operation=operation, station=station, state="started")
    step = found.select_related("operation__routing", "station").order_by("-attempt").first()
    if step is not None:
        step.unit = unit
    return step


def _set_aside(one: Scrapped, station: Station, by: Person, at: datetime) -> Hold:
    step = _open_step(one.unit, one.operation, station)
    reason = one.reason.strip()
    hold = place_hold(
        one.unit,
        reason=f"set aside as scrap: {reason}",
        cause=f"scrap at {one.operation.code}",
        by=by,
        at=at if step is None else max(at, step.started_at),
    )
    record(
        "production.unit.set_aside",
        one.unit,
        by=by,
        at=hold.placed_at,
        hold=str(hold),
        step=None if step is None else str(step),
        operation=one.operation.code,
        station=str(station),
        reason=reason[:300],
    )
    return hold
