"""Edge of quality: nonconformances, to be read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Router, Schema
from ninja.params.functions import Query
from pydantic import StringConstraints

from packline.foundation.errors import NotFound
from packline.foundation.schemas import REFUSALS
from packline.quality.models import Nonconformance
from packline.resources.queries.access import caller_of

router = Router(tags=["quality"])

PRINTED = r"^[^\x00-\x1f\x7f]+$"
WORD = Query(None, min_length=1, max_length=60, pattern=PRINTED)
LIMIT = Query(50, ge=1, le=200)
Number = Path[Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=PRINTED)]]


class NonconformanceOut(Schema):
    """What went wrong, and how far it is dealt with."""

    number: str
    unit: str | None
    defect_code: str
    title: str
    state: str
    opened_at: datetime


@router.get(
    "", response={200: list[NonconformanceOut], **REFUSALS}, operation_id="nonconformances"
)
def nonconformances(
    request: HttpRequest,
    unit: str | None = WORD,
    state: str | None = WORD,
    limit: int = LIMIT,
) -> list[dict[str, Any]]:
    """List nonconformances, the newest first."""
    caller_of(request).need("quality:read")
    rows = Nonconformance.objects.select_related("unit").order_by("-number")
    if unit is not None:
        rows = rows.filter(unit__serial=unit)
    if state is not None:
        rows = rows.filter(state=state)
    return [_said(row) for row in rows[:limit]]


@router.get(
    "/{number}", response={200: NonconformanceOut, **REFUSALS}, operation_id="nonconformance"
)
def nonconformance(request: HttpRequest, number: Number) -> dict[str, Any]:
    """Show a nonconformance."""
    caller_of(request).need("quality:read")
    found = Nonconformance.objects.select_related("unit").filter(number=number).first()
    if found is None:
        raise NotFound(f"no nonconformance {number}")
    return _said(found)


def _said(row: Nonconformance) -> dict[str, Any]:
    return {
        "number": row.number,
        "unit": row.unit.serial if row.unit else None,
        "defect_code": row.defect_code,
        "title": row.title,
        "state": row.state,
        "opened_at": row.opened_at,
    }
