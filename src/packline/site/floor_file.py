"""The file of the floor: stations, gauges, tools, training, recipes and what is effective.

`packline equip` and the page *Floor* take the same file and answer with the same words.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction

from packline.design.models import Design
from packline.foundation.errors import InputError, Problem
from packline.foundation.models import Person
from packline.process.services import make_effective, register_recipe
from packline.resources.services import (
    qualify_person,
    register_gauge,
    register_station,
    register_tool,
)
from packline.site.persons import person_called

__all__ = ["read_floor", "take_floor"]

Row = Mapping[str, Any]

# table of the file: (what each row must say, what it may say), by kind of value
TABLES: dict[str, tuple[dict[str, type], dict[str, type]]] = {
    "station": ({"code": str, "kind": str}, {}),
    "gauge": ({"code": str, "kind": str, "calibrated_on": date, "due_on": date}, {}),
    "tool": ({"code": str, "kind": str, "serviced_on": date, "due_on": date}, {}),
    "training": (
        {"person": str, "operation": str, "granted_on": date, "expires_on": date},
        {"instruction_revision": int},
    ),
    "recipe": ({"code": str, "revision": str}, {"note": str}),
    "effective": (
        {"program": str, "kind": str, "operation": str, "revision": str, "reason": str},
        {"code": str, "first_serial": str, "last_serial": str, "from": date, "until": date},
    ),
}


def read_floor(content: bytes, name: str) -> list[tuple[str, Row]]:
    """Read the file; every row that cannot be used is named, and then none is."""
    try:
        document = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError([Problem(name, message=str(error))]) from error
    problems = [
        Problem(name, table, message="is no table of this file", allowed=", ".join(TABLES))
        for table in document
        if table not in TABLES
    ]
    found: list[tuple[str, Row]] = []
    for table, (must, may) in TABLES.items():
        rows = document.get(table, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            problems.append(Problem(name, table, message=f"is written [[{table}]]"))
            continue
        for n, row in enumerate(rows, start=1):
            problems += _faults(f"{name} [[{table}]] {n}", row, must, may)
            found.append((table, row))
    if problems:
        raise InputError(problems)
    return found


def take_floor(rows: list[tuple[str, Row]], by: Person, at: datetime) -> str:
    """Make known what the rows of a file say, all of it or nothing; say how much that was."""
    with transaction.atomic():
        for table, row in rows:
            WRITERS[table](row, by, at)
    counted = {table: sum(t == table for t, _ in rows) for table in TABLES}
    said = ", ".join(f"{n} {table}" for table, n in counted.items() if n)
    return f"Known: {said or 'nothing new'}"


def _faults(
    where: str, row: Row, must: Mapping[str, type], may: Mapping[str, type]
) -> list[Problem]:
    allowed = ", ".join([*must, *may])
    faults = [Problem(where, key, message="is missing") for key in must if key not in row]
    for key, value in row.items():
        kind = must.get(key) or may.get(key)
        if kind is None:
            faults.append(Problem(where, key, str(value), "is not known here", allowed))
        elif type(value) is not kind:
            wanted = {str: "text", int: "a whole number", date: "a date like 2026-03-31"}[kind]
            faults.append(Problem(where, key, str(value), "is of another kind", wanted))
    return faults


def _station(row: Row, by: Person, at: datetime) -> None:
    register_station(code=row["code"], kind=row["kind"], virtual=False, by=by, at=at)


def _gauge(row: Row, by: Person, at: datetime) -> None:
    register_gauge(**row, virtual=False, by=by, at=at)


def _tool(row: Row, by: Person, at: datetime) -> None:
    register_tool(**row, virtual=False, by=by, at=at)


def _training(row: Row, by: Person, at: datetime) -> None:
    qualify_person(
        person=person_called(row["person"], field="person"),
        operation_code=row["operation"],
        granted_on=row["granted_on"],
        expires_on=row["expires_on"],
        instruction_revision=row.get("instruction_revision", 1),
        by=by,
        at=at,
    )


def _recipe(row: Row, by: Person, at: datetime) -> None:
    register_recipe(**row, by=by, at=at)


def _effective(row: Row, by: Person, at: datetime) -> None:
    design = (
        Design.objects.filter(program__code=row["program"], state="released")
        .order_by("-revision")
        .first()
    )
    if design is None:
        message = "no released design has this program"
        raise InputError([Problem("[[effective]]", "program", row["program"], message)])
    told = {
        "kind": row["kind"],
        "operation_code": row["operation"],
        "code": row.get("code", ""),
        "revision": row["revision"],
        "first_serial": row.get("first_serial", ""),
        "last_serial": row.get("last_serial", ""),
        "reason": row["reason"],
    }
    if design.effectivities.filter(**_stored(told)).exists():
        return  # said already
    until = row.get("until")
    make_effective(
        design=design,
        effective_from=_begin(row["from"]) if "from" in row else at,
        effective_until=None if until is None else _begin(until),
        **told,
        by=by,
        at=at,
    )


def _stored(told: Mapping[str, str]) -> dict[str, str]:
    """Say it as the table keeps it: what needs no code of its own has that of the operation."""
    own = told["kind"] in ("recipe", "limit")
    return {**told, "code": told["code"] if own else told["operation_code"]}


def _begin(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


WRITERS: dict[str, Callable[[Row, Person, datetime], None]] = {
    "station": _station,
    "gauge": _gauge,
    "tool": _tool,
    "training": _training,
    "recipe": _recipe,
    "effective": _effective,
}
