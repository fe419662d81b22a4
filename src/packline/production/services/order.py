"""Placing an order and giving its units their serials."""

from __future__ import annotations

from datetime import datetime

from packline.design.models import Design
from packline.foundation.commands import command, unchanged
from packline.foundation.errors import DomainError, Refused
from packline.foundation.events import record
from packline.foundation.models import Person
from packline.foundation.states import move
from packline.process.models import Routing
from packline.production.calc.serials import gs1_element_string, serial_of
from packline.production.models import Order, Unit
from packline.production.states import ORDER
from packline.requirements.calc.identifiers import gtin_problem, pattern_problem


@command("production.place_order")
def place_order(
    *,
    number: str,
    design: Design,
    routing: Routing,
    quantity: int,
    as_many_as_possible: bool = False,
    virtual: bool = False,
    line_seed: int | None = None,
    line_defect_ratio: float | None = None,
    by: Person,
    at: datetime,
) -> Order:
    """Order `quantity` packs of a released design; the same order again changes nothing.

    Raises
    ------
    DomainError
        If the number or the quantity is none, or the routing is for another design.
    Refused
        If the number is taken by another order, the design is not released any more, or the
        program is closed.
    """
    if not number or quantity < 1:
        raise DomainError(f"an order has a number and is for packs, not {number!r} for {quantity}")
    if routing.design != design:
        raise DomainError(f"routing {routing} is not for design {design}")
    wanted = {
        "design": design,
        "routing": routing,
        "quantity": quantity,
        "as_many_as_possible": as_many_as_possible,
        "virtual": virtual,
        "line_seed": line_seed,
        "line_defect_ratio": line_defect_ratio,
    }
    known = Order.objects.filter(number=number).first()
    if known is not None:
        different = [name for name, value in wanted.items() if getattr(known, name) != value]
        if different:
            raise Refused(f"order {number} exists with another {', '.join(different)}")
        return unchanged(known)
    if design.state != "released":
        raise Refused(f"design {design} is {design.state}: order the released one")
    if design.program.state == "closed":
        raise Refused(f"program {design.program} is closed: nothing more is ordered of it")
    order = Order.objects.create(number=number, program=design.program, placed_at=at, **wanted)
    record("production.order.placed", order, by=by, at=at, rows=[order])
    return order


@command("production.serialise_units")
def serialise_units(
    *,
    order: Order,
    count: int,
    pattern: str,
    gtin: str,
    firmware_version: str,
    by: Person,
    at: datetime,
) -> list[Unit]:
    """Give `count` units of an order their serials, numbered on from the program's last one.

    Raises
    ------
    DomainError
        If that are too many, or no label can carry such a serial or GTIN.
    Refused
        If a serial is taken by another program.
    """
    if not 1 <= count <= order.quantity:
        raise DomainError(f"order {order} is for {order.quantity} units, not {count}")
    first = Unit.objects.filter(order__program=order.program).count() + 1
    if problem := pattern_problem(pattern, first + count - 1):
        raise DomainError(f"serial pattern {pattern} {problem[0]}; allowed: {problem[1]}")
    if gtin and (problem := gtin_problem(gtin)):
        raise DomainError(f"GTIN {gtin} {problem[0]}; allowed: {problem[1]}")
    units = []
    for number in range(1, count + 1):
        serial = serial_of(pattern, first + number - 1)
        units.append(
            Unit(
                serial=serial,
                order=order,
                number=number,
                gs1=gs1_element_string(gtin.zfill(14) if gtin else "", serial),
                firmware_version=firmware_version,
                virtual=order.virtual,
            )
        )
    taken = Unit.objects.filter(serial__in=[unit.serial for unit in units])
    if clash := taken.order_by("serial").first():
        raise Refused(f"serial {clash} is taken: give the program a serial pattern of its own")
    Unit.objects.bulk_create(units)
    for unit in units:
        record("production.unit.planned", unit, by=by, at=at, rows=[unit])
    return units


@command("production.close_order")
def close_order(*, order: Order, by: Person, at: datetime) -> Order:
    """Close an order whose units are all built, held for good, or scrapped."""
    waiting = order.units.filter(state__in=("planned", "building"))
    if left := waiting.order_by("serial").first():
        raise Refused(f"order {order} has units still being built: {left} is {left.state}")
    move(order, ORDER, to="closed")
    record("production.order.closed", order, by=by, at=at, rows=[order])
    return order
