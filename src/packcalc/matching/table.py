"""Cells from the text of a table: which column is what, and what is wrong with a value."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import isinf, nan

import numpy as np

from packcalc.matching.columns import UNITS, BadTable, Column, find_columns, scaled
from packcalc.matching.stock import CellArrays, Floats, Gauge

__all__ = ["BadTable", "Column", "StockTable", "read_table"]

MISSING = {"", "-", "--", "---", "na", "n/a", "n.a.", "nan", "nat", "null", "none"} | {
    "#n/a",
    "#div/0!",
    "#value!",
    "#num!",
}
DATES = (  # year, month and day, each by its place; the forms that cannot be taken for another
    r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})([T ].*)?",
    r"(?P<y>\d{4})/(?P<m>\d{1,2})/(?P<d>\d{1,2})",
    r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)",
    r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})",
)


@dataclass(frozen=True, slots=True)
class StockTable:
    """Cells of a table in Ah, mOhm, V and mV/d, and which column was taken for what.

    `unused` are headings that nothing was taken from.
    """

    cells: CellArrays
    columns: dict[str, Column]
    unused: tuple[str, ...] = ()


def read_table(
    text: str,
    name: str,
    columns: Mapping[str, str] | None = None,
    where: Mapping[str, str] | None = None,
    gauge: Gauge | None = None,
    dates: bool = True,
) -> StockTable:
    """Read cells from a table with a heading, separated by commas, semicolons or tabs.

    Columns are recognised by their names and units ("capacity_mAh", "IR (mOhm)", "ocv_V"); where
    a heading names no unit the size of the readings tells it. With semicolons or tabs a comma is
    a decimal comma. An empty field is a reading that is missing; the matching will reject that
    cell with a reason. Cells without a serial are called by their row in the file.

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
    dates : bool
        Whether dates will be needed; if not, a column of them that cannot be read is passed
        over. [1]

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
    separator, skipped, text = _separator(text)
    rows = list(csv.reader(io.StringIO(text), delimiter=separator))
    numbered = [
        (i + 1 + skipped, row) for i, row in enumerate(rows) if any(field.strip() for field in row)
    ]
    if not numbered:
        raise BadTable([f"{name}: the file is empty"])
    heading = [field.strip() for field in numbered[0][1]]
    found = find_columns(heading, columns or {}, name)
    body = _selected(_squared(numbered[1:], heading, name), heading, where or {}, name)
    if not body:
        raise BadTable([f"{name}: no row{' is left' if where else ''} under the heading"])
    problems: list[str] = []
    readings: dict[str, Floats] = {}
    for kind in [kind for kind in found if kind in UNITS]:
        values = _numbers(body, heading, found[kind], name, separator != ",", problems)
        readings[kind], found[kind] = scaled(values, kind, found[kind])
    texts = {
        kind: np.array([row[heading.index(column.name)].strip() for _, row in body])
        for kind, column in found.items()
        if kind not in UNITS
    }
    said = texts.pop("made_on", None)
    unread: list[str] = []
    made_on = None if said is None else _dates(said, body, found["made_on"], name, unread)
    if dates:
        problems += unread
    elif unread:
        made_on = None
        del found["made_on"]
    if problems:
        raise BadTable(problems)
    serial = texts.pop("serial", np.full(len(body), ""))
    rows_of = np.array([f"row {number}" for number, _ in body])
    serial = np.where(serial == "", rows_of, serial)
    cells = CellArrays(**readings, **texts, serial=serial, made_on=made_on, gauge=gauge or Gauge())
    used = {column.name for column in found.values()} | set(where or {})
    return StockTable(cells, found, tuple(h for h in heading if h and h not in used))


def _separator(text: str) -> tuple[str, int, str]:
    """The separator, how many lines stand before the heading, and the text from there on."""
    text, skipped = text.lstrip("\ufeff"), 0
    while True:
        line, _, rest = text.partition("\n")
        asked = re.fullmatch(r"sep=(.)\s*", line.strip("\r"))
        if asked and not skipped:
            return asked[1], 1, rest
        if not line.startswith("#") or not rest:
            return max(",;\t", key=line.count), skipped, text
        text, skipped = rest, skipped + 1


def _squared(
    body: list[tuple[int, list[str]]], heading: list[str], name: str
) -> list[tuple[int, list[str]]]:
    """Rows as long as the heading; empty fields beyond it are passed over."""
    whole = len(heading)
    problems = [
        f"{name} row {number}: {len(row)} fields, the heading has {whole}"
        for number, row in body
        if len(row) < whole or any(field.strip() for field in row[whole:])
    ]
    if problems:
        raise BadTable(problems)
    return [(number, row[:whole]) for number, row in body]


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
            value = nan if field.lower() in MISSING else float(_point(field, comma))
            if isinf(value):
                raise ValueError(field)
        except ValueError:
            value = nan
            problems.append(
                f"{name} row {number} column {column.name} = {field!r}: not a number; "
                "leave the field empty if there is no reading"
            )
        values[i] = value
    return values


def _point(field: str, comma: bool) -> str:
    """A number with a decimal point; a dot and a comma, or an underscore, is none."""
    if "_" in field or (comma and "," in field and "." in field):
        raise ValueError(field)
    return field.replace(",", ".", 1) if comma else field


def _dates(
    texts: np.ndarray[tuple[int], np.dtype[np.str_]],
    body: list[tuple[int, list[str]]],
    column: Column,
    name: str,
    problems: list[str],
) -> np.ndarray[tuple[int], np.dtype[np.datetime64]]:
    days = np.full(len(texts), np.datetime64("NaT"), dtype="datetime64[D]")
    for i, text in enumerate(texts.tolist()):
        try:
            if text.lower() not in MISSING:
                days[i] = np.datetime64(_day(text), "D")
        except ValueError:
            problems.append(
                f"{name} row {body[i][0]} column {column.name} = {text!r}: "
                "not a date; allowed: 2026-03-31, 2026/03/31, 20260331 or 31.03.2026"
            )
    return days


def _day(text: str) -> str:
    """A date as year-month-day."""
    for form in DATES:
        found = re.fullmatch(form, text)
        if found:
            return f"{found['y']}-{int(found['m']):02}-{int(found['d']):02}"
    raise ValueError(text)
