"""`packline identify`: the parameter set of a cell, from pulse tests at several temperatures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from packline.site.options import JsonOption, ends_well, out, print_json

if TYPE_CHECKING:
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
    heat_capacity_j_per_k: Annotated[float, typer.Option(help="Heat capacity of the cell.")],
    voltage_min_v: Annotated[float, typer.Option(help="Lowest voltage of use.")],
    voltage_max_v: Annotated[float, typer.Option(help="Highest voltage of use.")],
    relaxed_full_v: Annotated[
        float | None, typer.Option(help="Voltage when full after hours of rest, if measured.")
    ] = None,
    discharge_is_positive: Annotated[
        bool, typer.Option(help="The tester writes a discharge as a positive current.")
    ] = False,
    toml: Annotated[Path | None, typer.Option(help="Write the set here.")] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Draw the result here (.svg, .png, .pdf).")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Find open-circuit voltage, R0 and two RC pairs from pulse tests, with their confidence.

    Each test starts full, rests, and is drawn empty in pulses. Exit code 0: found. 2: a file or
    figure cannot be used; it is named.
    """
    from packcalc.cell import write_parameters
    from packcalc.cell.identify import identify as find
    from packcalc.cell.identify_plot import draw_identification
    from packline.foundation.errors import InputError, Problem

    tests = _tests(files, temperature_degc, not discharge_is_positive)
    form = "" if plot is None else plot.suffix.lstrip(".").lower()
    if plot is not None and form not in ("svg", "png", "pdf"):
        raise InputError([Problem("--plot", "", str(plot), "unknown kind", ".svg, .png, .pdf")])
    try:
        found = find(
            tests,
            name=name,
            heat_capacity=heat_capacity_j_per_k,
            voltage_min=voltage_min_v,
            voltage_max=voltage_max_v,
            relaxed_full_voltage=relaxed_full_v,
        )
    except ValueError as error:
        raise InputError([Problem(where="identification", message=str(error))]) from error
    if toml is not None:
        toml.write_text(write_parameters(found.parameters), encoding="utf-8")
    if plot is not None:
        plot.write_bytes(draw_identification(found, form))
    if as_json:
        print_json(_document(found))
    else:
        _print(found)


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


def _print(found: Identification) -> None:
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
