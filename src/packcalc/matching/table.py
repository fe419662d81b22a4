"""Cells from the text of a table: which column is what, and what is wrong with a value."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, nan

import numpy as np

from packcalc.matching.stock import CellArrays, Floats, Gauge

__all__ = ["BadTable", "Column", "StockTable", "read_table"]

MISSING = {"", "-", "na", "n/a", "nan", "null", "none"}
# name patterns by preference; the number turns the column's unit into Ah, V, mOhm or mV/d
PATTERNS: dict[str, tuple[str, ...]] = {
    "serial": (r"serial.*", r"sn", r"barcode", r"cell_?(id|no|number|serial)", r"cell", r"id"),
    "capacity": (r"(discharge_)?capacity.*", r"cap(_.*)?", r"q(_.*)?"),
    "resistance": (
        r"(ac_?ir|ir|acr|impedance|resistance)(_.*)?",
        r"ac_?(ir|resistance|impedance).*",
        r"(dc_?ir|dcr|dc_resistance|r)(_.*)?",
    ),
    "ocv": (r"ocv(_.*)?", r"open_circuit_voltage.*", r"(rest_)?voltage(_.*)?"),
    "self_discharge": (r"self_discharge.*", r"k_?value.*", r"ocv_?drop.*"),
    "lot": (r"(sub_?)?lot.*", r"batch.*", r"charge_no.*"),
    "made_on": (r"made_on", r"(production_|manufacturing_)?date.*", r"date_?code"),
}
UNITS: dict[str, dict[str, float]] = {
    "capacity": {"mah": 1e-3, "ah": 1.0},
    "resistance": {"mohm": 1.0, "mω": 1.0, "ohm": 1e3, "ω": 1e3},
    "ocv": {"mv": 1e-3, "v": 1.0},
    "self_discharge": {"mv_per_day": 1.0, "mv_d": 1.0, "mv": 1.0, "v": 1e3},
}


class BadTable(ValueError):
    """The table cannot be used; one line for each thing wrong with it."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True)
class Column:
    """A column and what one of its units is in Ah, V or mOhm."""

    name: str
    factor: float = 1.0


@dataclass(frozen=True, slots=True)
class StockTable:
    """Cells of a table in Ah, mOhm, V and mV/d, and which column was taken for what."""

    cells: CellArrays
    columns: dict[str, Column]


def read_table(
    text: str,
    name: str,
    columns: Mapping[str, str] | None = None,
    where: Mapping[str, str] | None = None,
    gauge: Gauge | None = None,
) -> StockTable:
    """Read cells from a table with a heading, separated by commas, semicolons or tabs.

    Columns are recognised by their names and units ("capacity_mAh", "IR (mOhm)", "ocv_V").
    With semicolons a comma is a decimal comma. An empty field is a reading that is missing;
    the matching will reject that cell with a reason.

    Parameters
    ----------
    text : str
        The table. [1]
    name : str
        What to call it in complaints: its file name. [1]
    columns : mapping of str to str, optional
        Which column is what, where the names do not tell: {'capacity': 'Q2 mAh'}. [1]
    where : mapping of str to str, optional
        Only rows with these values: {'chemistry': 'NMC'}. [1]
    gauge : Gauge, optional
        How well the gauges repeat. [Ah, mOhm]

    Returns
    -------
    StockTable
        The cells and the columns. [Ah, mOhm, V, mV/d]

    Raises
    ------
    BadTable
        If a column is missing or a field is not a number; names file, row, column and value.

    References
    ----------
    .. [1] Y. Shafranovich, "Common format and MIME type for comma-separated values (CSV)
           files," RFC 4180, 2005.

    Examples
    --------
    >>> found = read_table("id,capacity_mAh\\nA1,5010\\nA2,4990\\n", "cells.csv")
    >>> found.cells.capacity.tolist(), found.cells.serial.tolist()
    ([5.01, 4.99], ['A1', 'A2'])
    """
    separator = _separator(text)
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=separator))
    numbered = [(i + 1, row) for i, row in enumerate(rows) if any(field.strip() for field in row)]
    if not numbered:
        raise BadTable([f"{name}: the file is empty"])
    heading = [field.strip() for field in numbered[0][1]]
    found = _find_columns(heading, columns or {}, name)
    body = _selected(numbered[1:], heading, where or {}, name)
    problems: list[str] = []
    for number, row in body:
        if len(row) != len(heading):
            problems.append(
                f"{name} row {number}: {len(row)} fields, the heading has {len(heading)}"
            )
    if not body:
        problems.append(f"{name}: no row{' is left' if where else ''} under the heading")
    if problems:
        raise BadTable(problems)
    comma = separator == ";"
    readings = {
        kind: _numbers(body, heading, column, name, comma, problems)
        for kind, column in found.items()
        if kind in UNITS
    }
    texts = {
        kind: np.array([row[heading.index(column.name)].strip() for _, row in body])
        for kind, column in found.items()
        if kind not in UNITS
    }
    made_on = _dates(texts.pop("made_on", None), body, found, name, problems)
    if problems:
        raise BadTable(problems)
    cells = CellArrays(**readings, **texts, made_on=made_on, gauge=gauge or Gauge())
    return StockTable(cells, found)


