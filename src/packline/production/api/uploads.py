"""What comes as a file or in arrays: joint logs, and files that belong to a step."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import numpy as np
from django.http import HttpRequest, HttpResponse
from ninja import Path, Router, Schema
from ninja.params.functions import Query
from numpy.typing import NDArray
from pydantic import Field, StringConstraints

from packline.foundation.errors import InputError, NotFound, Problem
from packline.foundation.files import read
from packline.foundation.models import StoredFile
from packline.foundation.requests import body_of, check_version, keyed
from packline.foundation.schemas import (
    ATTENDANCE,
    IF_MATCH,
    KEY,
    REFUSALS,
    Finite,
    Input,
    Moment,
    Name,
    operation_docs,
)
from packline.production.api.rows import (
    done_at,
    gauges_named,
    moment_said,
    operator_of,
    own_step,
    step_named,
    unit_named,
    unit_version,
)
from packline.production.api.schemas import PRINTED, Attempt, Code, Serial
from packline.production.calc.joint_log import MOST_COLUMNS, read_log
from packline.production.models import Step
from packline.production.services import attach_file, take_joints
from packline.resources.queries.access import caller_of

router = Router(tags=["uploads"])

PARQUET = "application/vnd.apache.parquet"
LOG_LIMIT = 16 * 2**20
FILE_LIMIT = 32 * 2**20
FILE_NAME = re.compile(r"[^\x00-\x1f\x7f/\\:*?\"<>|]{1,120}")
MEDIA = re.compile(r"(application|audio|image|text|video)/[A-Za-z0-9][A-Za-z0-9.+-]{0,60}")
CHANGES = [KEY, ATTENDANCE, IF_MATCH]

FILE_NAMED = Query(..., min_length=1, max_length=120)
TAKEN_AT = Query(..., max_length=40, description="a moment: 2026-11-23T09:30:00Z")
PROGRAM = Query(..., min_length=1, max_length=40, pattern=PRINTED)
GAUGE = Query(None, min_length=1, max_length=60, pattern=PRINTED)
JUDGED = Query(
    ...,
    min_length=1,
    max_length=MOST_COLUMNS,
    description="CHARACTERISTIC:COLUMN, once for each quantity that is judged",
)


class JointsIn(Input):
    """Joints in arrays, a row per joint."""

    columns: Annotated[
        dict[Name, Annotated[list[Finite], Field(min_length=1, max_length=200_000)]],
        Field(min_length=1, max_length=MOST_COLUMNS),
    ]
    judged: Annotated[
        dict[Name, Name],
        Field(min_length=1, max_length=MOST_COLUMNS, description="characteristic: its column"),
    ]
    gauge: Name | None = None
    taken_at: Moment
    program_version: Annotated[Name, StringConstraints(max_length=40)]


class JointSetOut(Schema):
    """What one quantity of the joints came to."""

    code: str
    n: int
    n_failed: int
    unit: str
    least: float
    median: float
    greatest: float
    worst_position: int


class JointsOut(Schema):
    """What became of the joints."""

    step: str
    passed: bool
    sets: list[JointSetOut]
    unit_state: str
    version: str


class FileOut(Schema):
    """A file that is kept."""

    sha256: str
    name: str
    media_type: str
    size_bytes: int
    step: str
    version: str


@router.post(
    "/units/{path:serial}/steps/{operation}/{attempt}/joints",
    response={201: JointsOut, **REFUSALS},
    operation_id="take_joints",
    openapi_extra=operation_docs(*CHANGES),
)
def joints(
    request: HttpRequest, serial: Serial, operation: Code, attempt: Attempt, body: JointsIn
) -> HttpResponse:
    """Hand in the joints of a step as arrays; one out of its limits holds the unit."""
    lengths = {name: len(values) for name, values in body.columns.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {n}" for name, n in sorted(lengths.items()))
        raise InputError([Problem("body", "columns", told, "are not of one length")])
    columns = {name: np.asarray(values, dtype=float) for name, values in body.columns.items()}
    return _take(
        request,
        (serial, operation, attempt),
        columns,
        body.judged,
        body.gauge,
        body.taken_at,
        body.program_version,
    )


@router.post(
    "/units/{path:serial}/steps/{operation}/{attempt}/joints.parquet",
    response={201: JointsOut, **REFUSALS},
    operation_id="take_joint_log",
    openapi_extra={
        **operation_docs(*CHANGES),
        "requestBody": {
            "required": True,
            "content": {PARQUET: {"schema": {"type": "string", "format": "binary"}}},
        },
    },
)
def joint_log(
    request: HttpRequest,
    serial: Serial,
    operation: Code,
    attempt: Attempt,
    judged: list[str] = JUDGED,
    taken_at: str = TAKEN_AT,
    program_version: str = PROGRAM,
    gauge: str | None = GAUGE,
) -> HttpResponse:
    """Hand in the joints of a step as a Parquet file of numbers, a row per joint."""
    caller_of(request).need("steps:write")
    content = body_of(request, limit=LOG_LIMIT, kinds=(PARQUET,))
    pairs: dict[str, str] = {}
    for text in judged:
        code, colon, column = text.partition(":")
        if not colon or not code or not column or len(text) > 120:
            said = Problem("query", "judged", text[:120], "is no pair", "CHARACTERISTIC:COLUMN")
            raise InputError([said])
        pairs[code] = column
    moment = moment_said("taken_at", taken_at)
    columns = read_log(content)
    return _take(
        request, (serial, operation, attempt), columns, pairs, gauge, moment, program_version
    )


@router.post(
    "/units/{path:serial}/steps/{operation}/{attempt}/files",
    response={201: FileOut, **REFUSALS},
    operation_id="attach_file",
    openapi_extra={
        **operation_docs(*CHANGES),
        "requestBody": {
            "required": True,
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
                "image/jpeg": {"schema": {"type": "string", "format": "binary"}},
            },
        },
    },
)
def attach(
    request: HttpRequest,
    serial: Serial,
    operation: Code,
    attempt: Attempt,
    name: str = FILE_NAMED,
) -> HttpResponse:
    """Keep a file with a step: the body is the file, Content-Type says of which kind it is.

    It is stored as it is, under its SHA-256, and never opened or run.
    """
    caller = caller_of(request)
    caller.need("files:write")
    kind = request.content_type or ""
    if not FILE_NAME.fullmatch(name) or set(name) <= {"."} or name.strip() != name:
        allowed = 'no / \\ : * ? " < > | or control characters, at most 120'
        raise InputError([Problem("query", "name", name, "is no name of a file", allowed)])
    content = body_of(request, limit=FILE_LIMIT, kinds=(kind if MEDIA.fullmatch(kind) else "a/b",))
    if not content:
        raise InputError([Problem("body", "", "", "is empty")])
    operator = operator_of(request, caller)

    def work() -> tuple[int, Any]:
        unit = unit_named(serial, for_write=True)
        check_version(request, unit)
        step = own_step(caller, step_named(unit, operation, attempt))
        file = attach_file(
            step=step, content=content, name=name, media_type=kind, by=operator, at=caller.at
        )
        return 201, {
            "sha256": file.sha256,
            "name": name,
            "media_type": kind,
            "size_bytes": len(content),
            "step": str(step),
            "version": unit_version(unit),
        }

    return keyed(request, owner=caller.token.prefix, at=caller.at, work=work)


@router.get("/files/{sha256}", response={200: bytes, **REFUSALS}, operation_id="file")
def file(
    request: HttpRequest,
    sha256: Path[Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]],
) -> HttpResponse:
    """Hand out a file by its SHA-256, checked against it on the way."""
    caller_of(request).need("units:read")
    found = StoredFile.objects.filter(sha256=sha256).first()
    if found is None:
        raise NotFound(f"no file {sha256}")
    response = HttpResponse(read(sha256), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{sha256[:16]}"'
    return response


def _take(
    request: HttpRequest,
    place: tuple[str, str, int],
    columns: Mapping[str, NDArray[np.generic]],
    judged: Mapping[str, str],
    gauge: str | None,
    taken_at: datetime,
    program_version: str,
) -> HttpResponse:
    caller = caller_of(request)
    caller.need("steps:write")
    done = done_at(taken_at, caller)
    operator = operator_of(request, caller, min(done, caller.at))
    serial, operation, attempt = place

    def work() -> tuple[int, Any]:
        unit = unit_named(serial, for_write=True)
        check_version(request, unit)
        step = own_step(caller, step_named(unit, operation, attempt))
        known = gauges_named([gauge] if gauge is not None else [])
        _fits(step, columns, judged, gauge, known)
        rows = take_joints(
            step=step,
            columns=columns,
            judged=judged,
            gauge=known[gauge] if gauge is not None else None,
            program_version=program_version,
            taken_at=done,
            virtual=caller.station.virtual,
            by=operator,
            at=max(caller.at, step.started_at),
        )
        return 201, {
            "step": str(step),
            "passed": all(row.passed for row in rows),
            "sets": [
                {
                    "code": row.characteristic.code,
                    "n": row.n,
                    "n_failed": row.n_failed,
                    "unit": row.unit_code,
                    "least": row.least_value,
                    "median": row.median_value,
                    "greatest": row.greatest_value,
                    "worst_position": row.worst_position,
                }
                for row in rows
            ],
            "unit_state": unit.state,
            "version": unit_version(unit),
        }

    return keyed(request, owner=caller.token.prefix, at=caller.at, work=work)


def _fits(
    step: Step,
    columns: Mapping[str, NDArray[np.generic]],
    judged: Mapping[str, str],
    gauge: str | None,
    known: Mapping[str, Any],
) -> None:
    checks = {c.code for c in step.operation.characteristics.all() if c.per == "joint"}
    problems = []
    for code, column in judged.items():
        if code not in checks:
            allowed = ", ".join(sorted(checks)) or "none"
            problems.append(
                Problem("request", "judged", code, "is no check of joints in this step", allowed)
            )
        if column not in columns:
            allowed = ", ".join(sorted(columns))[:300]
            problems.append(Problem("request", "judged", column, "is no column", allowed))
    for name, values in columns.items():
        if not np.isfinite(np.asarray(values, dtype=float)).all():
            problems.append(Problem("request", "columns", name, "holds what is no finite number"))
    if gauge is not None and gauge not in known:
        problems.append(Problem("request", "gauge", gauge, "is not registered"))
    if problems:
        raise InputError(problems)
