"""Files of `packline simulate`: parameter set, load, cells of a pack, and the course written."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from packcalc.cell import CellParameters
    from packcalc.pack import Load, PackRun

__all__ = ["read_cell", "read_cells", "read_load", "write_course"]

KELVIN = 273.15
# Columns of the table of cells, and what turns them into SI.
COLUMNS = {
    "capacity_factor": ("capacity_factor", 1.0),
    "resistance_factor": ("resistance_factor", 1.0),
    "joint_mohm": ("joint_ohm", 1e-3),
    "soc_pct": ("soc", 1e-2),
}


def read_cell(name: str) -> CellParameters:
    """Find a parameter set by its name, or read it from a file."""
    from packcalc.cell import SHIPPED, parameter_set, read_parameters
    from packline.foundation.errors import InputError, Problem

    if name in SHIPPED:
        return parameter_set(name)
    path = Path(name)
    allowed = f"a file, or one of {', '.join(SHIPPED)}"
    try:
        return read_parameters(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            [Problem("--cell", "", name, "no such parameter set", allowed)]
        ) from error
    except ValueError as error:
        raise InputError([Problem(where=name, message=str(error))]) from error


def _rows(path: Path) -> tuple[set[str], list[dict[str, str]]]:
    """Read a table with its heading."""
    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ValueError("is no text in UTF-8") from error
    return (set(rows[0]) if rows else set()), rows


def read_load(path: Path, dt: float) -> Load:
    """Read time and what is asked from a CSV; the row of a mistake is named."""
    from packcalc.pack import follow_current, follow_power

    head, rows = _rows(path)
    kind = next((name for name in ("current_a", "power_w") if name in head), None)
    if "time_s" not in head or kind is None:
        raise ValueError("needs the columns time_s and current_a or power_w")
    time, values = [], []
    for number, row in enumerate(rows, 2):
        try:
            time.append(float(row["time_s"]))
            values.append(float(row[kind]))
        except (TypeError, ValueError) as error:
            raise ValueError(f"row {number}: not numbers") from error
    return (follow_current if kind == "current_a" else follow_power)(time, values, dt)


def read_cells(
    path: Path | None, series: int, parallel: int, soc: float, joint: float
) -> dict[str, NDArray[np.float64]]:
    """Read what differs from cell to cell; a cell that is not listed is as stated for all."""
    import numpy as np

    if series < 1 or parallel < 1:
        raise ValueError(f"{series}S{parallel}P: a pack needs at least one group of one cell")
    shape = (series, parallel)
    tables = {
        "capacity_factor": np.ones(shape),
        "resistance_factor": np.ones(shape),
        "joint_ohm": np.full(shape, joint),
        "soc": np.full(shape, soc),
    }
    if path is None:
        return tables
    head, rows = _rows(path)
    known = [name for name in COLUMNS if name in head]
    if not {"group", "cell"} <= head or not known:
        raise ValueError(f"{path}: needs group, cell and any of {', '.join(COLUMNS)}")
    unknown = sorted(str(name) for name in head - {"group", "cell", *COLUMNS})
    if unknown:
        raise ValueError(f"{path}: unknown column {', '.join(unknown)}; known: group, cell, "
                         + ", ".join(COLUMNS))  # fmt: skip
    seen: dict[tuple[int, int], int] = {}
    for number, row in enumerate(rows, 2):
        where = _place(path, number, row, shape)
        if where in seen:
            raise ValueError(f"{path}: row {number}: this cell stands in row {seen[where]}")
        seen[where] = number
        for name in known:
            table, scale = COLUMNS[name]
            if row[name] is None or not row[name].strip():
                continue
            try:
                tables[table][where] = scale * float(row[name])
            except ValueError as error:
                raise ValueError(
                    f"{path}: row {number}: {name} = {row[name]!r} is not a number"
                ) from error
    return tables


def _place(
    path: Path, number: int, row: dict[str, str], shape: tuple[int, int]
) -> tuple[int, int]:
    """Read group and cell of a row, counted from 1."""
    found = []
    for name, most in zip(("group", "cell"), shape, strict=True):
        try:
            k = int(row[name])
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"{path}: row {number}: {name} = {row[name]!r} is not a whole number"
            ) from error
        if not 1 <= k <= most:
            raise ValueError(f"{path}: row {number}: {name} = {k} is not among 1 to {most}")
        found.append(k - 1)
    return found[0], found[1]


def write_course(path: Path, run: PackRun) -> None:
    """Write one row per step: pack, groups, hottest and coldest cell."""
    groups = run.group_voltage.shape[1]
    head = ["time_s", "current_a", "voltage_v", *(f"group_{g + 1}_v" for g in range(groups))]
    head += ["soc_lowest_pct", "soc_highest_pct", "coldest_degc", "hottest_degc"]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        for k in range(run.time.size):
            soc, warm = run.soc[k], run.temperature[k] - KELVIN
            row = [run.time[k], run.current[k], run.voltage[k], *run.group_voltage[k]]
            row += [100 * soc.min(), 100 * soc.max(), warm.min(), warm.max()]
            writer.writerow([f"{value:.7g}" for value in row])
