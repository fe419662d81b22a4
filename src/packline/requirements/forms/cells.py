"""Reading `[cells]`: the lot, where its measurements come from, and what is accepted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from packline.requirements.calc.spec import CellColumn, CellLimit, CellsSpec, PopulationSpec
from packline.requirements.calc.units import UnitProblem, convert, suggest_units
from packline.requirements.forms.requirement import unit_fault
from packline.requirements.forms.table import Table, did_you_mean, listed, number_fault

__all__ = ["INCOMING", "RESISTANCE_KINDS", "inside", "read_cells"]

RESISTANCE_KINDS = ("ac", "dc")
INCOMING = {
    "cell_capacity": "Ah",
    "cell_ocv": "V",
    "cell_ac_ir": "mOhm",
    "cell_dc_resistance": "mOhm",
}
_COLUMNS = {  # name -> (canonical unit, required)
    "serial": ("", True),
    "capacity": ("Ah", True),
    "ocv": ("V", True),
    "resistance": ("Ohm", True),
    "sublot": ("", False),
    "made_on": ("", False),
}


def inside(folder: Path, name: str) -> bool:
    """Say whether a file name points into the program's own folder."""
    path = PurePosixPath(name)
    safe = not path.is_absolute() and ".." not in path.parts and "\\" not in name
    return safe and (folder / name).resolve().is_relative_to(folder.resolve())


