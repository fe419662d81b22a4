"""Taking readings: judged against the limits of the moment, which they keep for ever."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite

from packcalc.stats.limits import Limits
from packline.foundation.commands import command
from packline.foundation.errors import DomainError, NotANumber
from packline.foundation.events import record
from packline.foundation.models import Person
from packline.process.models import Characteristic, Recipe
from packline.production.calc.acceptance import Known, acceptance
from packline.production.gate import Measuring, let_pass
from packline.production.models import Reading, Step
from packline.production.services.hold import place_hold
from packline.production.services.permit import use_permits
from packline.production.services.tool import note_tools
from packline.resources.models import Gauge, Tool
from packline.resources.queries import studies_in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingIn:
    """One value as it comes from a gauge, in the unit of its characteristic."""

    code: str
    value: float
    position: int = 0
    gauge: Gauge | None = None


@command("production.take_readings")
def take_readings(
    *,
    step: Step,
    readings: Sequence[ReadingIn],
    program_version: str,
    taken_at: datetime,
    virtual: bool,
    tools: Sequence[Tool] = (),
    recipe: Recipe | None = None,
    by: Person,
    at: datetime,
) -> list[Reading]:
    """Store readings with their verdicts; one out of its limits holds the unit at once.

    A reading is judged by the limits of its characteristic less the guard band of the gauge with
    which it was taken; both are kept, with the gauge study that the guard band comes from. `tools`
    and `recipe` are named when they are others than those that the step was started with.
    """
    known = {c.code: c for c in step.operation.characteristics.all()}
    opened = let_pass(
        unit=step.unit,
        operation=step.operation,
        station=step.station,
        operator=by,
        at=at,
        measuring=[Measuring(known[r.code], r.gauge) for r in readings if r.code in known],
        tools=tools,
        recipe=recipe,
        within=step,
    )
    use_permits(step.unit, opened, by=by, at=at)
    studies = studies_in_force(_gauges(readings), known, taken_at.date())
    rows = [
        _judged(step, reading, known, studies, program_version, taken_at, virtual)
        for reading in readings
    ]
    Reading.objects.bulk_create(rows)
    uses = note_tools(step, tools, at)
    failed = [row for row in rows if not row.passed]
    record(
        "production.readings.taken",
        step.unit,
        by=by,
        at=at,
        rows=[*rows, *uses],
        step=str(step),
        failed=[str(row) for row in failed],
    )
    if failed:
        place_hold(step.unit, reason=_said(failed), cause=str(step), by=by, at=at)
    return rows


def _gauges(readings: Sequence[ReadingIn]) -> list[Gauge]:
    return list({r.gauge.code: r.gauge for r in readings if r.gauge is not None}.values())


def _judged(
    step: Step,
    reading: ReadingIn,
    known: dict[str, Characteristic],
    studies: Known,
    program_version: str,
    taken_at: datetime,
    virtual: bool,
) -> Reading:
    characteristic = known.get(reading.code)
    if characteristic is None:
        raise DomainError(
            f"{step}: {reading.code} is no characteristic of {step.operation.title}; "
            f"allowed: {', '.join(sorted(known)) or 'none'}"
        )
    if not isfinite(reading.value):
        raise NotANumber(f"{step}: {reading.code} = {reading.value}: a reading is a finite number")
    limits = Limits(characteristic.low, characteristic.high, characteristic.unit_code)
    accepted = acceptance(limits, reading.code, reading.gauge, studies)
    return Reading(
        step=step,
        characteristic=characteristic,
        position=reading.position,
        value=reading.value,
        unit_code=characteristic.unit_code,
        low=characteristic.low,
        high=characteristic.high,
        accept_low=accepted.low,
        accept_high=accepted.high,
        passed=accepted.limits.admits(reading.value),
        gauge=reading.gauge,
        guard_study=accepted.study,
        characteristic_revision=characteristic.revision,
        program_version=program_version,
        taken_at=taken_at,
        virtual=virtual,
    )


def _said(failed: Sequence[Reading]) -> str:
    """Say which readings are out, in words that fit on a screen."""
    first = failed[0]
    place = f" at {first.characteristic.per} {first.position}" if first.position else ""
    more = f", and {len(failed) - 1} more" if len(failed) > 1 else ""
    span = _span(first.low, first.high)
    told = f"{first.characteristic.name}{place}: {first.value:.6g} {first.unit_code} is"
    if Limits(first.low, first.high, first.unit_code).admits(first.value):
        inside = _span(first.accept_low, first.accept_high)
        return (
            f"{told} within {span} but outside {inside}, which the gauge's error leaves "
            f"(study {first.guard_study}){more}"
        )
    return f"{told} outside {span}{more}"


def _span(low: float | None, high: float | None) -> str:
    left = "" if low is None else f"{low:g} "
    right = "" if high is None else f" {high:g}"
    return f"{left}...{right}".strip()
