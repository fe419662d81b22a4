"""What is to be done: the orders, and the units that wait for a station."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from ninja import Router, Schema

from packline.foundation.errors import NotFound
from packline.foundation.schemas import REFUSALS
from packline.production.api.rows import next_of, unit_said
from packline.production.api.schemas import LIMIT, NextOut, Serial, UnitRow
from packline.production.models import Order
from packline.production.queries.station import waiting_at
from packline.resources.queries.access import caller_of

router = Router(tags=["orders"])


class OrderRow(Schema):
    """An order in a list."""

    order: str
    program: str
    quantity: int
    units: int
    virtual: bool
    state: str
    placed_at: datetime


class OrderOut(OrderRow):
    """An order with the operations of its routing."""

    routing: list[NextOut]


class Waiting(UnitRow):
    """A unit that waits for a station, and for which operation."""

    next: NextOut | None


@router.get("/orders", response={200: list[OrderRow], **REFUSALS}, operation_id="orders")
def orders(request: HttpRequest, limit: int = LIMIT) -> list[dict[str, Any]]:
    """List the orders, the newest first."""
    caller_of(request).need("units:read")
    rows = Order.objects.select_related("program").annotate(built=Count("units"))
    return [_said(order) for order in rows.order_by("-placed_at", "number")[:limit]]


@router.get("/queue", response={200: list[Waiting], **REFUSALS}, operation_id="queue")
def queue(request: HttpRequest, limit: int = LIMIT) -> list[dict[str, Any]]:
    """List the units whose next operation is done at stations of this kind: what is next here.

    A unit on hold is listed too, with the state that says so; the gate says what clears it.
    """
    caller = caller_of(request)
    caller.need("units:read")
    found = waiting_at(caller.station).select_related("order__routing")
    return [{**unit_said(unit), "next": next_of(unit)} for unit in found[:limit]]


@router.get("/orders/{path:serial}", response={200: OrderOut, **REFUSALS}, operation_id="order")
def order(request: HttpRequest, serial: Serial) -> dict[str, Any]:
    """Show an order and the operations of its routing."""
    caller_of(request).need("units:read")
    found = (
        Order.objects.select_related("program", "routing")
        .annotate(built=Count("units"))
        .filter(number=serial)
        .first()
    )
    if found is None:
        raise NotFound(f"no order {serial}")
    return {
        **_said(found),
        "routing": [
            {
                "operation": o.code,
                "number": o.number,
                "title": o.title,
                "station_kind": o.station_kind,
            }
            for o in found.routing.operations.order_by("number")
        ],
    }


def _said(order: Any) -> dict[str, Any]:
    return {
        "order": order.number,
        "program": order.program.code,
        "quantity": order.quantity,
        "units": order.built,
        "virtual": order.virtual,
        "state": order.state,
        "placed_at": order.placed_at,
    }
