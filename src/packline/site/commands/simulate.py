"""`packline simulate`: one pack under a load, from a parameter set of its cell."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from packline.site.commands.simulate_files import read_cell, read_cells, read_load, write_course
from packline.site.options import JsonOption, ends_well, out, print_json

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from packcalc.cell import CellParameters
    from packcalc.pack import Load, Pack, PackRun

KELVIN = 273.15
BLEED_ABOVE_LOWEST = 5e-3  # V; finer than a BMS resolves would only chatter


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
    charge_a: Annotated[
        float | None, typer.Option(help="Charge with this current, then hold --charge-v.")
    ] = None,
    charge_v: Annotated[float | None, typer.Option(help="Pack voltage a charger holds.")] = None,
    cutoff_a: Annotated[
        float | None,
        typer.Option(help="Current at which it is full; a twentieth of --charge-a."),
    ] = None,
    soc_pct: Annotated[float, typer.Option(help="State of charge at the start.")] = 100.0,
    temperature_degc: Annotated[float, typer.Option(help="Of cells and ambient.")] = 25.0,
    ambient_w_per_k: Annotated[
        float, typer.Option(help="Heat that each cell gives to the ambient; 0: it keeps all.")
    ] = 0.0,
    dt_s: Annotated[float, typer.Option(help="Length of a step.")] = 10.0,
    joint_mohm: Annotated[float, typer.Option(help="Weld and tab per cell.")] = 0.0,
    rail_mohm: Annotated[
        float | None, typer.Option(help="Between neighbouring cells of a group.")
    ] = None,
    cells: Annotated[
        Path | None,
        typer.Option(
            help="CSV with group, cell (from 1) and any of capacity_factor, resistance_factor, "
            "joint_mohm, soc_pct; what is not listed is as stated above."
        ),
    ] = None,
    bleed_ohm: Annotated[
        float | None, typer.Option(help="Balance: a resistor across each group.")
    ] = None,
    cut_below_v: Annotated[
        float | None, typer.Option(help="Group voltage at which the BMS cuts; the set's lowest.")
    ] = None,
    cut_above_degc: Annotated[
        float | None, typer.Option(help="Cell temperature at which the BMS cuts.")
    ] = None,
    beyond_current: Annotated[
        bool, typer.Option(help="Go beyond the current at which the set was checked.")
    ] = False,
    course: Annotated[
        Path | None, typer.Option(help="Write the course (CSV, one row per step) here.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Draw the course here (.svg, .png, .pdf).")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Simulate a pack cell by cell and say what it gives, how far it sags and how it warms.

    Nothing is stored. Exit code 0: simulated, whatever ended the run (it is said). 2: the input
    cannot be used, or asks for more than the cell's parameters hold for.
    """
    from packcalc.pack import simulate as run_pack
    from packcalc.pack.run_plot import draw_run
    from packline.foundation.errors import InputError, Problem

    parameters = read_cell(cell)
    form = "" if plot is None else plot.suffix.lstrip(".").lower()
    if plot is not None and form not in ("svg", "png", "pdf"):
        raise InputError([Problem("--plot", "", str(plot), "unknown kind", ".svg, .png, .pdf")])
    asked = _load(load, (current_a, duration_s), (charge_a, charge_v, cutoff_a), dt_s)
    try:
        tables = read_cells(cells, series, parallel, soc_pct / 100, joint_mohm * 1e-3)
        pack = _pack(parameters, tables, rail_mohm, ambient_w_per_k, bleed_ohm,
                     (cut_below_v, cut_above_degc))  # fmt: skip
        found = run_pack(
            pack,
            asked,
            soc=tables["soc"],
            temperature=temperature_degc + KELVIN,
            beyond_current=beyond_current,
        )
    except ValueError as error:
        said = str(error).replace("beyond_current=True", "--beyond-current")
        raise InputError([Problem(where=f"simulation with {cell}", message=said)]) from error
    title = f"{parameters.name} {series}S{parallel}P"
    if course is not None:
        write_course(course, found)
    if plot is not None:
        plot.write_bytes(draw_run(found, title, form))
    figures = _figures(found)
    if as_json:
        print_json({"cell": parameters.name, "ended": found.because, **figures})
        return
    table = Table(title=f"{title}: {found.because}")
    table.add_column("figure")
    table.add_column("value", justify="right")
    for name, value in figures.items():
        table.add_row(name, f"{value:.4g}")
    out().print(table)


