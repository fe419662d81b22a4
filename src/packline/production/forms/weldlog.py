"""A log of welds or of screwed joints as a CSV file, every problem named before it is used."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from packline.foundation.errors import InputError, Problem
from packline.production.calc.joint_places import PLACE_COLUMNS, places_of_rows
from packline.supply.forms.table import Table, read_table

__all__ = ["ANSWERS", "JointFile", "read_joint_log"]

# Characteristic: the column that answers it. The unit stands in the name of the column.
ANSWERS = {
    "joint_resistance": "resistance_mohm",
    "weld_energy": "energy_j",
    "fastener_torque": "torque_nm",
}
NUMBERS = (
    "resistance_mohm",
    "energy_j",
    "time_ms",
    "force_n",
    "displacement_mm",
    "torque_nm",
    "angle_deg",
)
TEXTS = ("program", "head")
PLACES = tuple(name for names in PLACE_COLUMNS.values() for name in names)
MOST_PROBLEMS = 50
LONGEST = 40  # characters of a program or head


@dataclass(frozen=True, slots=True)
class JointFile:
    """A log that can be used: its columns, and which of them answer which characteristic."""

    name: str
    columns: dict[str, NDArray[np.generic]]
    judged: dict[str, str]


def read_joint_log(path: Path, *, asked: dict[str, str], series: int, parallel: int) -> JointFile:
    """Read a log for one operation of one pack.

    `asked` are the characteristics of the operation that are taken per joint or per fastener,
    each with what it is taken per.

    Raises
    ------
    InputError
        With every problem found: file, row, field, value and what is allowed.
    """
    table = read_table(path)
    header = _header(table)
    judged = {code: ANSWERS[code] for code in sorted(asked) if ANSWERS.get(code) in header}
    if not judged:
        wanted = ", ".join(ANSWERS[code] for code in sorted(asked) if code in ANSWERS)
        raise InputError(
            [Problem(table.name, message="answers no check of this operation", allowed=wanted)]
        )
    kinds = {asked[code] for code in judged}
    if len(kinds) > 1:
        raise InputError([Problem(table.name, message="holds joints and fasteners: split it")])
    columns, problems = _columns(table, header)
    if problems:
        raise InputError(problems[:MOST_PROBLEMS])
    (per,) = kinds
    try:
        places_of_rows(columns, per=per, series=series, parallel=parallel)
    except InputError as error:
        raise InputError([_in_file(table, problem) for problem in error.problems]) from error
    return JointFile(table.name, columns, judged)


def _header(table: Table) -> dict[str, int]:
    """Return the place of each column that is known; an unknown one is a problem."""
    known = (*PLACES, *NUMBERS, *TEXTS)
    found: dict[str, int] = {}
    problems = []
    for k, field in enumerate(table.header):
        name = field.lower()
        if name not in known:
            message = "is no column of a joint log"
            problems.append(Problem(f"{table.name} header", "column", field, message,
                                    ", ".join(known)))  # fmt: skip
        elif name in found:
            problems.append(Problem(f"{table.name} header", "column", field, "is there twice"))
        found[name] = k
    if problems:
        raise InputError(problems)
    return found


def _columns(
    table: Table, header: dict[str, int]
) -> tuple[dict[str, NDArray[np.generic]], list[Problem]]:
    problems: list[Problem] = []
    for line in table.lines:
        if len(line.fields) != len(table.header):
            problems.append(
                Problem(
                    f"{table.name} line {line.number}",
                    message=f"has {len(line.fields)} fields",
                    allowed=f"{len(table.header)}, as the header",
                )
            )
    if problems:
        return {}, problems
    columns: dict[str, NDArray[np.generic]] = {}
    for name, k in header.items():
        texts = [line.fields[k].strip() for line in table.lines]
        if name in TEXTS:
            problems += [
                Problem(f"{table.name} line {line.number}", name, text[:LONGEST] + " ...",
                        "is too long", f"{LONGEST} characters")
                for line, text in zip(table.lines, texts, strict=True)
                if len(text) > LONGEST
            ]  # fmt: skip
            columns[name] = np.array(texts, dtype=object)
            continue
        values = np.array([_number(text) for text in texts])
        problems += [
            Problem(
                f"{table.name} line {table.lines[k].number}",
                name,
                repr(texts[k][:LONGEST]),
                "is not a finite number",
                "a number with a point, like 12.5",
            )
            for k in np.flatnonzero(np.isnan(values))
        ]
        columns[name] = values
    return columns, problems


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return float("nan")
    return value if isfinite(value) and "_" not in text else float("nan")


def _in_file(table: Table, problem: Problem) -> Problem:
    """Say the line of the file instead of the row of the arrays."""
    kind, _, number = problem.where.partition(" ")
    if kind == "row" and number.isdigit():
        where = f"{table.name} line {table.lines[int(number) - 1].number}"
    else:
        where = f"{table.name}: {problem.where}"
    return Problem(where, problem.field, problem.value, problem.message, problem.allowed)
