"""Values of the interface that every router shares, with what they may be."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

__all__ = [
    "ATTENDANCE",
    "IF_MATCH",
    "KEY",
    "REFUSALS",
    "Blocking",
    "Fault",
    "Finite",
    "Input",
    "Moment",
    "Name",
    "Place",
    "Problem",
    "Text",
    "operation_docs",
]

ISO = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,6})?(Z|z|[+-]\d\d:\d\d)")


def _moment(value: Any) -> datetime:
    if not isinstance(value, str) or not ISO.fullmatch(value):
        raise ValueError("a moment is written like 2026-11-23T09:30:00Z, with its offset")
    return datetime.fromisoformat(value.upper().replace(" ", "T"))


Name = Annotated[
    str, StringConstraints(strict=True, min_length=1, max_length=60, pattern=r"^[!-~ ]+$")
]
Text = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=300)]
Finite = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-1e300, le=1e300)]
Place = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
Moment = Annotated[
    datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})
]


class Input(Schema):
    """What comes in: a field that is not known is a mistake, not to be passed over."""

    model_config = ConfigDict(extra="forbid")


class Blocking(Schema):
    """One record that stands in the way, and what clears it."""

    code: str
    record: str
    reason: str
    clears: str


class Fault(Schema):
    """One thing wrong with what was sent."""

    field: str
    message: str
    value: str = ""
    allowed: str = ""


class Problem(Schema):
    """Why the answer is no (RFC 9457, ``application/problem+json``)."""

    type: str = Field(description="urn:packline:problem:CODE; the code never changes its meaning")
    title: str
    status: int
    detail: str
    blockers: list[Blocking] = Field(default=[], description="of 409 blocked: every record")
    errors: list[Fault] = Field(default=[], description="of 422: every field that is wrong")


REFUSALS = {
    frozenset({400, 401, 403, 404, 409, 412, 413, 415, 422, 429}): Problem,
}

KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "New for each thing to be done, the same when it is sent again: "
    "it is then done once and answered alike.",
    "schema": {"type": "string", "minLength": 8, "maxLength": 200, "pattern": "^[!-~]+$"},
}
ATTENDANCE = {
    "name": "Packline-Attendance",
    "in": "header",
    "required": True,
    "description": "Who is signed in at the station: the `attendance` of POST /attendance.",
    "schema": {"type": "string", "maxLength": 60, "pattern": "^[A-Za-z0-9_-]+$"},
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag that was seen: 412 if the unit was changed since.",
    "schema": {"type": "string", "maxLength": 100, "pattern": '^"[0-9a-z]+"$'},
}


def operation_docs(*parameters: dict[str, Any]) -> dict[str, Any]:
    """Return what is added to the description of an operation: its header parameters."""
    return {"parameters": list(parameters)}
