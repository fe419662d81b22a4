"""Gathering what goes with a unit along the line."""

from __future__ import annotations

from datetime import datetime

from packline.assurance.calc.moments import stored
from packline.assurance.calc.traveller import Check, Task, Traveller
from packline.production.models import Unit

__all__ = ["traveller_of"]


def traveller_of(unit: Unit, issued_at: datetime) -> Traveller:
    """Return what goes with a unit along the line: its operations, checks and limits."""
    order = unit.order
    operations = (
        order.routing.operations.exclude(code="incoming")
        .prefetch_related("characteristics")
        .order_by("number")
    )
    return Traveller(
        serial=unit.serial,
        gs1=unit.gs1,
        title=order.program.title,
        customer=order.program.customer,
        order=order.number,
        design=f"{order.design.series}S{order.design.parallel}P, revision {order.design.revision}",
        cell=f"{order.design.cell.maker} {order.design.cell.name}",
        routing=str(order.routing.revision),
        firmware=unit.firmware_version,
        virtual=unit.virtual,
        issued_at=stored(issued_at),
        tasks=tuple(
            Task(
                number=operation.number,
                title=operation.title,
                instruction=operation.instruction,
                station=operation.station_kind,
                checks=tuple(
                    Check(c.name, c.per, c.low, c.high, c.unit_code, c.gauge_kind, c.ctq)
                    for c in sorted(operation.characteristics.all(), key=lambda c: c.code)
                ),
            )
            for operation in operations
        ),
    )
