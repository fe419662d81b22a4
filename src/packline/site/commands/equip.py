"""`packline equip`: stations, gauges, tools, training, recipes and revisions out of one file."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from packline.site.options import DatabaseOption, DataOption, ends_well, out
from packline.site.prepare import point_at, prepare_database, start_django

if TYPE_CHECKING:
    from packline.foundation.models import Person

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


@ends_well
def equip(
    file: Annotated[Path, typer.Argument(help="What there is on the floor: TOML.")],
    signed_by: Annotated[str, typer.Option("--as", help="Username of who says so.")],
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Make stations, gauges, tools, training, recipes and their effectivity known from a file.

    The file has tables [[station]], [[gauge]], [[tool]], [[training]], [[recipe]] and
    [[effective]]. The same file again changes nothing but what it says anew; all of it is taken,
    or nothing.

    Exit code 0: taken. 1: refused. 2: the file or the person cannot be used.
    """
    point_at(data, database)
    start_django()
    rows = _rows(file)
    prepare_database()
    from django.db import transaction

    by, at = _person(signed_by, "--as"), datetime.now(UTC)
    with transaction.atomic():
        for name, row in rows:
            WRITERS[name](row, by, at)
    counted = {name: sum(n == name for n, _ in rows) for name in TABLES}
    said = ", ".join(f"{n} {name}" for name, n in counted.items() if n)
    out().print(f"Known: {said or 'nothing new'}", markup=False)


def _rows(file: Path) -> list[tuple[str, Row]]:
    """Read the file; every row that cannot be used is named, and then none is."""
    from packline.foundation.errors import InputError, Problem

    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError([Problem(str(file), message=str(error))]) from error
    problems = [
        Problem(str(file), name, message="is no table of this file", allowed=", ".join(TABLES))
        for name in document
        if name not in TABLES
    ]
    found: list[tuple[str, Row]] = []
    for name, (must, may) in TABLES.items():
        rows = document.get(name, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            problems.append(Problem(str(file), name, message=f"is written [[{name}]]"))
            continue
        for n, row in enumerate(rows, start=1):
            where = f"{file} [[{name}]] {n}"
            problems += _faults(where, row, must, may)
            found.append((name, row))
    if problems:
        raise InputError(problems)
    return found


def _faults(where: str, row: Row, must: Mapping[str, type], may: Mapping[str, type]) -> list[Any]:
    from packline.foundation.errors import Problem

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
    from packline.resources.services import register_station

    register_station(code=row["code"], kind=row["kind"], virtual=False, by=by, at=at)


def _gauge(row: Row, by: Person, at: datetime) -> None:
    from packline.resources.services import register_gauge

    register_gauge(**row, virtual=False, by=by, at=at)


def _tool(row: Row, by: Person, at: datetime) -> None:
    from packline.resources.services import register_tool

    register_tool(**row, virtual=False, by=by, at=at)


def _training(row: Row, by: Person, at: datetime) -> None:
    from packline.resources.services import qualify_person

    qualify_person(
        person=_person(row["person"], "person"),
        operation_code=row["operation"],
        granted_on=row["granted_on"],
        expires_on=row["expires_on"],
        instruction_revision=row.get("instruction_revision", 1),
        by=by,
        at=at,
    )


def _recipe(row: Row, by: Person, at: datetime) -> None:
    from packline.process.services import register_recipe

    register_recipe(**row, by=by, at=at)


def _effective(row: Row, by: Person, at: datetime) -> None:
    from packline.design.models import Design
    from packline.foundation.errors import InputError, Problem
    from packline.process.services import make_effective

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


def _person(username: str, field: str) -> Person:
    from packline.foundation.errors import InputError, Problem
    from packline.foundation.models import Person

    found = Person.objects.filter(username=username, virtual=False).first()
    if found is None:
        raise InputError([Problem("person", field, username, "there is no such person")])
    return found


WRITERS: dict[str, Callable[[Row, Any, datetime], None]] = {
    "station": _station,
    "gauge": _gauge,
    "tool": _tool,
    "training": _training,
    "recipe": _recipe,
    "effective": _effective,
}
