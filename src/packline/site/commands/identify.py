"""`packline identify`: the parameter set of a cell, from pulse tests at several temperatures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from packline.site.options import JsonOption, ends_well, out, print_json

if TYPE_CHECKING:
    from packcalc.cell.heat import HeatIdentification
    from packcalc.cell.identify import Identification
    from packcalc.cell.records import CellTest

KELVIN = 273.15


@ends_well
def identify(
    files: Annotated[list[Path], typer.Argument(help="HPPC records (CSV), one per temperature.")],
    temperature_degc: Annotated[
        list[float], typer.Option(help="Temperature of each file, in the same order.")
    ],
    name: Annotated[str, typer.Option(help="Name of the set.")],
    voltage_min_v: Annotated[float, typer.Option(help="Lowest voltage of use.")],
    voltage_max_v: Annotated[float, typer.Option(help="Highest voltage of use.")],
    heat_capacity_j_per_k: Annotated[
        float | None, typer.Option(help="Heat capacity of the cell, if it is known.")
    ] = None,
    heat: Annotated[
        Path | None,
        typer.Option(
            help="Record that starts full and tells heat capacity and entropic coefficient: CSV "
            "with time_s, current_a (discharge positive), voltage_v, temperature_degc, "
            "ambient_degc."
        ),
    ] = None,
    relaxed_full_v: Annotated[
        float | None, typer.Option(help="Voltage when full after hours of rest, if measured.")
    ] = None,
    discharge_is_positive: Annotated[
        bool, typer.Option(help="The tester writes a discharge as a positive current.")
    ] = False,
    by_time: Annotated[
        bool,
        typer.Option(
            help="Let every second of a test count alike instead of every row: rests and long "
            "discharges decide, pulses less."
        ),
    ] = False,
    toml: Annotated[Path | None, typer.Option(help="Write the set here.")] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Draw the result here (.svg, .png, .pdf).")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Find open-circuit voltage, R0 and two RC pairs from pulse tests, with their confidence.

    Each test starts full, rests, and is drawn empty in pulses. Heat capacity is given or found
    from the temperature of a cell that is drawn and charged. Exit code 0: found. 2: a file or
    figure cannot be used; it is named.
    """
    from packcalc.cell import write_parameters
    from packcalc.cell.identify import identify as find
    from packcalc.cell.identify_plot import draw_identification
    from packline.foundation.errors import InputError, Problem

    if (heat is None) == (heat_capacity_j_per_k is None):
        options = "--heat-capacity-j-per-k, --heat"
        raise InputError([Problem(options, "", "", "give one of the two", "exactly one")])
    tests = _tests(files, temperature_degc, not discharge_is_positive)
    form = "" if plot is None else plot.suffix.lstrip(".").lower()
    if plot is not None and form not in ("svg", "png", "pdf"):
        raise InputError([Problem("--plot", "", str(plot), "unknown kind", ".svg, .png, .pdf")])
    try:
        found = find(
            tests,
            name=name,
            heat_capacity=heat_capacity_j_per_k or 1.0,
            voltage_min=voltage_min_v,
            voltage_max=voltage_max_v,
            relaxed_full_voltage=relaxed_full_v,
            by_time=by_time,
        )
    except ValueError as error:
        raise InputError([Problem(where="identification", message=str(error))]) from error
    warm = None
    if heat is not None:
        found, warm = _with_heat(found, heat)
    if toml is not None:
        toml.write_text(write_parameters(found.parameters), encoding="utf-8")
    if plot is not None:
        plot.write_bytes(draw_identification(found, form))
    if as_json:
        print_json(_document(found) | _heat_figures(warm))
    else:
        _print(found, _heat_figures(warm))


def _tests(files: list[Path], temperatures: list[float], charge_positive: bool) -> list[CellTest]:
    """Read all files; every problem is kept, so that one pass mends them all."""
    from packcalc.cell.records import parse_test
    from packline.foundation.errors import InputError, Problem

    if len(files) != len(temperatures):
        n = f"{len(files)} files, {len(temperatures)} temperatures"
        raise InputError([Problem("--temperature-degc", "", n, "must be as many as files")])
    problems, tests = [], []
    for path, degc in zip(files, temperatures, strict=True):
        try:
            text = path.read_text(encoding="utf-8-sig", errors="replace")
            tests.append(parse_test(text, path.name, degc + KELVIN, charge_positive))
        except OSError as error:
            problems.append(Problem(where=str(path), message=f"cannot be read: {error.strerror}"))
        except ValueError as error:
            problems.append(Problem(where=str(path), message=str(error)))
    if problems:
        raise InputError(problems)
    return tests


