"""`packline simulate`: one pack under a load, from a parameter set of its cell."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from packline.site.options import JsonOption, ends_well, out, print_json

if TYPE_CHECKING:
    from packcalc.cell import CellParameters
    from packcalc.pack import Load, PackRun

KELVIN = 273.15


@ends_well
def simulate(
    cell: Annotated[str, typer.Option(help="Parameter set: a shipped name, or a TOML file.")],
    series: Annotated[int, typer.Option(help="Groups in series.")],
    parallel: Annotated[int, typer.Option(help="Cells per group.")],
    current_a: Annotated[
        float | None, typer.Option(help="Constant current out of the pack; negative charges.")
    ] = None,
    duration_s: Annotated[float, typer.Option(help="For how long.")] = 3600.0,
    load: Annotated[
        Path | None,
        typer.Option(help="CSV with time_s and current_a or power_w, positive on discharge."),
    ] = None,
    soc_pct: Annotated[float, typer.Option(help="State of charge at the start.")] = 100.0,
    temperature_degc: Annotated[float, typer.Option(help="Of cells and ambient.")] = 25.0,
    dt_s: Annotated[float, typer.Option(help="Length of a step.")] = 10.0,
    joint_mohm: Annotated[float, typer.Option(help="Weld and tab per cell.")] = 0.0,
    rail_mohm: Annotated[
        float | None, typer.Option(help="Between neighbouring cells of a group.")
    ] = None,
    beyond_current: Annotated[
        bool, typer.Option(help="Go beyond the current at which the set was checked.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Simulate a pack of equal cells and say what it gives, how far it sags and how it warms.

    Nothing is written. Exit code 0: simulated, whatever ended the run (it is said). 2: the input
    cannot be used, or asks for more than the cell's parameters hold for.
    """
    from packcalc.pack import build_pack, even_rails
    from packcalc.pack import simulate as run_pack
    from packline.foundation.errors import InputError, Problem

    parameters = read_cell(cell)
    asked = _load(load, current_a, duration_s, dt_s)
    try:
        rails = None if rail_mohm is None else even_rails(series, parallel, rail_mohm * 1e-3)
        pack = build_pack(
            parameters, series, parallel, joint_resistance=joint_mohm * 1e-3, rails=rails
        )
        found = run_pack(
            pack,
            asked,
            soc=soc_pct / 100,
            temperature=temperature_degc + KELVIN,
            beyond_current=beyond_current,
        )
    except ValueError as error:
        raise InputError([Problem(where=f"simulation with {cell}", message=str(error))]) from error
    figures = _figures(found)
    if as_json:
        print_json({"cell": parameters.name, "ended": found.because, **figures})
        return
    table = Table(title=f"{parameters.name} {series}S{parallel}P: {found.because}")
    table.add_column("figure")
    table.add_column("value", justify="right")
    for name, value in figures.items():
        table.add_row(name, f"{value:.4g}")
    out().print(table)


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


def _load(path: Path | None, current: float | None, duration: float, dt: float) -> Load:
    """Make the load from a file or from one current."""
    from packcalc.pack import constant_current, follow_current, follow_power
    from packline.foundation.errors import InputError, Problem

    if (path is None) == (current is None):
        problem = Problem("--current-a, --load", "", "", "give one of the two", "exactly one")
        raise InputError([problem])
    try:
        if path is None:
            assert current is not None
            return constant_current(current, duration, dt)
        time, values, kind = _columns(path)
        return (follow_current if kind == "current_a" else follow_power)(time, values, dt)
    except ValueError as error:
        where = "--current-a" if path is None else str(path)
        raise InputError([Problem(where=where, message=str(error))]) from error


def _columns(path: Path) -> tuple[list[float], list[float], str]:
    """Read time and what is asked from a CSV; the row of a mistake is named."""
    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"cannot be read: {error}") from error
    head = set(rows[0]) if rows else set()
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
    return time, values, kind


def _figures(run: PackRun) -> dict[str, float]:
    """What a person asks of a run, each with its unit in the name."""
    energy = run.energy
    step = float(run.time[1] - run.time[0]) if run.time.size > 1 else 0.0
    group = run.group_voltage[-1]
    return {
        "time_s": float(run.time[-1]),
        "charge_ah": float(run.current[1:].sum()) * step / 3600,
        "energy_wh": energy.electric / 3600,
        "lost_in_cells_and_joints_wh": energy.cell_heat / 3600,
        "lost_in_rails_wh": energy.rail_heat / 3600,
        "voltage_start_v": float(run.voltage[0]),
        "voltage_end_v": float(run.voltage[-1]),
        "voltage_lowest_v": float(run.voltage.min()),
        "group_spread_end_mv": 1e3 * float(group.max() - group.min()),
        "soc_end_pct": 100 * float(run.soc[-1].mean()),
        "temperature_end_degc": float(run.temperature[-1].max()) - KELVIN,
        "cell_current_highest_a": float(run.cell_current.max()),
        "cell_current_lowest_a": float(run.cell_current.min()),
    }
