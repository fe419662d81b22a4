"""A measured lot from a CSV file: every row that can be read, and a reason for every other."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from math import isfinite
from pathlib import Path

from packline.foundation.errors import InputError, Problem
from packline.supply.calc.cellfile import CellFile, CellMapping, CellRow, RejectedRow
from packline.supply.calc.plausibility import doubts
from packline.supply.forms.columns import STORED_UNITS, factor, resolve
from packline.supply.forms.table import Line, Table, read_table, refuse
from packline.supply.queries.lots import lots_of_serials

__all__ = ["read_cells"]

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
COMMA_NUMBER = re.compile(r"[+-]?\d+,\d+([eE][+-]?\d+)?", re.ASCII)
SHORTENED = re.compile(r"\d(\.\d+)?E\+\d+", re.ASCII)  # what a spreadsheet makes of a long serial
LONGEST_SERIAL = 60
SHOWN = 20  # problems listed when no row at all can be read


def read_cells(
    path: Path,
    mapping: CellMapping | None = None,
    *,
    strict: bool = False,
    lot_number: str = "",
    in_stock: Callable[[Sequence[str]], Mapping[str, str]] = lots_of_serials,
) -> CellFile:
    """Read a measured lot.

    Parameters
    ----------
    path : Path
        The CSV file: UTF-8; commas, semicolons or tabs.
    mapping : CellMapping, optional
        Which column is what, in which unit, and which rows are wanted. What it leaves out is
        recognised by its usual name.
    strict : bool
        Refuse the whole file if a single row cannot be read.
    lot_number : str
        The lot that the cells are received as: serials in stock from this very lot are no
        duplicates, so that a broken-off import can be repeated.
    in_stock : callable
        Returns, of given serials, those in stock with the number of their lot.

    Returns
    -------
    CellFile
        Rows, rejected rows with line and reason, and what looks implausible.

    Raises
    ------
    InputError
        If the file cannot be read as a whole, no row can be read, or, when strict, one cannot.
    """
    table = read_table(path)
    mapping = resolve(table.name, table.header, mapping)
    reader = _Reader(table, mapping)
    rows, rejected, skipped = reader.read()
    rows, taken = _without_stock(rows, table, lot_number, in_stock)
    rejected = sorted([*rejected, *taken], key=lambda row: row.line)
    if not rows or (strict and rejected):
        raise _refusal(table, mapping, rows, rejected, strict)
    return CellFile(
        name=table.name,
        content=table.content,
        header=table.header,
        mapping=mapping,
        rows=tuple(rows),
        rejected=tuple(rejected),
        skipped=skipped,
        warnings=doubts(rows),
    )


class _Unreadable(ValueError):
    """Why one row cannot be read."""


class _Reader:
    """One pass over the lines of a table."""

    def __init__(self, table: Table, mapping: CellMapping) -> None:
        self.table = table
        self.columns = mapping.columns
        self.place = {title: i for i, title in enumerate(table.header)}
        self.select = {self.place[title]: value for title, value in mapping.select.items()}
        self.factors = {f: factor(c, f) for f, c in mapping.columns.items() if f in STORED_UNITS}
        self.decimal_comma = self._decimal_comma()
        self.seen: dict[str, int] = {}

    def read(self) -> tuple[list[CellRow], list[RejectedRow], int]:
        """Return the readable rows, the rejected ones, and how many were not selected."""
        rows, rejected, skipped = [], [], 0
        for line in self.table.lines:
            try:
                self._check_width(line)
                if not all(_same(line.fields[i], v) for i, v in self.select.items()):
                    skipped += 1
                    continue
                rows.append(self._row(line))
            except _Unreadable as error:
                rejected.append(RejectedRow(line.number, str(error), line.fields))
        return rows, rejected, skipped

    def _decimal_comma(self) -> bool:
        """Find out how the file writes decimals; refuse it when that cannot be known."""
        table, width = self.table, len(self.table.header)
        advice = "separate the columns by semicolons, or write decimals with a point"
        if table.delimiter == "," and all(
            width < len(line.fields) <= width + len(self.factors) and line.fields[-1].strip()
            for line in table.lines
        ):
            raise refuse(
                table.name,
                f"every row has more fields than the header ({width}), as when decimals are "
                f"written with a comma in a file separated by commas: {advice}",
            )
        for line in table.lines:
            for field in self.factors if len(line.fields) == width else ():
                if COMMA_NUMBER.fullmatch(self._text(line, field)):
                    if table.delimiter != ",":
                        return True
                    raise refuse(
                        table.name,
                        f"line {line.number}: decimals with a comma in a file separated by "
                        f"commas: {advice}",
                        field=self.columns[field].column,
                        value=self._text(line, field),
                    )
        return False

    def _check_width(self, line: Line) -> None:
        found, width = len(line.fields), len(self.table.header)
        if found != width:
            raise _Unreadable(
                f"too {'many' if found > width else 'few'} fields: {found}, the header has {width}"
            )

    def _text(self, line: Line, field: str) -> str:
        column = self.columns.get(field)
        return "" if column is None else line.fields[self.place[column.column]].strip()

    def _row(self, line: Line) -> CellRow:
        serial = self._serial(line)
        row = CellRow(
            line=line.number,
            serial=serial,
            capacity_ah=self._number(line, "capacity"),
            ocv_v=self._number(line, "ocv", zero=True),
            ac_ir_mohm=self._optional(line, "ac_ir"),
            dc_resistance_mohm=self._optional(line, "dc_resistance"),
            sublot=self._short(line, "sublot"),
            made_on=self._date(line, "made_on"),
        )
        self.seen[serial] = line.number
        return row

    def _serial(self, line: Line) -> str:
        serial = self._short(line, "serial")
        if not serial:
            raise _Unreadable("the serial is empty")
        if SHORTENED.fullmatch(serial):
            raise _Unreadable(f"serial {serial}: a spreadsheet has shortened it to a number")
        if serial in self.seen:
            raise _Unreadable(f"serial {serial} stands in line {self.seen[serial]} already")
        return serial

    def _short(self, line: Line, field: str) -> str:
        text = self._text(line, field)
        if len(text) > LONGEST_SERIAL or not text.isprintable():
            raise _Unreadable(f"{field} has more than {LONGEST_SERIAL} or unprintable characters")
        return text

    def _optional(self, line: Line, field: str) -> float | None:
        return self._number(line, field) if field in self.columns else None

    def _number(self, line: Line, field: str, *, zero: bool = False) -> float:
        text, name = self._text(line, field), self.columns[field].column
        if not text:
            raise _Unreadable(f"{name} is empty")
        if self.decimal_comma:
            if "." in text:
                raise _Unreadable(f"{name} = {text}: a point in a file with decimal commas")
            plain = text.replace(",", ".", 1)
        else:
            plain = text
        if not NUMBER.fullmatch(plain):
            raise _Unreadable(f"{name} = {text[:40]}: not a number")
        value = float(f"{float(plain) * self.factors[field]:.12g}")
        if not isfinite(value):
            raise _Unreadable(f"{name} = {text[:40]}: not a finite number")
        if value < 0:
            raise _Unreadable(f"{name} = {text}: negative")
        if value == 0 and not zero:
            raise _Unreadable(f"{name} = {text}: zero")
        return value

    def _date(self, line: Line, field: str) -> date | None:
        text = self._text(line, field)
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            name = self.columns[field].column
            raise _Unreadable(f"{name} = {text[:40]}: not a date like 2026-03-31") from error


def _same(text: str, wanted: str) -> bool:
    """Compare as numbers what are numbers ("21" and "21.0"), and as text what is not."""
    text, wanted = text.strip(), wanted.strip()
    if NUMBER.fullmatch(text) and NUMBER.fullmatch(wanted):
        return float(text) == float(wanted)
    return text == wanted


def _without_stock(
    rows: list[CellRow],
    table: Table,
    lot_number: str,
    in_stock: Callable[[Sequence[str]], Mapping[str, str]],
) -> tuple[list[CellRow], list[RejectedRow]]:
    """Sort out the serials that are in stock from another lot."""
    stock = in_stock([row.serial for row in rows])
    other = {serial: lot for serial, lot in stock.items() if lot != lot_number}
    fields = {line.number: line.fields for line in table.lines}
    taken = [
        RejectedRow(
            row.line,
            f"serial {row.serial} is in stock already, in lot {other[row.serial]}",
            fields[row.line],
        )
        for row in rows
        if row.serial in other
    ]
    return [row for row in rows if row.serial not in other], taken


def _refusal(
    table: Table,
    mapping: CellMapping,
    rows: Sequence[CellRow],
    rejected: Sequence[RejectedRow],
    strict: bool,
) -> InputError:
    problems = [Problem(f"{table.name} line {r.line}", message=r.reason) for r in rejected]
    if rows:
        return InputError(problems)
    if not rejected:
        chosen = ", ".join(f"{k} = {v}" for k, v in mapping.select.items())
        columns = [table.header.index(title) for title in mapping.select]
        there = {tuple(line.fields[i].strip() for i in columns) for line in table.lines}
        values = "; ".join(", ".join(value) for value in sorted(there)[:SHOWN])
        return refuse(table.name, f"no row has {chosen}", allowed=values)
    if not strict and len(problems) > SHOWN:
        more = len(problems) - SHOWN
        problems = [*problems[:SHOWN], Problem(table.name, message=f"and {more} more rows")]
    return InputError([Problem(table.name, message="not one row can be read"), *problems])
