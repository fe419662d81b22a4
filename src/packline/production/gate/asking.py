"""Asking the gate: every check in turn, and the refusal that names all that they found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from packline.foundation.errors import Blocked, Blocker
from packline.foundation.models import Person
from packline.process.models import Operation
from packline.production.gate.equipment import gauge_blocks, station_blocks
from packline.production.gate.holds import unit_blocks
from packline.production.gate.parts import lot_blocks
from packline.production.gate.people import person_blocks
from packline.production.gate.sequence import sequence_blocks
from packline.production.models import Step, Unit
from packline.resources.models import Gauge, Station


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
    return [
        *unit_blocks(unit, within),
        *lot_blocks(unit),
        *sequence_blocks(unit, operation, within),
        *person_blocks(operation, operator, at),
        *station_blocks(station, operation),
        *gauge_blocks(gauges, at),
    ]


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
