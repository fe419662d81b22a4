"""What quality does when it hears of upstream: of a stop, an inspection, a finished step.

The site lets these functions listen to the event log (`production.unit.held`,
`supply.lot.inspected`, `supply.lot.accepted`, `supply.lot.rejected`,
`production.step.finished`, `production.unit.set_aside`); being told twice changes nothing.
"""

from __future__ import annotations

import json
from typing import Any

from packline.foundation.models import Event, Person
from packline.foundation.prepared import Prepared
from packline.production.models import Hold, Step
from packline.production.queries.twins import twin_named
from packline.quality.calc.defects import defect_of
from packline.quality.models import Nonconformance, Reaction
from packline.quality.services.judge import judge_step
from packline.quality.services.opening import OutOfLimits, open_nonconformance
from packline.supply.models import Cell, CellLot

__all__ = [
    "hear_of_finished_step",
    "hear_of_hold",
    "hear_of_inspection",
    "hear_of_sample",
    "hear_of_scrap",
]

_steps = Prepared(
    lambda serial, code, attempt: (
        Step.objects.filter(unit__serial=serial, operation__code=code, attempt=attempt)
        .select_related("unit__order", "operation", "operator", "station")
        .prefetch_related("operation__characteristics")
    )
)

UNEXPLAINED = "as_built"  # the defect of a unit whose cells and joints do not explain it


def hear_of_hold(event: Event) -> Nonconformance | None:
    """Open the nonconformance of a unit that a reading, or what explains none, has stopped.

    A hold that a nonconformance placed itself, or that a person placed by hand, opens none.
    """
    facts = json.loads(event.text)["data"]
    twin = twin_named(facts["cause"])
    step = _step(facts["cause"]) if twin is None else twin.step
    if step is None:
        return None
    serial, _, number = facts["hold"].rsplit("/", 2)
    hold = Hold.objects.select_related("unit").get(unit__serial=serial, number=int(number))
    person: Person = event.by
    return open_nonconformance(
        cause=str(event),
        defect_code=UNEXPLAINED if twin is not None else defect_of(_first_failed(step)),
        title=facts["reason"],
        unit=hold.unit,
        step=step,
        hold=hold,
        by=person,
        at=event.at,
    )


def hear_of_scrap(event: Event) -> Nonconformance:
    """Open the nonconformance of a unit that was set aside as scrap, so that it is decided on."""
    facts = json.loads(event.text)["data"]
    serial, _, number = facts["hold"].rsplit("/", 2)
    hold = Hold.objects.select_related("unit").get(unit__serial=serial, number=int(number))
    person: Person = event.by
    return open_nonconformance(
        cause=str(event),
        defect_code="set_aside",
        title=f"set aside at {facts['operation']}: {facts['reason']}",
        unit=hold.unit,
        step=_step(facts["step"]) if facts["step"] else None,
        hold=hold,
        by=person,
        at=event.at,
    )


def hear_of_inspection(event: Event) -> Nonconformance | None:
    """Open one nonconformance for all cells of a lot that inspection has quarantined."""
    found = json.loads(event.text)["data"]["quarantined"]
    if not found:
        return None
    lot = CellLot.objects.get(number=event.subject.partition(":")[2])
    serials = {row["serial"] for row in found}
    cells = {cell.serial: cell for cell in Cell.objects.filter(lot=lot).order_by("serial")}
    outs = _outside(found, cells)
    person: Person = event.by
    return open_nonconformance(
        cause=str(event),
        defect_code="cell",
        title=f"{len(serials)} of {len(cells)} cells of lot {lot} are out of incoming limits",
        lot=lot,
        cells=outs,
        by=person,
        at=event.at,
    )


def hear_of_finished_step(event: Event) -> list[Reaction]:
    """Judge the points of a finished step by the frozen limits of their streams."""
    step = _step(json.loads(event.text)["data"]["step"])
    if step is None:
        return []
    person: Person = event.by
    return judge_step(step=step, by=person, at=event.at)


def hear_of_sample(event: Event) -> Nonconformance | None:
    """Open one nonconformance for what a sample found: cells of the lot, or the lot as a whole."""
    said = json.loads(event.text)["data"]
    found = said["nonconforming"]
    if not found:
        return None
    lot = CellLot.objects.get(number=event.subject.partition(":")[2])
    serials = {row["serial"] for row in found}
    cells = {c.serial: c for c in Cell.objects.filter(lot=lot, serial__in=serials)}
    rejected = event.verb == "supply.lot.rejected"
    what = f"lot {lot} is rejected by its sample" if rejected else f"sample of lot {lot} accepted"
    person: Person = event.by
    return open_nonconformance(
        cause=str(event),
        defect_code="sampling",
        title=f"{what}: {len(serials)} cells do not conform ({said['sample']})",
        lot=lot,
        cells=_outside(found, cells),
        by=person,
        at=event.at,
    )


def _outside(found: list[dict[str, Any]], cells: dict[str, Cell]) -> list[OutOfLimits]:
    return [
        OutOfLimits(
            cell=cells[row["serial"]],
            code=row["code"],
            value=row["value"],
            low=row["low"],
            high=row["high"],
            unit_code=row["unit"],
        )
        for row in found
    ]


def _step(key: str) -> Step | None:
    """Return the step whose natural key is `key`, or None when it names something else."""
    parts = key.rsplit("/", 2)
    if len(parts) != 3 or not parts[2].isdigit():
        return None
    serial, operation, attempt = parts
    return _steps.first(serial=serial, code=operation.partition("-")[2], attempt=int(attempt))


def _first_failed(step: Step) -> str:
    readings = step.readings.filter(passed=False).order_by("-taken_at", "characteristic__code")
    joints = step.joint_sets.filter(n_failed__gt=0).order_by("characteristic__code")
    codes = [
        *readings.values_list("characteristic__code", flat=True)[:1],
        *joints.values_list("characteristic__code", flat=True)[:1],
    ]
    return codes[0] if codes else ""
