"""Predict the six groups of a real pack from tests on one cell: `leaf_pack.py FILE...`.

The cell is identified from its HPPC tests. Each group starts at the state of charge of its own
rest voltage, and is predicted three times: with the cell's nominal capacity; with its own
capacity, from the 0.3C run; with its own capacity and resistance, both from the 0.3C run. Nothing
is fitted to the other runs. Prints JSON: rms, largest and temperature error.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.leaf import DATA, ModuleRun, identify_leaf, leaf_thermal, read_module

from packcalc.cell.parameters import CellParameters, soc_at_rest
from packcalc.pack import Limits, build_pack, follow_current, simulate
from packcalc.pack.simulate import PackRun

Array = NDArray[np.float64]

ABOVE = 0.10  # state of charge above which the goal holds


def predict(
    cell: CellParameters, run: ModuleRun, capacity: Array, resistance: Array, step: float = 1.0
) -> PackRun:
    """Simulate the whole pack under the current that flowed."""
    soc = soc_at_rest(cell, np.minimum(run.group[0], float(cell.ocv[-1])))
    module = run.temperature[0]
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
        ambient=float(module.mean()),
        beyond_current=True,
    )


def errors(run: ModuleRun, found: PackRun, group: int) -> tuple[Array, Array]:
    """Modelled minus measured voltage, and which rows lie above the state of charge."""
    time = run.time - run.time[0]
    inside = time <= found.time[-1]
    volts = np.interp(time[inside], found.time, found.group_voltage[:, group])
    soc = np.interp(time[inside], found.time, found.soc[:, group].mean(axis=1))
    return volts - run.group[inside, group], soc > ABOVE


def from_slow_run(cell: CellParameters, run: ModuleRun, ohms_too: bool) -> tuple[Array, Array]:
    """Factors of capacity (and of resistance) with which each group fits this run best."""
    capacity, resistance = np.ones(6), np.ones(6)
    for group in range(6):  # groups touch each other by heat only

        def misfit(x: Array, group: int = group) -> float:
            trial, ohms = capacity.copy(), resistance.copy()
            trial[group] = x[0]
            ohms[group] = x[1] if ohms_too else 1.0
            if x.min() < 0.3:
                return 1.0
            error, above = errors(run, predict(cell, run, trial, ohms, 5.0), group)
            return float(np.sqrt(np.mean(error[above] ** 2)))

        first = np.array([0.97, 0.9]) if ohms_too else np.array([0.97])
        found = minimize(
            misfit, first, method="Nelder-Mead", options={"xatol": 5e-4, "fatol": 1e-6}
        )
        capacity[group] = found.x[0]
        if ohms_too:
            resistance[group] = found.x[1]
    return capacity, resistance


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
    args = parser.parse_args()
    try:
        runs = [read_module(path) for path in args.files]
        cell = identify_leaf(args.cell_data).parameters
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
        choices["own_capacity"] = from_slow_run(cell, slow, ohms_too=False)
        choices["own_capacity_and_resistance"] = from_slow_run(cell, slow, ohms_too=True)
    out: dict[str, object] = {"from_0.3c_run": None if slow is None else slow.name}
    files = []
    for run in runs:
        amps = float(np.median(run.current))
        entry: dict[str, object] = {
            "file": run.name,
            "current_a": round(amps, 2),
            "beyond_checked_current": amps / 2 > cell.current_discharge_max,
        }
        for name, (capacity, resistance) in choices.items():
            entry[name] = report(cell, run, capacity, resistance)
        files.append(entry)
    out["files"] = files
    print(json.dumps(out, indent=1))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
