"""Edge of resources: which station speaks, and signing people in at it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field, StringConstraints

from packline.foundation.errors import NotFound
from packline.foundation.requests import keyed
from packline.foundation.schemas import KEY, REFUSALS, Input, operation_docs
from packline.resources.models import Attendance
from packline.resources.queries.access import attendance_at, caller_of
from packline.resources.services import attend_station, leave_station, person_of_badge

router = Router(tags=["station"])


class AttendanceOut(Schema):
    """Who is signed in at the station, and what later requests name it by."""

    attendance: str
    person: str
    name: str
    began_at: datetime
    expires_at: datetime


class StationOut(Schema):
    """The station behind the token, and who is signed in at it."""

    station: str
    kind: str
    virtual: bool
    token: str
    scopes: list[str]
    token_expires_at: datetime
    attendance: AttendanceOut | None = Field(description="null: nobody is signed in")
    now: datetime


class SignIn(Input):
    """Badge and PIN of a person."""

    badge: Annotated[
        str, StringConstraints(strict=True, max_length=40, pattern=r"^[A-Za-z0-9._-]+$")
    ]
    pin: Annotated[str, StringConstraints(strict=True, max_length=12, pattern=r"^[0-9]+$")]


@router.get("/station", response={200: StationOut, **REFUSALS}, operation_id="station")
def station(request: HttpRequest) -> dict[str, Any]:
    """Say which station this token speaks for, and who is signed in at it."""
    caller = caller_of(request)
    attendance = attendance_at(caller.station, caller.at)
    return {
        "station": caller.station.code,
        "kind": caller.station.kind,
        "virtual": caller.station.virtual,
        "token": caller.token.prefix,
        "scopes": sorted(caller.scopes),
        "token_expires_at": caller.token.expires_at,
        "attendance": _said(attendance) if attendance else None,
        "now": caller.at,
    }


@router.post(
    "/attendance",
    response={201: AttendanceOut, **REFUSALS},
    operation_id="sign_in",
    openapi_extra=operation_docs(KEY),
)
def sign_in(request: HttpRequest, body: SignIn) -> HttpResponse:
    """Sign a person in at this station by badge and PIN; whoever was signed in is signed out.

    Five wrong PINs in a row lock the badge for five minutes.
    """
    caller = caller_of(request)
    caller.need("steps:write")
    person = person_of_badge(body.badge, body.pin, caller.at)

    def work() -> tuple[int, Any]:
        began = attend_station(station=caller.station, by=person, at=caller.at)
        return 201, _said(began)

    return keyed(request, owner=caller.token.prefix, at=caller.at, work=work)


@router.post(
    "/attendance/end",
    response={200: AttendanceOut, **REFUSALS},
    operation_id="sign_out",
    openapi_extra=operation_docs(KEY),
)
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out whoever is signed in at this station."""
    caller = caller_of(request)
    caller.need("steps:write")

    def work() -> tuple[int, Any]:
        attendance = attendance_at(caller.station, caller.at)
        if attendance is None:
            raise NotFound(f"nobody is signed in at station {caller.station}")
        leave_station(attendance=attendance, by=attendance.person, at=caller.at)
        return 200, _said(attendance)

    return keyed(request, owner=caller.token.prefix, at=caller.at, work=work)


def _said(attendance: Attendance) -> dict[str, Any]:
    return {
        "attendance": attendance.code,
        "person": attendance.person.username,
        "name": attendance.person.shown_name,
        "began_at": attendance.began_at.isoformat(),
        "expires_at": attendance.expires_at.isoformat(),
    }