def read_cells(table: Table, folder: Path) -> CellsSpec:
    """Read the table; whether it is usable the caller sees from the problems."""
    lot = table.text("lot", pattern=r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", allowed='like "LOT-2611"')
    supplier = table.text("supplier", longest=80)
    received_on = table.day("received_on")
    file = table.text("file", default="", allowed="a CSV file in the program's folder")
    if table.good("file") and not (inside(folder, file) and (folder / file).is_file()):
        table.problem("file", "is not there", "a CSV file in the program's folder")
    columns = _read_columns(table.table("columns", required=False))
    select = _read_select(table.table("select", required=False))
    limits = _read_limits(table.table("limits", required=False))
    population = _read_population(table.table("population", required=False), lot)
    if table.has("population"):
        for key in ("file", "columns", "select"):
            if table.has(key):
                table.problem(key, "has no use beside [cells.population]", "one or the other")
    elif not table.has("columns"):
        table.problem(
            "columns",
            "is missing: nothing says where the cells come from",
            "[cells.columns] of a file, or [cells.population]",
        )
    table.finish()
    return CellsSpec(
        lot=lot,
        supplier=supplier,
        received_on=received_on,
        file=file,
        columns=columns,
        select=select,
        limits=limits,
        population=population,
    )


def _read_columns(table: Table | None) -> tuple[CellColumn, ...]:
    if table is None:
        return ()
    columns = []
    for name, (canonical, required) in _COLUMNS.items():
        entry = table.table(name, required=required)
        if entry is None:
            continue
        column = entry.text("column", allowed="the name of a column in the file")
        unit = entry.text("unit", allowed=listed(suggest_units(canonical))) if canonical else ""
        kind = entry.text("kind", among=RESISTANCE_KINDS) if name == "resistance" else ""
        if canonical and entry.good("unit") and (fault := unit_fault(unit, canonical)):
            entry.problem("unit", fault, listed(suggest_units(canonical, unit)))
        entry.finish()
        columns.append(CellColumn(name, column, unit, kind))
    table.finish()
    twice = [c.column for c in columns if [d.column for d in columns].count(c.column) > 1]
    if twice and table.usable:
        table.problem(
            columns[-1].name,
            f"reads column {twice[0]!r}, which another one reads too",
            "a column of its own",
        )
    return tuple(columns)


def _read_select(table: Table | None) -> tuple[tuple[str, str], ...]:
    """Read the filter: rows whose columns have these values. Numbers compare as numbers."""
    if table is None:
        return ()
    chosen = []
    for column in table.chosen_keys():
        value = table.raw(column)
        if isinstance(value, str):
            chosen.append((column, value))
        elif number_fault(value) is None:
            chosen.append((column, repr(value)))
        else:
            table.problem(column, "cannot be compared with a column", "a text or a number")
    return tuple(chosen)


def _read_limits(table: Table | None) -> tuple[CellLimit, ...]:
    if table is None:
        return ()
    limits = []
    for code in table.chosen_keys():
        if code not in INCOMING:
            table.problem(
                code, "is not checked at receipt" + did_you_mean(code, INCOMING), listed(INCOMING)
            )
            continue
        entry = table.table(code)
        if entry is None:
            continue
        low = entry.number("low", above=0) if entry.has("low") else None
        high = entry.number("high", above=0) if entry.has("high") else None
        unit = entry.text("unit", allowed=listed(suggest_units(INCOMING[code])))
        if entry.good("unit") and (fault := unit_fault(unit, INCOMING[code])):
            entry.problem("unit", fault, listed(suggest_units(INCOMING[code], unit)))
        if low is None and high is None:
            entry.problem("low", "is missing, and so is high", "low, high or both")
        if entry.good("low", "high") and low is not None and high is not None and low >= high:
            entry.problem("low", "is not below high", "low < high")
        for key in ("low", "high"):
            entry.raw(key, required=False)
        entry.finish()
        limits.append(CellLimit(code, unit, low, high))
    return tuple(limits)


def _read_population(table: Table | None, lot: str) -> PopulationSpec | None:
    if table is None:
        return None
    n = table.whole("n", low=1, high=1_000_000)
    seed = table.whole("seed", high=2**63 - 1)
    capacity = _read_spread(table.table("capacity"), "Ah", decimals=3)
    ocv = _read_spread(table.table("ocv"), "V", decimals=4)
    entry = table.table("resistance")
    kind = entry.text("kind", among=RESISTANCE_KINDS) if entry is not None else ""
    resistance = _read_spread(entry, "mOhm", decimals=2)
    correlation = table.number("correlation", low=-0.99, high=0.99, default=-0.5)
    outliers = table.number("outlier_ratio", low=0, high=0.5, default=0.0)
    lots = table.whole("lots", low=1, high=10_000, default=1)
    shift = table.number("lot_shift", low=0, high=5, default=0.0)
    prefix = table.text(
        "serial_prefix",
        default=f"{lot}-",
        pattern=r"[A-Za-z0-9._-]{1,45}",
        allowed="letters, digits and . _ -",
    )
    if table.good("lots", "n") and lots > n:
        table.problem("lots", "is more than there are cells", f"1 to {n}")
    table.finish()
    return PopulationSpec(
        n=n,
        seed=seed,
        capacity_mean_ah=capacity.mean,
        capacity_sd_ah=capacity.sd,
        ocv_mean_v=ocv.mean,
        ocv_sd_v=ocv.sd,
        resistance_mean_mohm=resistance.mean,
        resistance_sd_mohm=resistance.sd,
        resistance_kind={"ac": "ac_ir", "dc": "dc_resistance"}.get(kind, ""),
        correlation=correlation,
        outlier_share=outliers,
        sublots=lots,
        sublot_shift_sd=shift,
        capacity_decimals=capacity.decimals,
        ocv_decimals=ocv.decimals,
        resistance_decimals=resistance.decimals,
        serial_prefix=prefix,
    )


@dataclass(frozen=True, slots=True)
class _Spread:
    """A quantity of a population in its canonical unit, and the digits its gauge shows."""

    mean: float
    sd: float
    decimals: int


def _read_spread(table: Table | None, canonical: str, decimals: int) -> _Spread:
    """Read mean, standard deviation and unit; a spread beyond a quarter is a mistake."""
    nothing = _Spread(0.0, 0.0, decimals)
    if table is None:
        return nothing
    mean = table.number("mean", above=0)
    sd = table.number("sd", low=0)
    decimals = table.whole("decimals", high=9, default=decimals)
    unit = table.text("unit", allowed=listed(suggest_units(canonical)))
    if table.good("unit") and (fault := unit_fault(unit, canonical)):
        table.problem("unit", fault, listed(suggest_units(canonical, unit)))
    if table.good("mean", "sd") and sd >= mean / 4:
        table.problem("sd", "is no spread of one cell type", "below a quarter of the mean")
    table.finish()
    if not table.usable:
        return nothing
    try:
        return _Spread(convert(mean, unit, canonical), convert(sd, unit, canonical), decimals)
    except UnitProblem as error:
        table.problem("mean", str(error), "a finite number")
        return nothing
