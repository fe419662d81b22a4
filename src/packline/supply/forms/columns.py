"""Which column of a cell file is what: as told, or recognised by the usual names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from packline.foundation.errors import InputError, Problem
from packline.requirements.calc.spec import CellColumn
from packline.requirements.calc.units import UnitProblem, convert
from packline.supply.calc.cellfile import FIELDS, CellMapping, Column

__all__ = ["STORED_UNITS", "mapping_of", "resolve"]

STORED_UNITS = {"capacity": "Ah", "ocv": "V", "ac_ir": "mOhm", "dc_resistance": "mOhm"}
UNITS_ASKED = {
    "capacity": "Ah, mAh",
    "ocv": "V, mV",
    "ac_ir": "mOhm, Ohm, uOhm",
    "dc_resistance": "mOhm, Ohm, uOhm",
}
RESISTANCES = ("ac_ir", "dc_resistance")
KINDS = {
    "ac": "ac_ir",
    "ac_ir": "ac_ir",
    "dc": "dc_resistance",
    "dc_resistance": "dc_resistance",
}

# Usual names without punctuation, and the unit that ends them taken off.
USUAL = {
    "serial": r"serial|serialno|serialnumber|sn|cellid|cellserial|cellserialnumber|barcode",
    "capacity": r"capacity|cap|cellcapacity|dischargecapacity|measuredcapacity",
    "ocv": r"ocv|opencircuitvoltage",
    "ac_ir": r"acir|acr|acresistance|acimpedance|acinternalresistance|(ir|impedance)1khz|1khzir",
    "dc_resistance": r"(dcir|dcr|dcresistance|dcinternalresistance)(\d+m?s)?",
    "sublot": r"sublot|lot|lotno|lotnumber|batch|batchnumber",
    "made_on": r"madeon|date|productiondate|manufacturingdate|manufacturedate|mfgdate",
}
SOME_RESISTANCE = re.compile(r"ir|ri|r|resistance|internalresistance|impedance")
UNITS = {
    "ah": "Ah",
    "mah": "mAh",
    "v": "V",
    "mv": "mV",
    "ohm": "Ohm",
    "ohms": "Ohm",
    "mohm": "mOhm",
    "mohms": "mOhm",
    "milliohm": "mOhm",
    "uohm": "uOhm",
    "ω": "Ohm",
    "mω": "mOhm",
    "µω": "uOhm",
    "μω": "uOhm",
}


def mapping_of(
    columns: Iterable[CellColumn], select: Iterable[tuple[str, str]] = ()
) -> CellMapping:
    """Make a mapping of what a program (or a command line) says about its columns.

    Raises
    ------
    InputError
        If a name is not a field, is given twice, or a resistance does not say which it is.
    """
    mapped: dict[str, Column] = {}
    problems = []
    for told in columns:
        where = f"column {told.column!r}"
        name = told.name
        if name == "resistance":
            if told.kind not in KINDS:
                problems.append(
                    Problem(where, "kind", repr(told.kind), "which resistance is it?", "ac, dc")
                )
                continue
            name = KINDS[told.kind]
        if name not in FIELDS:
            problems.append(
                Problem(where, "name", told.name, "not a field of a cell", ", ".join(FIELDS))
            )
        elif name in mapped:
            problems.append(Problem(where, "name", told.name, "the field is given twice"))
        else:
            mapped[name] = Column(told.column, told.unit)
    if problems:
        raise InputError(problems)
    return CellMapping(mapped, dict(select))


def resolve(name: str, header: tuple[str, ...], told: CellMapping | None) -> CellMapping:
    """Complete what was told by the usual names, and check it against the header.

    With nothing told, every field is looked for; else only what is needed and missing. A column
    that is just some resistance is never guessed.

    Raises
    ------
    InputError
        If a column is missing, stands there twice, has no unit or one of another quantity, or
        if it stays open which resistance was measured.
    """
    told = told or CellMapping({})
    columns, problems = dict(told.columns), []
    wanted = ["serial", "capacity", "ocv"] if columns else [f for f in FIELDS if f not in KINDS]
    if not any(kind in columns for kind in RESISTANCES):
        wanted += RESISTANCES
        problems += _unclear(name, header)
    for field in wanted:
        usual = [_column(title) for title in header if _means(title, field)]
        if field in columns or not usual:
            continue
        if len(usual) > 1:
            both = " and ".join(repr(column.column) for column in usual)
            problems.append(Problem(name, field, message=f"{both} may be meant: say which"))
        columns[field] = usual[0]
    if not problems:
        problems = _missing(name, header, columns)
    problems += _unusable(name, header, columns, told.select)
    if problems:
        raise InputError(problems)
    return CellMapping(columns, told.select)


def factor(column: Column, field: str) -> float:
    """Return what a value of this column is multiplied by to be stored."""
    return convert(1.0, column.unit, STORED_UNITS[field])


def _means(title: str, field: str) -> bool:
    return re.fullmatch(USUAL[field], _split(title)[0]) is not None


def _column(title: str) -> Column:
    return Column(title, _split(title)[1])


def _unclear(name: str, header: tuple[str, ...]) -> list[Problem]:
    return [
        Problem(
            name,
            "column",
            repr(title),
            "is this an AC internal resistance (1 kHz) or a DC resistance (pulse)? "
            "They are different quantities: say which",
            "ac_ir, dc_resistance",
        )
        for title in header
        if SOME_RESISTANCE.fullmatch(_split(title)[0])
    ]


def _split(title: str) -> tuple[str, str]:
    """Split "Capacity (mAh)" or "acir_mohm" into a plain name and a unit."""
    words = [w for w in re.split(r"[^0-9a-zµμω]+", title.lower()) if w]
    unit = UNITS.get(words[-1], "") if len(words) > 1 else ""
    return "".join(words[:-1] if unit else words), unit


def _missing(name: str, header: tuple[str, ...], columns: Mapping[str, Column]) -> list[Problem]:
    there = ", ".join(map(repr, header))
    problems = [
        Problem(name, field, message="no column is known to be this; say which", allowed=there)
        for field in ("serial", "capacity", "ocv")
        if field not in columns
    ]
    if not any(kind in columns for kind in RESISTANCES):
        message = "no column is known to be an AC or a DC resistance; say which column and kind"
        problems.append(Problem(name, "resistance", message=message, allowed=there))
    return problems


def _unusable(
    name: str,
    header: tuple[str, ...],
    columns: Mapping[str, Column],
    select: Mapping[str, str],
) -> list[Problem]:
    problems = []
    there = ", ".join(map(repr, header))
    for what, title in [(f, c.column) for f, c in columns.items()] + [
        ("select", s) for s in select
    ]:
        if title not in header:
            problems.append(Problem(name, what, repr(title), "there is no such column", there))
        elif header.count(title) > 1:
            problems.append(Problem(name, what, repr(title), "the header has this column twice"))
    for field, column in columns.items():
        if field not in STORED_UNITS:
            continue
        where = f"unit of {field} ({column.column!r})"
        if not column.unit:
            problems.append(Problem(name, where, "", "the unit is not stated", UNITS_ASKED[field]))
            continue
        try:
            factor(column, field)
        except UnitProblem as error:
            problems.append(Problem(name, where, column.unit, str(error), UNITS_ASKED[field]))
    return problems
