"""Reading the readings of a gauge study from a CSV file, one row per reading."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from packline.foundation.columns import Columns
from packline.foundation.errors import InputError, Problem
from packline.resources.calc.study_data import StudyData
from packline.resources.models import STUDY_KINDS

__all__ = ["COLUMNS", "read_study"]

# kind: the columns that its file has
COLUMNS: dict[str, tuple[str, ...]] = {
    "type1": ("value",),
    "crossed": ("part", "operator", "value"),
    "range": ("part", "operator", "value"),
    "nested": ("part", "operator", "value"),
    "bias": ("value",),
    "linearity": ("reference", "value"),
    "stability": ("occasion", "value"),
    "attribute": ("part", "operator", "value"),
}
GOOD, BAD = ("good", "ok", "pass", "1"), ("bad", "nok", "fail", "0")


def read_study(content: bytes, *, name: str, kind: str) -> StudyData:
    """Read the readings of a study; every cell that cannot be read is named.

    An attribute study may have a column `reference` beside `part`, `operator` and `value`: what
    the part truly is. Ratings are good or bad (ok / nok, pass / fail, 1 / 0).

    Raises
    ------
    InputError
        If the kind is unknown, a column is missing, or a cell cannot be read.
    """
    if kind not in STUDY_KINDS:
        raise InputError([Problem(name, "kind", kind, "no such study", ", ".join(STUDY_KINDS))])
    table = Columns(Path(name), content)
    missing = [column for column in COLUMNS[kind] if column not in table.names]
    if missing and COLUMNS[kind] != ("value",):  # of a single column the heading does not matter
        allowed = f"{', '.join(COLUMNS[kind])}; found: {', '.join(table.names)}"
        raise InputError([Problem(name, column, "", "is missing", allowed) for column in missing])
    return _READ[kind](table, kind)


def _one_reference(table: Columns, kind: str) -> StudyData:
    values = table.numbers("value" if "value" in table.names else None)
    return StudyData(kind, len(values), values=tuple(values))


def _shared(table: Columns, kind: str) -> StudyData:
    block, parts, operators = table.study("value", "part", "operator", nested=kind == "nested")
    return StudyData(
        kind, len(table.rows), block=block, parts=tuple(parts), operators=tuple(operators)
    )


def _linearity(table: Columns, kind: str) -> StudyData:
    found: dict[float, list[float]] = {}
    references = table.numbers("reference", "reference")
    for reference, value in zip(references, table.numbers("value"), strict=True):
        found.setdefault(reference, []).append(value)
    return StudyData(kind, len(references), by_reference=found)


def _stability(table: Columns, kind: str) -> StudyData:
    occasions = table.subgroups("value", "occasion")
    if len({len(row) for row in occasions}) != 1:
        message = "every occasion needs as many readings"
        raise InputError([Problem(str(table.file), "occasion", message=message)])
    return StudyData(kind, len(table.rows), occasions=occasions)


def _attribute(table: Columns, kind: str) -> StudyData:
    parts, people = table.texts("part"), table.texts("operator")
    rated = _ratings(table, "value")
    order = list(dict.fromkeys(parts))
    cells: dict[str, dict[str, list[str]]] = {}
    for part, person, rating in zip(parts, people, rated, strict=True):
        cells.setdefault(person, {}).setdefault(part, []).append(rating)
    counts = {len(row.get(part, [])) for row in cells.values() for part in order}
    if len(counts) != 1:
        message = "every operator needs to rate every part equally often"
        raise InputError([Problem(str(table.file), "value", message=message)])
    truth: tuple[str, ...] = ()
    if "reference" in table.names:
        told = dict(zip(parts, _ratings(table, "reference"), strict=True))
        truth = tuple(told[part] for part in order)
    return StudyData(
        kind,
        len(rated),
        parts=tuple(order),
        operators=tuple(cells),
        ratings={person: [row[part] for part in order] for person, row in cells.items()},
        truth=truth,
    )


def _ratings(table: Columns, column: str) -> list[str]:
    found, problems = [], []
    for line, text in zip(table.lines, table.texts(column), strict=True):
        word = text.lower()
        if word in (*GOOD, *BAD):
            found.append("good" if word in GOOD else "bad")
        else:
            where = f"{table.file} line {line}"
            allowed = ", ".join((*GOOD, *BAD))
            problems.append(Problem(where, column, text, "is no rating", allowed))
    if problems:
        raise InputError(problems)
    return found


_READ: dict[str, Callable[[Columns, str], StudyData]] = {
    "type1": _one_reference,
    "crossed": _shared,
    "range": _shared,
    "nested": _shared,
    "bias": _one_reference,
    "linearity": _linearity,
    "stability": _stability,
    "attribute": _attribute,
}
