"""Predict the six groups of a real pack from tests on one cell: `leaf_pack.py FILE...`.

The cell is identified from tests on one cell: the circuit from HPPC, the heat from its warmth.
Every second of a test counts alike (`--by-rows`: every row, of which the pulses have most).
Each group starts at the state of charge of its own rest voltage, and is predicted four times:
`nominal_capacity`, the tested cell's; `own_capacity`, from the 0.3C run (the figure to hold
against the goal); with the resistance of the first minute of the 0.3C run besides; with capacity
and resistance both fitted to the 0.3C run. Nothing is fitted to any other run. Prints JSON: rms,
largest and temperature error.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.leaf import DATA, ModuleRun, identify_leaf, leaf_thermal, read_module

from packcalc.cell.parameters import CellParameters, open_circuit_voltage, soc_at_rest
from packcalc.pack import Limits, build_pack, follow_current, simulate
from packcalc.pack.simulate import PackRun

Array = NDArray[np.float64]

ABOVE = 0.10  # state of charge above which the goal holds


def predict(
    cell: CellParameters, run: ModuleRun, capacity: Array, resistance: Array, step: float = 1.0
) -> PackRun:
    """Simulate the whole pack under the current that flowed."""
    module = run.temperature[0]
    kelvin = float(module.mean())
    low, high = open_circuit_voltage(cell, [cell.soc_min, cell.soc_max], kelvin)
    soc = soc_at_rest(cell, np.clip(resting(run), low, high), kelvin)
    pack = build_pack(
        cell,
        6,
        2,
        capacity_factor=np.repeat(capacity[:, None], 2, axis=1),
        resistance_factor=np.repeat(resistance[:, None], 2, axis=1),
        thermal=leaf_thermal(cell),
        limits=Limits(),
    )
    return simulate(
        pack,
        follow_current(run.time, np.r_[run.current[1:], 0.0], step),
        soc=soc[:, None],
        temperature=np.repeat(module, 4),
        ambient=kelvin,
        beyond_current=True,
    )


def rest_rows(run: ModuleRun) -> int:
    """Rows before the first current; none if the file begins under load."""
    busy = np.flatnonzero(np.abs(run.current) > 0.02 * np.abs(run.current).max())
    return int(busy[0]) if busy.size else run.time.size


def resting(run: ModuleRun) -> Array:
    """Voltage of each group before the first current; the first row if there is no rest."""
    return np.asarray(run.group[: max(rest_rows(run), 1)].mean(axis=0))


def errors(run: ModuleRun, found: PackRun, group: int) -> tuple[Array, Array]:
    """Modelled minus measured voltage, and which rows lie above the state of charge."""
    time = run.time - run.time[0]
    inside = time <= found.time[-1]
    volts = np.interp(time[inside], found.time, found.group_voltage[:, group])
    soc = np.interp(time[inside], found.time, found.soc[:, group].mean(axis=1))
    return volts - run.group[inside, group], soc > ABOVE


def own_resistance(cell: CellParameters, run: ModuleRun) -> Array:
    """Factors of resistance from the fall of voltage in the first minute of a run; no capacity.

    In a minute at 0.3C the state of charge moves by half a percent, so that this is a measurement
    of resistance: least squares of one factor per group through the falls, measured and modelled.
    """
    found = predict(cell, run, np.ones(6), np.ones(6))
    time = run.time - run.time[0]
    start = int(np.flatnonzero(np.abs(run.current) > 0.5 * np.abs(run.current).max())[0])
    first = slice(start, int(np.searchsorted(time, time[start] + 60.0)))
    rest = resting(run)
    factors = np.ones(6)
    for group in range(6):
        modelled = found.group_voltage[0, group] - np.interp(
            time[first], found.time, found.group_voltage[:, group]
        )
        fallen = rest[group] - run.group[first, group]
        factors[group] = float(modelled @ fallen / (modelled @ modelled))
    return factors


def from_slow_run(
    cell: CellParameters,
    run: ModuleRun,
    resistance: Array | None = None,
    step: float = 5.0,
) -> tuple[Array, Array]:
    """Factors of capacity with which each group fits this run best; of resistance if not given.

    Gauss-Newton on all six groups at once, for they touch each other by heat only.
    """
    ohms_too = resistance is None
    x = np.column_stack([np.full(6, 0.97), np.ones(6) if resistance is None else resistance])
    for _ in range(6):
        here = predict(cell, run, x[:, 0], x[:, 1], step)
        aside = [predict(cell, run, x[:, 0] + 2e-3, x[:, 1], step)]
        if ohms_too:
            aside.append(predict(cell, run, x[:, 0], x[:, 1] + 2e-2, step))
        for group in range(6):
            error, above = errors(run, here, group)
            columns = []
            for moved, by in zip(aside, (2e-3, 2e-2), strict=False):
                other, _ = errors(run, moved, group)
                rows = min(error.size, other.size)
                columns.append((other[:rows] - error[:rows])[above[:rows]] / by)
            rows = min(column.size for column in columns)
            slope = np.column_stack([column[:rows] for column in columns])
            move = np.linalg.lstsq(slope, -error[above][:rows], rcond=None)[0]
            x[group, : move.size] += np.clip(move, -0.1, 0.1)
    return x[:, 0], x[:, 1]


def report(
    cell: CellParameters, run: ModuleRun, capacity: Array, resistance: Array
) -> dict[str, object]:
    """Errors of one file with one choice of capacities and resistances."""
    found = predict(cell, run, capacity, resistance)
    groups = []
    for group in range(6):
        error, above = errors(run, found, group)
        groups.append(
            {
                "capacity_ah": round(2 * cell.capacity * capacity[group] / 3600, 2),
                "resistance_ratio": round(float(resistance[group]), 3),
                "rms_mv": round(1e3 * float(np.sqrt(np.mean(error[above] ** 2))), 1),
                "max_mv": round(1e3 * float(np.abs(error[above]).max()), 1),
            }
        )
    time = run.time - run.time[0]
    inside = time <= found.time[-1]
    modules = []
    for k in range(3):
        kelvin = found.temperature[:, 2 * k : 2 * k + 2].mean(axis=(1, 2))
        error = np.interp(time[inside], found.time, kelvin) - run.temperature[inside, k]
        modules.append(
            {
                "rms_k": round(float(np.sqrt(np.mean(error**2))), 2),
                "max_k": round(float(np.abs(error).max()), 2),
            }
        )
    return {
        "groups": groups,
        "worst_rms_mv": max(g["rms_mv"] for g in groups),
        "temperature": modules,
        "worst_temperature_k": max(m["max_k"] for m in modules),
        "covered_s": round(float(found.time[-1]), 1),
        "measured_s": round(float(time[-1]), 1),
        "ended": found.because,
    }


def is_slow(run: ModuleRun) -> bool:
    """Say whether a run is the 0.3C run (19.5 A)."""
    return abs(float(np.median(run.current)) - 19.5) < 1.0


def main() -> int:
    """Read the files, identify, predict, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--cell-data", type=Path, default=DATA, help="folder of the HPPC tests")
    parser.add_argument(
        "--capacity-from", type=Path, help="0.3C run (default: among FILE, or data)"
    )
    parser.add_argument("--by-rows", action="store_true", help="every row of a test counts alike")
    args = parser.parse_args()
    try:
        runs = [read_module(path) for path in args.files]
        cell = identify_leaf(args.cell_data, not args.by_rows).parameters
        slow = next((run for run in runs if is_slow(run)), None)
        given = args.capacity_from or args.cell_data / "module123-irdischarge-65ah-0_3c.csv"
        if args.capacity_from or (slow is None and given.exists()):
            slow = read_module(given)
    except (OSError, ValueError) as error:
        print(f"leaf_pack: {error}", file=sys.stderr)
        return 2
    one = np.ones(6)
    choices = {"nominal_capacity": (one, one)}
    if slow is not None:
        first_drop = own_resistance(cell, slow)
        choices["own_capacity"] = from_slow_run(cell, slow, one)
        choices["own_capacity_and_first_drop"] = from_slow_run(cell, slow, first_drop)
        choices["own_capacity_and_resistance"] = from_slow_run(cell, slow)
    out: dict[str, object] = {
        "identified_by": "rows" if args.by_rows else "time",
        "from_0.3c_run": None if slow is None else slow.name,
    }
    files = []
    for run in runs:
        amps = float(run.current[np.argmax(np.abs(run.current))])
        entry: dict[str, object] = {
            "file": run.name,
            "largest_current_a": round(amps, 2),
            "beyond_checked_current": float(run.current.max()) / 2 > cell.current_discharge_max
            or float(-run.current.min()) / 2 > cell.current_charge_max,
        }
        if rest_rows(run) == 0:
            entry["note"] = "begins under load: its state of charge is not that of a rest voltage"
        for name, (capacity, resistance) in choices.items():
            try:
                entry[name] = report(cell, run, capacity, resistance)
            except ValueError as error:
                print(f"leaf_pack: {run.name}: {error}", file=sys.stderr)
                return 2
        files.append(entry)
    out["files"] = files
    print(json.dumps(out, indent=1))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