def _separator(text: str) -> str:
    heading = text.lstrip("\ufeff").split("\n", 1)[0]
    return max(",;\t", key=heading.count)


def _plain(heading: str) -> str:
    """'IR (mOhm)' as ir_mohm."""
    return re.sub(r"[^\wω]+", "_", heading.strip().lower().replace("Ω", "ω")).strip("_")


def _find_columns(heading: list[str], asked: Mapping[str, str], name: str) -> dict[str, Column]:
    """Take the columns asked for; recognise the others by their names."""
    unknown = set(asked) - set(PATTERNS)
    problems = [f"{name}: no such kind of column: {kind}" for kind in sorted(unknown)]
    found: dict[str, Column] = {}
    for kind, patterns in PATTERNS.items():
        if kind in asked:
            if asked[kind] in heading:
                found[kind] = Column(asked[kind], _factor(kind, asked[kind]))
            else:
                allowed = ", ".join(heading)
                problems.append(f"{name}: no column {asked[kind]!r}; the heading has {allowed}")
            continue
        free = [h for h in heading if h not in asked.values()]
        free = [h for h in free if h not in {column.name for column in found.values()}]
        hits = (h for pattern in patterns for h in free if re.fullmatch(pattern, _plain(h)))
        taken = next(hits, None)
        if taken is not None:
            found[kind] = Column(taken, _factor(kind, taken))
    if "capacity" not in found and not problems:
        problems.append(
            f"{name}: no column for the capacity; the heading has {', '.join(heading)}; "
            "name it with --column capacity=NAME"
        )
    if problems:
        raise BadTable(problems)
    return found


def _factor(kind: str, heading: str) -> float:
    plain = _plain(heading)
    for unit, factor in UNITS.get(kind, {}).items():
        if plain == unit or plain.endswith("_" + unit):
            return factor
    return 1.0


def _selected(
    body: list[tuple[int, list[str]]], heading: list[str], where: Mapping[str, str], name: str
) -> list[tuple[int, list[str]]]:
    missing = [column for column in where if column not in heading]
    if missing:
        allowed = ", ".join(heading)
        raise BadTable([f"{name}: no column {c!r}; the heading has {allowed}" for c in missing])
    places = {heading.index(column): value for column, value in where.items()}
    return [
        (number, row)
        for number, row in body
        if all(p < len(row) and row[p].strip() == value for p, value in places.items())
    ]


def _numbers(
    body: list[tuple[int, list[str]]],
    heading: list[str],
    column: Column,
    name: str,
    comma: bool,
    problems: list[str],
) -> Floats:
    place = heading.index(column.name)
    values = np.empty(len(body))
    for i, (number, row) in enumerate(body):
        field = row[place].strip()
        try:
            value = nan if field.lower() in MISSING else float(field.replace(",", ".", comma))
            sound = isfinite(value) or field.lower() in MISSING
        except ValueError:
            value, sound = nan, False
        if not sound:
            problems.append(
                f"{name} row {number} column {column.name} = {field!r}: not a number; "
                "leave the field empty if there is no reading"
            )
        values[i] = value
    return values if column.factor == 1.0 else _scaled(values, column.factor)


def _scaled(values: Floats, factor: float) -> Floats:
    """Change the unit without leaving the decimal grid: 4996.3 mAh is 4.9963 Ah exactly."""
    return values / (1 / factor) if factor < 1 else values * factor


def _dates(
    texts: np.ndarray[tuple[int], np.dtype[np.str_]] | None,
    body: list[tuple[int, list[str]]],
    found: dict[str, Column],
    name: str,
    problems: list[str],
) -> np.ndarray[tuple[int], np.dtype[np.datetime64]] | None:
    if texts is None:
        return None
    days = np.zeros(len(texts), dtype="datetime64[D]")
    for i, text in enumerate(texts.tolist()):
        try:
            days[i] = np.datetime64(text[:10], "D")
        except ValueError:
            problems.append(
                f"{name} row {body[i][0]} column {found['made_on'].name} = {text!r}: "
                "not a date such as 2026-03-31"
            )
    return days
