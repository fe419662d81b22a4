"""A CSV file as lines of fields, or a clear word on why it is none."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from packline.foundation.errors import InputError, Problem

__all__ = ["Line", "Table", "read_table", "refuse"]

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file, and the line of text on which it begins."""

    number: int
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A file that could be taken apart."""

    name: str
    content: bytes
    delimiter: str
    header: tuple[str, ...]
    lines: tuple[Line, ...]


def refuse(name: str, message: str, **at: str) -> InputError:
    """Make the error of a file that cannot be used."""
    return InputError([Problem(name, message=message, **at)])


def read_table(path: Path) -> Table:
    """Read a CSV file: UTF-8 (with or without a mark), commas, semicolons or tabs.

    Raises
    ------
    InputError
        If the file is missing, empty, no text, not UTF-8, or has no rows under its header.
    """
    name = path.name
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise refuse(name, f"there is no such file in {path.parent}") from error
    except OSError as error:
        raise refuse(name, f"the file cannot be read: {error.strerror}") from error
    text = _decoded(name, content)
    if not text.strip():
        raise refuse(name, "the file is empty")
    first = next(line for line in text.splitlines() if line.strip())
    delimiter = max(DELIMITERS, key=first.count)
    rows = _rows(name, text, delimiter)
    header = tuple(field.strip() for field in rows[0].fields)
    if len(rows) == 1:
        raise refuse(name, "the file has a header and no rows")
    return Table(name, content, delimiter, header, tuple(rows[1:]))


def _decoded(name: str, content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise refuse(name, "the file is UTF-16: save it as CSV in UTF-8")
    if b"\x00" in content:
        raise refuse(
            name, "the file is binary, not text: export it from the spreadsheet as CSV in UTF-8"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise refuse(
            name,
            f"the file is not UTF-8: byte 0x{content[error.start]:02x} in line {line}; "
            "save it as CSV in UTF-8",
        ) from error


def _rows(name: str, text: str, delimiter: str) -> list[Line]:
    """Take the text apart; empty lines are passed over."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, begins = [], 1
    try:
        for fields in reader:
            if any(field.strip() for field in fields):
                rows.append(Line(begins, tuple(fields)))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise refuse(name, f"the row that begins in line {begins} is no CSV: {error}") from error
    return rows
