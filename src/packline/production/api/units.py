"""Units: listed, looked at, asked about at the gate, and their history."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.params.functions import Query

from packline.foundation.events import subject_of
from packline.foundation.models import Event
from packline.foundation.requests import etag, is_known_version
from packline.foundation.schemas import ATTENDANCE, REFUSALS, operation_docs
from packline.production.api.rows import (
    blocking,
    gauges_named,
    next_of,
    operation_named,
    operator_of,
    recipe_said,
    tools_named,
    unit_named,
    unit_said,
    unit_version,
)
from packline.production.api.schemas import (
    LIMIT,
    PRINTED,
    WORD,
    EventPage,
    GateOut,
    Serial,
    UnitOut,
    UnitPage,
)
from packline.production.gate import blocks
from packline.production.models import Unit
from packline.production.queries.units import open_holds_of_unit
from packline.resources.queries.access import caller_of

router = Router(tags=["units"])

SEEN = Query(0, ge=0, le=10**9)
OPERATION = Query(..., min_length=1, max_length=20, pattern=PRINTED)
GAUGES = Query([], max_length=50)
TOOLS = Query([], max_length=20)
RECIPE = Query(None, max_length=61, pattern=PRINTED)
# Behind the longest addresses of a unit: a serial may hold a slash, so it is looked for last.


@router.get("", response={200: UnitPage, **REFUSALS}, operation_id="units")
def units(
    request: HttpRequest,
    order: str | None = WORD,
    state: str | None = WORD,
    cursor: str | None = WORD,
    limit: int = LIMIT,
) -> dict[str, Any]:
    """List units in the order of their serials, by order and state if asked."""
    caller_of(request).need("units:read")
    rows = Unit.objects.select_related("order").order_by("serial")
    if order is not None:
        rows = rows.filter(order__number=order)
    if state is not None:
        rows = rows.filter(state=state)
    if cursor is not None:
        rows = rows.filter(serial__gt=cursor)
    page = list(rows[: limit + 1])
    more = len(page) > limit
    return {
        "units": [unit_said(unit) for unit in page[:limit]],
        "next_cursor": page[limit - 1].serial if more else None,
    }


@router.get(
    "/{path:serial}/history", response={200: EventPage, **REFUSALS}, operation_id="unit_history"
)
def history(
    request: HttpRequest,
    serial: Serial,
    cursor: int = SEEN,
    limit: int = LIMIT,
) -> dict[str, Any]:
    """Tell what was done to a unit, event by event; `cursor` is the last `seq` that was seen."""
    caller_of(request).need("units:read")
    unit = unit_named(serial)
    events = (
        Event.objects.filter(subject=subject_of(unit), seq__gt=cursor)
        .select_related("by")
        .order_by("seq")
    )
    page = list(events[: limit + 1])
    return {
        "events": [
            {
                "seq": e.seq,
                "at": e.at,
                "by": e.by.username,
                "verb": e.verb,
                "data": json.loads(e.text)["data"],
                "hash": e.hash,
            }
            for e in page[:limit]
        ],
        "next_cursor": str(page[limit - 1].seq) if len(page) > limit else None,
    }


@router.get(
    "/{path:serial}/gate",
    response={200: GateOut, **REFUSALS},
    operation_id="gate",
    openapi_extra=operation_docs(ATTENDANCE),
)
def gate(
    request: HttpRequest,
    serial: Serial,
    operation: str = OPERATION,
    gauge: list[str] = GAUGES,
    tool: list[str] = TOOLS,
    recipe: str | None = RECIPE,
) -> dict[str, Any]:
    """Ask whether this operation may begin here and now, without beginning it."""
    caller = caller_of(request)
    caller.need("units:read")
    unit = unit_named(serial)
    known = gauges_named(gauge)
    asked = operation_named(unit, operation)
    found = blocks(
        unit=unit,
        operation=asked,
        station=caller.station,
        operator=operator_of(request, caller),
        at=caller.at,
        gauges=list(known.values()),
        tools=tools_named(tool),
        recipe=recipe_said(recipe),
    )
    unknown = [
        {
            "code": "gauge",
            "record": f"gauge {code}",
            "reason": "is not registered",
            "clears": "registering it with its calibration",
        }
        for code in gauge
        if code not in known
    ]
    return {
        "unit": unit.serial,
        "operation": asked.code,
        "station": caller.station.code,
        "open": not found and not unknown,
        "blockers": blocking(found) + unknown,
    }


@router.get("/{path:serial}", response={200: UnitOut, **REFUSALS}, operation_id="unit")
def unit(request: HttpRequest, serial: Serial, response: HttpResponse) -> Any:
    """Show a unit with what stops it and what comes next; honours If-None-Match."""
    caller_of(request).need("units:read")
    found = unit_named(serial)
    version = unit_version(found)
    if is_known_version(request, version):
        return HttpResponse(status=304, headers={"ETag": etag(version)})
    response["ETag"] = etag(version)
    return {
        **unit_said(found),
        "firmware_version": found.firmware_version,
        "gs1": found.gs1,
        "version": version,
        "holds": [
            {
                "hold": str(hold),
                "reason": hold.reason,
                "cause": hold.cause,
                "placed_at": hold.placed_at,
            }
            for hold in open_holds_of_unit(found)
        ],
        "next": next_of(found),
    }
