"""Edge of resources: which station speaks, and signing people in at it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field, StringConstraints

from packline.foundation.errors import NotFound
from packline.foundation.requests import keyed
from packline.foundation.schemas import (
    ATTENDANCE,
    KEY,
    REFUSALS,
    Input,
    Name,
    Text,
    operation_docs,
)
from packline.resources.models import Attendance, DocumentRevision
from packline.resources.queries.access import attendance_at, caller_of, operator_of
from packline.resources.queries.documents import (
    effective_revision,
    effective_revisions,
    unread_now,
)
from packline.resources.services import (
    attend_station,
    confirm_reading,
    leave_station,
    person_of_badge,
)

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


class DocumentOut(Schema):
    """A revision that is in force for an operation, and whether the person has read it."""

    document: str
    revision: int
    title: str
    change: str
    sha256: str = Field(description="of its file: GET /files/{sha256}")
    name: str
    media_type: str
    read: bool


class ReadIn(Input):
    """Which revision was read and understood."""

    document: Text
    revision: Annotated[int, Field(strict=True, ge=1, le=32_767)]


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


@router.get(
    "/documents",
    response={200: list[DocumentOut], **REFUSALS},
    operation_id="documents",
    openapi_extra=operation_docs(ATTENDANCE),
)
def documents(request: HttpRequest, operation: Name) -> list[dict[str, Any]]:
    """List what governs an operation now, and what of it the person here has not read."""
    caller = caller_of(request)
    caller.need("units:read")
    person = operator_of(request, caller)
    unread = {r.pk for r in unread_now(person=person, code=operation, at=caller.at)}
    return [_document(r, r.pk not in unread) for r in effective_revisions(operation, caller.at)]


@router.post(
    "/documents/read",
    response={201: DocumentOut, **REFUSALS},
    operation_id="read_document",
    openapi_extra=operation_docs(KEY, ATTENDANCE),
)
def read_document(request: HttpRequest, body: ReadIn) -> HttpResponse:
    """State that the person here has read and understood a revision that is in force."""
    caller = caller_of(request)
    caller.need("steps:write")
    person = operator_of(request, caller)

    def work() -> tuple[int, Any]:
        found = effective_revision(body.document, caller.at)
        if found is None or found.revision != body.revision:
            raise NotFound(f"revision {body.revision} of {body.document} is not in force")
        confirm_reading(revision=found, by=person, at=caller.at)
        return 201, _document(found, True)

    return keyed(request, owner=caller.token.prefix, at=caller.at, work=work)


def _document(revision: DocumentRevision, read: bool) -> dict[str, Any]:
    return {
        "document": revision.document.code,
        "revision": revision.revision,
        "title": revision.document.title,
        "change": revision.change,
        "sha256": revision.file.sha256,
        "name": revision.file.name,
        "media_type": revision.file.media_type,
        "read": read,
    }


def _said(attendance: Attendance) -> dict[str, Any]:
    return {
        "attendance": attendance.code,
        "person": attendance.person.username,
        "name": attendance.person.shown_name,
        "began_at": attendance.began_at.isoformat(),
        "expires_at": attendance.expires_at.isoformat(),
    }
