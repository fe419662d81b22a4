"""A measured lot as values: the rows that could be read, those that could not, and how to read."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

__all__ = ["FIELDS", "CellFile", "CellMapping", "CellRow", "Column", "RejectedRow"]

# What a column of a cell file can be; a resistance is one of the two kinds, never just "IR".
FIELDS = ("serial", "capacity", "ocv", "ac_ir", "dc_resistance", "sublot", "made_on")


@dataclass(frozen=True, slots=True)
class Column:
    """Where a figure stands in the file, and in which unit (texts and dates have none)."""

    column: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class CellMapping:
    """Which column is which field of `FIELDS`, and which rows are wanted.

    `select` keeps the rows whose column has this value; a number is compared as a number.
    """

    columns: Mapping[str, Column]
    select: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CellRow:
    """One readable row, in the units of the record."""

    line: int
    serial: str
    capacity_ah: float
    ocv_v: float
    ac_ir_mohm: float | None
    dc_resistance_mohm: float | None
    sublot: str = ""
    made_on: date | None = None


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """One row that could not be read: where it stands, why, and what stood there."""

    line: int
    reason: str
    fields: tuple[str, ...]

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class CellFile:
    """A file that could be read as a whole."""

    name: str
    content: bytes
    header: tuple[str, ...]
    mapping: CellMapping
    rows: tuple[CellRow, ...]
    rejected: tuple[RejectedRow, ...]
    skipped: int  # rows that the selection leaves out
    warnings: tuple[str, ...]

    @property
    def summary(self) -> str:
        """What became of the rows of the file, in one sentence."""
        parts = [f"{len(self.rows)} read", f"{len(self.rejected)} rejected"]
        if self.mapping.select:
            chosen = ", ".join(f"{k} = {v}" for k, v in self.mapping.select.items())
            parts.append(f"{self.skipped} not selected by {chosen}")
        return f"{self.name}: {', '.join(parts)}"

    def rejects_csv(self) -> bytes:
        """Return the reject file: line, reason, and the original fields under their names."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["line", "reason", *self.header])
        for row in self.rejected:
            writer.writerow([row.line, row.reason, *row.fields])
        return out.getvalue().encode()
