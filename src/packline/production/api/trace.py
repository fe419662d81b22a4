"""Tracing in both directions: what is in a unit, and where a part or a lot went."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from packline.foundation.errors import NotFound
from packline.foundation.schemas import REFUSALS
from packline.production.api.schemas import Serial
from packline.production.queries.trace import trace
from packline.resources.queries.access import caller_of

router = Router(tags=["trace"])


class PartOut(Schema):
    """One part on the way of a trace."""

    serial: str
    kind: str
    within: str
    position: int
    installed_at: str
    removed_at: str
    lot: str
    state: str
    quantity: int
    unit_code: str


class TraceOut(Schema):
    """Everything that a serial or a lot is connected with, its count and what is missing."""

    subject: str
    kind: str
    count: int
    complete: bool
    units: list[PartOut]
    parts: list[PartOut]
    lots: list[str]
    not_installed: list[PartOut]
    gaps: list[str]


@router.get("/trace/{path:serial}", response={200: TraceOut, **REFUSALS}, operation_id="trace")
def traced(request: HttpRequest, serial: Serial) -> dict[str, Any]:
    """Trace a pack to its parts and lots, or a part or a lot to the packs that it is in."""
    caller_of(request).need("trace:read")
    found = trace(serial)
    if found is None:
        raise NotFound(f"nothing is called {serial}")
    return {**asdict(found), "count": found.count, "complete": found.complete}
