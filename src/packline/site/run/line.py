"""Between the record and the virtual line: a unit as plain facts, measurements as readings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from packline.process.models import Characteristic, Operation
from packline.production.calc.complete import places_of
from packline.production.models import Order, Placement, Unit
from packline.production.services import ReadingIn
from packline.resources.models import Gauge
from packlink.virtual import CellFacts, DesignFacts, Measurand, UnitFacts, VirtualLine

__all__ = [
    "VERSION",
    "facts_of_unit",
    "joint_columns",
    "order_line",
    "readings_for",
    "station_name",
]

VERSION = "virtual-line 1"  # what took the readings, kept with each of them
PER_PACK = "pack"


def station_name(operation: Operation) -> str:
    """Return how the virtual line names an operation."""
    return f"{operation.number}-{operation.code}"


def facts_of_unit(unit: Unit, placements: Iterable[Placement], design: DesignFacts) -> UnitFacts:
    """Return a unit's own cells by group, and how often each operation was done on it."""
    groups: dict[int, list[CellFacts]] = {}
    for p in placements:
        groups.setdefault(p.group, []).append(
            CellFacts(
                p.cell.serial,
                p.cell.capacity_ah,
                p.cell.ocv_v,
                p.cell.ac_ir_mohm,
                p.cell.dc_resistance_mohm,
            )
        )
    attempts: dict[str, int] = {}
    for step in unit.steps.select_related("operation"):
        name = station_name(step.operation)
        attempts[name] = max(attempts.get(name, 0), step.attempt)
    return UnitFacts(
        unit.serial, tuple(tuple(groups[g]) for g in sorted(groups)), design, attempts
    )


def readings_for(
    line: VirtualLine,
    unit: UnitFacts,
    operation: Operation,
    characteristics: Sequence[Characteristic],
    attempt: int,
    gauges: dict[str, Gauge],
) -> list[ReadingIn]:
    """Measure one operation of a unit, joints apart; places are counted from 1 in the record."""
    by_code = {c.code: c for c in characteristics}
    asked = [
        Measurand(c.code, c.unit_code, places(c, unit), c.low, c.high, c.target)
        for c in characteristics
        if c.per != "joint"
    ]
    measured = line.measure(
        unit, operation=station_name(operation), characteristics=asked, attempt=attempt
    )
    return [
        ReadingIn(
            code=m.code,
            value=m.value,
            position=0 if by_code[m.code].per == PER_PACK else m.position + 1,
            gauge=gauges.get(by_code[m.code].gauge_kind),
        )
        for m in measured
    ]


def joint_columns(
    line: VirtualLine, unit: UnitFacts, attempt: int
) -> dict[str, NDArray[np.float64]]:
    """Return the welder's log with the place of every joint: group, cell and end, from 1."""
    log = line.weld(unit, attempt=attempt)
    joint = np.arange(len(log.resistance_mohm), dtype=np.int64)
    cell, end = np.divmod(joint, 2)
    group, slot = np.divmod(cell, unit.parallel)
    return {
        "joint": (joint + 1).astype(np.float64),
        "group": (group + 1).astype(np.float64),
        "cell": (slot + 1).astype(np.float64),
        "end": (end + 1).astype(np.float64),
        "resistance_mohm": log.resistance_mohm,
        "energy_j": log.energy_j,
        "time_ms": log.time_ms,
        "force_n": log.force_n,
        "displacement_mm": log.displacement_mm,
    }


def places(characteristic: Characteristic, unit: UnitFacts) -> tuple[int, ...]:
    """Return the places at which a characteristic is measured, counted from 0."""
    return tuple(range(places_of(characteristic.per, unit.series, unit.parallel)))


def order_line(order: Order) -> VirtualLine:
    """Return the virtual line that an order is built on."""
    return VirtualLine(order.line_seed or 0, order.line_defect_ratio or 0.0)