def _with_heat(found: Identification, path: Path) -> tuple[Identification, HeatIdentification]:
    """Put heat capacity and entropic coefficient of a record into the set."""
    import csv
    from dataclasses import replace

    import numpy as np

    from packcalc.cell.heat import identify_heat
    from packcalc.cell.records import CellTest
    from packline.foundation.errors import InputError, Problem

    names = ("time_s", "current_a", "voltage_v", "temperature_degc", "ambient_degc")
    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
        missing = [name for name in names if not rows or name not in rows[0]]
        if missing:
            raise ValueError(f"needs the columns {', '.join(missing)}")
        values = []
        for number, row in enumerate(rows, 2):
            try:
                values.append([float(row[name]) for name in names])
            except (TypeError, ValueError) as error:
                raise ValueError(f"row {number}: not numbers") from error
        table = np.array(values)
        kelvin = table[:, 3:] + KELVIN
        time, amps, volts = table[:, :3].T
        record = CellTest(path.name, time, amps, volts, float(kelvin[0, 1]))
        warm = identify_heat(record, kelvin[:, 0], kelvin[:, 1], found.parameters, 1.0)
    except OSError as error:
        problem = Problem(where=str(path), message=f"cannot be read: {error.strerror}")
        raise InputError([problem]) from error
    except ValueError as error:
        raise InputError([Problem(where=str(path), message=str(error))]) from error
    cell = found.parameters
    note = (
        f"heat capacity {warm.heat_capacity:.4g} +- {2 * warm.heat_capacity_error:.2g} J/K and "
        f"entropic coefficient from {path.name}, explained to {warm.rms:.2f} K rms"
    )
    whole = replace(
        cell,
        heat_capacity=warm.heat_capacity,
        entropic=np.interp(cell.soc, warm.soc, warm.entropic),
        provenance=(*cell.provenance, note),
    )
    error_there = np.interp(found.levels, warm.soc, warm.entropic_error)
    return replace(found, parameters=whole, entropic_error=error_there), warm


def _heat_figures(warm: HeatIdentification | None) -> dict[str, float]:
    if warm is None:
        return {}
    return {
        "heat_capacity_j_per_k": warm.heat_capacity,
        "heat_capacity_standard_error_j_per_k": warm.heat_capacity_error,
        "loss_w_per_k": warm.loss,
        "temperature_rms_k": warm.rms,
    }


def _document(found: Identification) -> dict[str, object]:
    cell = found.parameters
    return {
        "name": cell.name,
        "capacity_ah": cell.capacity / 3600,
        "tests": [
            {
                "file": left.name,
                "temperature_degc": left.temperature - KELVIN,
                "rms_mv": 1e3 * left.rms,
                "largest_mv": 1e3 * left.largest,
                "tau1_s": left.tau1,
                "tau2_s": left.tau2,
            }
            for left in found.residuals
        ],
        "levels_pct": (100 * found.levels).tolist(),
        "r0_standard_error_mohm": (1e3 * found.r0_error).tolist(),
        "r1_standard_error_mohm": (1e3 * found.r1_error).tolist(),
        "r2_standard_error_mohm": (1e3 * found.r2_error).tolist(),
        "provenance": list(cell.provenance),
    }


def _print(found: Identification, heat: dict[str, float]) -> None:
    import numpy as np

    cell = found.parameters
    table = Table(title=f"{cell.name}: {cell.capacity / 3600:.2f} Ah")
    heads = ("test", "degC", "rms mV", "largest mV", "tau1 s", "tau2 s", "R0 at 50 % mOhm")
    for head in heads:
        table.add_column(head, justify="left" if head == "test" else "right")
    for row, left in enumerate(found.residuals):
        ohms = 1e3 * float(np.interp(0.5, cell.soc, cell.r0[row]))
        error = 2e3 * float(np.interp(0.5, found.levels, found.r0_error[row]))
        table.add_row(
            left.name,
            f"{left.temperature - KELVIN:.0f}",
            f"{1e3 * left.rms:.2f}",
            f"{1e3 * left.largest:.1f}",
            f"{left.tau1:.0f}",
            f"{left.tau2:.0f}",
            f"{ohms:.3f} +- {error:.3f}",
        )
    out().print(table)
    for name, value in heat.items():
        out().print(f"{name}: {value:.4g}")