def _pack(
    cell: CellParameters,
    tables: dict[str, NDArray[np.float64]],
    rail_mohm: float | None,
    ambient_w_per_k: float,
    bleed_ohm: float | None,
    cuts: tuple[float | None, float | None],
) -> Pack:
    """Put the pack together."""
    from packcalc.pack import Bleed, Limits, build_pack, even_rails
    from packcalc.thermal import grid_network

    series, parallel = tables["soc"].shape
    below, above = cuts
    if bleed_ohm is not None and not bleed_ohm > 0:
        raise ValueError(f"--bleed-ohm {bleed_ohm:g} is not above zero")
    if not 0 <= ambient_w_per_k < float("inf"):
        raise ValueError(f"--ambient-w-per-k {ambient_w_per_k:g} cannot be")
    return build_pack(
        cell,
        series,
        parallel,
        capacity_factor=tables["capacity_factor"],
        resistance_factor=tables["resistance_factor"],
        joint_resistance=tables["joint_ohm"],
        rails=None if rail_mohm is None else even_rails(series, parallel, rail_mohm * 1e-3),
        thermal=grid_network(
            series,
            parallel,
            cell.heat_capacity,
            between_groups=0.0,
            within_group=0.0,
            to_ambient=ambient_w_per_k,
        ),
        bleed=None if bleed_ohm is None else Bleed(bleed_ohm, BLEED_ABOVE_LOWEST, 0.0),
        limits=Limits(
            voltage_min=cell.voltage_min if below is None else below,
            voltage_max=cell.voltage_max + 0.05,
            temperature_max=float("inf") if above is None else above + KELVIN,
        ),
    )


def _load(
    path: Path | None,
    constant: tuple[float | None, float],
    charge: tuple[float | None, float | None, float | None],
    dt: float,
) -> Load:
    """Make the load from a file, from one current, or from a charge."""
    from packcalc.pack import charge_cccv, constant_current
    from packline.foundation.errors import InputError, Problem

    current, duration = constant
    amps, volts, cutoff = charge
    options = "--current-a, --load, --charge-a"
    if sum(given is not None for given in (path, current, amps)) != 1:
        raise InputError([Problem(options, "", "", "give one of the three", "exactly one")])
    if (amps is None) != (volts is None) or (amps is None and cutoff is not None):
        both = Problem("--charge-a, --charge-v", "", "", "a charge needs current and voltage", "")
        raise InputError([both])
    try:
        if path is not None:
            return read_load(path, dt)
        if amps is not None and volts is not None:
            return charge_cccv(amps, volts, amps / 20 if cutoff is None else cutoff, dt)
        assert current is not None
        return constant_current(current, duration, dt)
    except ValueError as error:
        where = options if path is None else str(path)
        raise InputError([Problem(where=where, message=str(error))]) from error


def _figures(run: PackRun) -> dict[str, float]:
    """What a person asks of a run, each with its unit in the name."""
    energy = run.energy
    step = float(run.time[1] - run.time[0]) if run.time.size > 1 else 0.0
    group, warm = run.group_voltage[-1], run.temperature
    flows = run.cell_current[min(1, run.time.size - 1) :]  # row 0 is the pack at rest
    return {
        "time_s": float(run.time[-1]),
        "charge_ah": float(run.current[1:].sum()) * step / 3600,
        "energy_wh": energy.electric / 3600,
        "lost_in_cells_and_joints_wh": energy.cell_heat / 3600,
        "lost_in_rails_wh": energy.rail_heat / 3600,
        "bled_wh": energy.bled / 3600,
        "voltage_start_v": float(run.voltage[0]),
        "voltage_end_v": float(run.voltage[-1]),
        "voltage_lowest_v": float(run.voltage.min()),
        "group_spread_end_mv": 1e3 * float(group.max() - group.min()),
        "soc_end_pct": 100 * float(run.soc[-1].mean()),
        "temperature_end_degc": float(warm[-1].max()) - KELVIN,
        "temperature_spread_largest_k": float((warm.max((1, 2)) - warm.min((1, 2))).max()),
        "cell_current_highest_a": float(flows.max()),
        "cell_current_lowest_a": float(flows.min()),
    }
