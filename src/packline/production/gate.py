"""The one gate in front of every unit: whoever comes, page, API, machine or import, passes here.

It answers with every record that stands in the way, each with what clears it; an empty list lets
the work begin.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from packline.foundation.errors import Blocked, Blocker
from packline.foundation.models import Person
from packline.process.models import Operation
from packline.production.models import Hold, Link, Step, Unit
from packline.production.states import DONE
from packline.resources.models import Gauge, Station
from packline.resources.queries import qualification_of
from packline.supply.models import LotHold

__all__ = ["blocks", "let_pass"]


def blocks(
    *,
    unit: Unit,
    operation: Operation,
    station: Station,
    operator: Person,
    at: datetime,
    gauges: Sequence[Gauge] = (),
    within: Step | None = None,
) -> list[Blocker]:
    """Return every record that keeps `operator` from doing `operation` on `unit` now.

    `within` is the step that is being continued, if one is: its own start is then no obstacle,
    nor are the holds which its own readings placed.
    """
    found = [*_unit_blocks(unit, within), *_lot_blocks(unit)]
    found += _sequence_blocks(unit, operation, within)
    found += _person_blocks(operation, operator, at)
    if station.kind != operation.station_kind:
        found.append(
            Blocker(
                f"station {station}",
                f"is a {station.kind}, and {operation.title} needs a {operation.station_kind}",
                "going to the right station",
            )
        )
    found += _gauge_blocks(gauges, at)
    return found


def let_pass(
    *,
    unit: Unit,
    operation: Operation,
    station: Station,
    operator: Person,
    at: datetime,
    gauges: Sequence[Gauge] = (),
    within: Step | None = None,
) -> None:
    """Raise `Blocked` with every blocking record, or return."""
    found = blocks(
        unit=unit,
        operation=operation,
        station=station,
        operator=operator,
        at=at,
        gauges=gauges,
        within=within,
    )
    if found:
        raise Blocked(f"{operation.title} on {unit}", found)


def _unit_blocks(unit: Unit, within: Step | None) -> list[Blocker]:
    own = str(within) if within is not None else None
    found = [
        Blocker(f"hold {hold}", hold.reason, "the disposition of its nonconformance")
        for hold in Hold.objects.filter(unit=unit, lifted_at__isnull=True)
        .select_related("unit")
        .order_by("number")
        if own is None or hold.cause != own
    ]
    if unit.state not in ("planned", "building", "held"):
        found.append(Blocker(f"unit {unit}", f"is {unit.state}", "reopening by rework"))
    return found


def _lot_blocks(unit: Unit) -> list[Blocker]:
    cells = Link.objects.filter(unit=unit, child_kind="cell", removed_at__isnull=True)
    holds = (
        LotHold.objects.filter(
            lifted_at__isnull=True,
            lot__cells__serial__in=cells.values("child"),
        )
        .select_related("lot")
        .distinct()
    )
    return [
        Blocker(
            f"lot hold {hold}",
            f"lot {hold.lot} is installed in {unit}: {hold.reason}",
            "the disposition of the lot",
        )
        for hold in sorted(holds, key=str)
    ]


def _sequence_blocks(unit: Unit, operation: Operation, within: Step | None) -> list[Blocker]:
    done: dict[int, Step] = {
        step.operation_id: step
        for step in Step.objects.filter(unit=unit)
        .exclude(state="superseded")
        .select_related("unit", "operation")
    }
    found = []
    for earlier in (
        operation.routing.operations.filter(number__lt=operation.number)
        .exclude(code="incoming")  # done on the cells, before there is a unit
        .order_by("number")
    ):
        step = done.get(earlier.pk)
        if step is None or step.state not in DONE:
            state = "was not done" if step is None else f"is {step.state}"
            found.append(
                Blocker(
                    f"operation {earlier.number} {earlier.title}",
                    f"{state} on {unit}",
                    "finishing it first",
                )
            )
    current = done.get(operation.pk)
    if current is not None and current != within:
        found.append(
            Blocker(f"step {current}", f"is {current.state}", "rework that repeats the operation")
        )
    if within is not None and within.state != "started":
        found.append(Blocker(f"step {within}", f"is {within.state}", "starting a new attempt"))
    return found


def _person_blocks(operation: Operation, operator: Person, at: datetime) -> list[Blocker]:
    if qualification_of(operator, operation.code, at.date()) is not None:
        return []
    return [
        Blocker(
            f"person {operator}",
            f"holds no valid qualification for {operation.title} on {at.date()}",
            "training, recorded by somebody else",
        )
    ]


def _gauge_blocks(gauges: Sequence[Gauge], at: datetime) -> list[Blocker]:
    day = at.date()
    return [
        Blocker(
            f"gauge {gauge}",
            f"is out of calibration on {day} (due {gauge.due_on})",
            "calibrating it",
        )
        for gauge in gauges
        if not gauge.calibrated_on <= day <= gauge.due_on
    ]
