"""Reading cell sheets: every figure with unit, source and confidence, or not at all."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from packcalc.cell.sets import read_parameters
from packline.catalog.calc.sheet import (
    CONFIDENCES,
    QUANTITIES,
    UNITS,
    CellSheet,
    Figure,
    Source,
)
from packline.catalog.forms.chemistries import read_chemistries, read_common
from packline.catalog.forms.document import Table, load, read_bytes
from packline.catalog.states import CHEMISTRIES, FORMATS
from packline.foundation.errors import InputError, Problem

__all__ = ["SHIPPED_CELLS", "read_catalogue", "read_sheet"]

SHIPPED_CELLS = Path(__file__).parents[1] / "cells"
PARAMETERS = "parameters"  # folder beside the sheets: a circuit of the same name, if identified
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
ORDERED = (  # of two figures of one sheet, the first lies below the second
    ("cutoff_voltage", "nominal_voltage"),
    ("nominal_voltage", "charge_voltage"),
    ("charge_voltage", "protection_voltage_max"),
    ("protection_voltage_min", "cutoff_voltage"),
    ("shipping_voltage_min", "shipping_voltage_max"),
    ("charge_temperature_min", "charge_temperature_max"),
    ("discharge_temperature_min", "discharge_temperature_max"),
    ("capacity_min", "capacity_typical"),
    ("ac_resistance", "ac_resistance_max"),
    ("dc_resistance", "dc_resistance_max"),
    ("charge_current_standard", "charge_current_max"),
)
ONLY_FOR = {"diameter": ("cylindrical",), **dict.fromkeys(("width", "thickness"), FORMATS[1:])}


def read_catalogue(dirs: Iterable[Path] = (SHIPPED_CELLS,)) -> list[CellSheet]:
    """Read every sheet of some folders, by code.

    A sheet in a later folder replaces one of the same code in an earlier one, so that a user can
    correct a shipped cell.

    Raises
    ------
    InputError
        With every problem of every file; nothing is returned then.
    """
    problems: list[Problem] = []
    sheets: dict[str, CellSheet] = {}
    for folder in dirs:
        if not folder.is_dir():
            problems.append(Problem(str(folder), message="no such folder", allowed="a folder"))
            continue
        for path in sorted(folder.glob("*.toml")):
            sheet = _sheet(read_bytes(path, problems), path.name, problems)
            if sheet is not None:
                sheets[sheet.code] = _with_parameters(sheet, folder, problems)
    if problems:
        raise InputError(problems)
    return [sheets[code] for code in sorted(sheets)]


def read_sheet(content: bytes, name: str) -> CellSheet:
    """Read one sheet; `name` is its file name, which must be its code.

    Raises
    ------
    InputError
        With every problem found.
    """
    problems: list[Problem] = []
    sheet = _sheet(content, name, problems)
    if problems or sheet is None:
        raise InputError(problems)
    return sheet


def _sheet(content: bytes, name: str, problems: list[Problem]) -> CellSheet | None:
    before = len(problems)
    values = load(content, name, problems)
    if len(problems) > before:
        return None
    top = Table(values, name, problems)
    top.only(("code", "maker", "name", "format", "note", "chemistry", "sources", "figures"))
    code = top.text("code")
    if code and not CODE.fullmatch(code):
        top.say("code", code, "not a code", "small letters, digits and single hyphens")
    elif code and f"{code}.toml" != name:
        top.say("code", code, "the file is not named after its code", f"{name} holds {name[:-5]}")
    fmt = top.word("format", FORMATS)
    sources = _sources(top)
    chemistry = top.table("chemistry")
    chemistry.only(("key", "source", "read"))
    key = chemistry.word("key", CHEMISTRIES)
    chemistry_source = _source_key(chemistry, sources)
    figures = _figures(top, sources, fmt)
    maker, title, note = top.text("maker"), top.text("name"), top.text("note", required=False)
    read = chemistry.text("read")
    if len(problems) > before:
        return None
    return CellSheet(
        code=code,
        maker=maker,
        name=title,
        chemistry=key,
        chemistry_source=chemistry_source,
        chemistry_read=read,
        format=fmt,
        note=note,
        sources=tuple(sources.values()),
        figures=tuple(figures.values()),
        conventions=read_chemistries()[key],
        common=read_common(),
        text=content.decode("utf-8"),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _with_parameters(sheet: CellSheet, folder: Path, problems: list[Problem]) -> CellSheet:
    """Add the circuit that was identified for a cell, as `packline identify --toml` writes it."""
    path = folder / PARAMETERS / f"{sheet.code}.toml"
    if not path.is_file():
        return sheet
    content = read_bytes(path, problems)
    try:
        text = content.decode("utf-8")
        read_parameters(text)
    except ValueError as error:  # no text, or no set that a simulation could use
        problems.append(Problem(str(path), message=str(error)))
        return sheet
    digest = hashlib.sha256(content).hexdigest()
    return replace(sheet, parameters_text=text, parameters_sha256=digest)


def _sources(top: Table) -> dict[str, Source]:
    sources = {}
    for key, table in top.table("sources").children().items():
        table.only(("title", "address", "note"))
        sources[key] = Source(
            key, table.text("title"), table.text("address"), table.text("note", required=False)
        )
    return sources


def _source_key(table: Table, sources: dict[str, Source]) -> str:
    key = table.text("source")
    if key and key not in sources:
        table.say("source", key, "no such source in this file", ", ".join(sources) or "none yet")
    return key


def _figures(top: Table, sources: dict[str, Source], fmt: str) -> dict[str, Figure]:
    found: dict[str, Figure] = {}
    figures = top.table("figures")
    for quantity, table in figures.children().items():
        if quantity not in QUANTITIES:
            table.say("", None, "unknown quantity", ", ".join(QUANTITIES))
            continue
        if fmt and fmt not in ONLY_FOR.get(quantity, FORMATS):
            allowed = " or ".join(ONLY_FOR[quantity])
            table.say("", None, f"a {fmt} cell has none", f"for {allowed} cells only")
        figure = _figure(quantity, table, sources)
        if figure is not None:
            found[quantity] = figure
    if not {"capacity_min", "capacity_typical"} & figures.values.keys():
        figures.say("capacity_min", None, "missing", "capacity_min or capacity_typical")
    if "nominal_voltage" not in figures.values:
        figures.say("nominal_voltage", None, "missing")
    if "peak_duration" in found and "discharge_current_peak" not in found:
        figures.say("peak_duration", None, "stated without discharge_current_peak")
    for low, high in ORDERED:
        if low in found and high in found and found[low].si > found[high].si:
            shown = f"{found[low].value:g} {found[low].unit}"
            limit = f"at most {high} = {found[high].value:g} {found[high].unit}"
            figures.say(low, shown, f"lies above {high}", limit)
    return found


def _figure(quantity: str, table: Table, sources: dict[str, Source]) -> Figure | None:
    expected = QUANTITIES[quantity]
    table.only(("value", "unit", "source", "confidence", "read"))
    units = [u for u, (measures, _, _) in UNITS.items() if measures == expected.measures]
    before = len(table.problems)
    value, unit = table.number("value"), table.word("unit", units)
    source, read = _source_key(table, sources), table.text("read")
    confidence = table.word("confidence", CONFIDENCES)
    if len(table.problems) > before or value is None:
        return None
    figure = Figure(quantity, value, unit, source, read, confidence)
    if not expected.low <= figure.si <= expected.high:
        _, factor, offset = UNITS[unit]
        low, high = (expected.low - offset) / factor, (expected.high - offset) / factor
        table.say("value", value, f"not believable for {quantity}", f"{low:g} to {high:g} {unit}")
        return None
    return figure
