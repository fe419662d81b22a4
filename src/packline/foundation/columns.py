"""Columns of a CSV file; what cannot be read is collected and said at once."""

from __future__ import annotations

import csv
import io
import math
from collections import defaultdict
from pathlib import Path

from packline.foundation.errors import InputError, Problem

__all__ = ["Columns"]


class Columns:
    """A CSV file as text, read once; what cannot be read is collected and said at once."""

    def __init__(self, file: Path, content: bytes | None = None) -> None:
        self.file = file  # `content` is given when it came otherwise, for example over the web
        try:
            text = (file.read_bytes() if content is None else content).decode("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError([Problem(str(file), message=f"cannot be read: {error}")]) from error
        first = text.splitlines()[0] if text.strip() else ""
        self.delimiter = max(",;\t", key=first.count)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter)
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
        if len(rows) < 2:
            raise InputError([Problem(str(file), message="needs a heading and a row of data")])
        self.names = [name.strip() for name in rows[0][1]]
        self.lines = [line for line, _ in rows[1:]]
        self.rows = [row for _, row in rows[1:]]

    def texts(self, column: str, option: str = "--column") -> list[str]:
        """Cells of a column as they stand."""
        if column not in self.names:
            raise InputError(
                [Problem(str(self.file), option, column, "no such column", ", ".join(self.names))]
            )
        at = self.names.index(column)
        return [row[at].strip() if at < len(row) else "" for row in self.rows]

    def numbers(self, column: str | None, option: str = "--column") -> list[float]:
        """A column of finite numbers; every cell that is none is named."""
        column = column or self._only_numeric()
        values, problems = [], []
        for line, text in zip(self.lines, self.texts(column, option), strict=True):
            value = self._number(text)
            if value is None:
                where = f"{self.file} line {line}"
                problems.append(Problem(where, column, text, "not a finite number"))
            else:
                values.append(value)
        if problems:
            raise InputError(problems)
        return values

    def subgroups(self, column: str | None, subgroup: str | None) -> list[list[float]]:
        """Values in subgroups: by a size, by a column, or one value each."""
        values = self.numbers(column)
        if subgroup is None:
            return [[value] for value in values]
        if subgroup.isdecimal() and subgroup not in self.names:
            size = int(subgroup)
            if size < 1 or len(values) % size:
                message = f"{len(values)} rows do not fall into subgroups of {size}"
                raise InputError([Problem(str(self.file), "--subgroup", subgroup, message)])
            return [values[i : i + size] for i in range(0, len(values), size)]
        groups: dict[str, list[float]] = defaultdict(list)
        for name, value in zip(self.texts(subgroup, "--subgroup"), values, strict=True):
            groups[name].append(value)
        return list(groups.values())

    def study(
        self, value: str, part: str, operator: str, *, nested: bool
    ) -> tuple[list[list[list[float]]], list[str], list[str]]:
        """Readings as part x operator x trial (nested: operator x part x trial)."""
        readings = self.numbers(value, "--value")
        parts, operators = self.texts(part, "--part"), self.texts(operator, "--operator")
        cells: dict[tuple[str, str], list[float]] = defaultdict(list)
        for p, o, x in zip(parts, operators, readings, strict=True):
            cells[p, o].append(x)
        p_names, o_names = list(dict.fromkeys(parts)), list(dict.fromkeys(operators))
        if nested:
            rows = [[c for (_, o), c in cells.items() if o == who] for who in o_names]
        else:
            rows = [[cells.get((p, o), []) for o in o_names] for p in p_names]
        counts = {len(cell) for row in rows for cell in row}
        if len(counts) != 1 or len({len(row) for row in rows}) != 1:
            wanted, text = max(counts), "readings, not as many as of the others"
            pairs = [] if nested else [(p, o) for p in p_names for o in o_names]
            short = [
                Problem(str(self.file), f"{p} / {o}", str(len(cells[p, o])), text, str(wanted))
                for p, o in pairs
                if len(cells[p, o]) != wanted
            ]
            message = "every operator needs as many parts, and every part as many readings"
            raise InputError(short or [Problem(str(self.file), message=message)])
        return rows, p_names, o_names

    def _only_numeric(self) -> str:
        numeric = [
            name
            for name in self.names
            if all(self._number(text) is not None for text in self.texts(name))
        ]
        if len(numeric) != 1:
            message = "say which column to use; none or several hold numbers only"
            allowed = ", ".join(self.names)
            raise InputError([Problem(str(self.file), "--column", "", message, allowed)])
        return numeric[0]

    def _number(self, text: str) -> float | None:
        if self.delimiter == ";" and "." not in text:
            text = text.replace(",", ".")
        try:
            value = float(text)
        except ValueError:
            return None
        return value if math.isfinite(value) else None
