"""The sheet of a sample: which cells to look at, and what was found, as a CSV file."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from packline.foundation.columns import Columns
from packline.foundation.errors import InputError, Problem
from packline.supply.calc.measures import MEASURES
from packline.supply.calc.sampling import VISUAL, Found
from packline.supply.models import LotSample

__all__ = ["blank_sheet", "read_sheet"]

GOOD, BAD = ("good", "ok", "pass", "1"), ("bad", "nok", "fail", "0")


def blank_sheet(sample: LotSample) -> bytes:
    """Return the sheet to fill in: a row per cell that was drawn, a column per check."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["serial", *(_heading(code) for code in sample.codes), "note"])
    for serial in sample.serials:
        writer.writerow([serial, *("" for _ in sample.codes), ""])
    return out.getvalue().encode()


def read_sheet(sample: LotSample, content: bytes, *, name: str) -> list[Found]:
    """Read a sheet that was filled in, wholly or in part; an empty cell is not looked at yet.

    Raises
    ------
    InputError
        If a cell is not in the sample, or something cannot be read; every problem is named.
    """
    table = Columns(Path(name), content)
    wanted = {_heading(code): code for code in sample.codes}
    columns = {
        heading: code
        for heading in table.names
        if (code := wanted.get(heading) or (heading if heading in sample.codes else None))
    }
    if not columns:
        allowed = ", ".join(wanted)
        raise InputError([Problem(name, message="no column of a check", allowed=allowed)])
    serials = table.texts("serial", "serial")
    notes = table.texts("note") if "note" in table.names else [""] * len(serials)
    drawn = set(sample.serials)
    problems = [
        Problem(f"{name} line {line}", "serial", serial, "is not in the sample")
        for line, serial in zip(table.lines, serials, strict=True)
        if serial not in drawn
    ]
    found = []
    for heading, code in columns.items():
        texts = table.texts(heading)
        for line, serial, text, note in zip(table.lines, serials, texts, notes, strict=True):
            if not text:
                continue
            value = _value(code, text)
            if value is None:
                allowed = ", ".join((*GOOD, *BAD)) if code == VISUAL else "a number"
                where = f"{name} line {line}"
                problems.append(Problem(where, heading, text, "cannot be read", allowed))
            else:
                found.append(Found(serial=serial, code=code, value=value, note=note))
    if problems:
        raise InputError(problems)
    return found


def _heading(code: str) -> str:
    return code if code == VISUAL else f"{code} [{MEASURES[code].unit_code}]"


def _value(code: str, text: str) -> float | None:
    if code == VISUAL:
        word = text.lower()
        return 1.0 if word in GOOD else 0.0 if word in BAD else None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None  # NaN compares false too
