"""The Nissan Leaf cell and pack measured at ORNL: how its files are read, and its thermal path.

Data: batterysim/equiv-circ-model (MIT). Three modules, each 2S2P, in series: six groups of two.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from packcalc.cell.heat import HeatIdentification, identify_heat
from packcalc.cell.identify import Identification, identify
from packcalc.cell.parameters import CellParameters
from packcalc.cell.records import CellTest, parse_test, relaxed_voltage
from packcalc.pack import ThermalNetwork

Array = NDArray[np.float64]

DATA = Path(__file__).parents[1].parent / "shared" / "data" / "leaf"
HPPC = {"10c": 283.15, "25c-2": 298.15, "40c-1": 313.15}
KELVIN = 273.15

# From the parameter files of the data's source: 1600 J/(kg K), 0.799 kg; only until the heat
# capacity is found from the cell's own temperature.
FIRST_HEAT_CAPACITY = 1600 * 0.799
# From the same files: free air, W/(m2 K). The cell's own test stood in a fan's wind (19 W/(m2 K)).
FILM = 9.5
# A module is a can of 11.93 x 8.78 x 1.38 in around four flat cells (AESC, quoted by qnovo.com,
# "Inside the battery of a Nissan Leaf", 2015); that the three stand in free air is assumed.
MODULE_SURFACE = 2 * (0.303 * 0.223 + 0.303 * 0.035 + 0.223 * 0.035)
# Flat cells lie on each other: 0.06 m2, 7 mm between middles, 0.7 W/(m K) assumed; the exact
# value hardly matters, as the cells of a module are close to one temperature.
BETWEEN_CELLS = 0.7 * 0.290 * 0.216 / 0.007


@dataclass(frozen=True)
class ModuleRun:
    """One discharge of the three modules."""

    name: str
    time: Array  # [s]
    current: Array  # positive on discharge [A]
    group: Array  # (n, 6) [V]
    temperature: Array  # (n, 3) [K]


def read_module(path: Path) -> ModuleRun:
    """Read a module file; a bad row is named."""
    rows = list(csv.reader(path.read_text(encoding="latin-1").splitlines()))
    try:
        start = next(k for k, row in enumerate(rows) if row and row[0] == "Total Time")
    except StopIteration:
        raise ValueError(f"{path}: no line starts with 'Total Time'") from None
    head = rows[start]
    wanted = ["Total Time", "Current"]
    wanted += [f"Cell Voltage A{k}" for k in range(1, 7)]
    wanted += [f"Temperature A{k}" for k in range(1, 4)]
    missing = [name for name in wanted if name not in head]
    if missing:
        raise ValueError(f"{path}: header has no column {', '.join(missing)}")
    columns = [head.index(name) for name in wanted]
    values = []
    for number, row in enumerate(rows[start + 1 :], start + 2):
        if not any(cell.strip() for cell in row):
            continue
        try:
            values.append([float(row[k]) for k in columns])
        except (ValueError, IndexError):
            raise ValueError(f"{path}: line {number} is not numbers: {row[:3]}") from None
        for name, value in zip(wanted, values[-1], strict=True):
            if not np.isfinite(value):
                raise ValueError(f"{path}: line {number}: {name} = {value:g} is not finite")
    if len(values) < 2:
        raise ValueError(f"{path}: fewer than two rows")
    table = np.array(values)
    fresh = np.r_[True, np.diff(table[:, 0]) > 0]
    table = table[fresh]
    return ModuleRun(path.name, table[:, 0], -table[:, 1], table[:, 2:8], table[:, 8:11] + KELVIN)


def warm_leaf(cell: CellParameters, folder: Path = DATA) -> HeatIdentification:
    """Find heat capacity and entropic coefficient from the cell's temperature over four cycles.

    The record of temperature (three sensors on the cell, one in the air) has no clock. Its four
    peaks stand where the four discharges end, which lays its rows on the tester's time: 3.00 s a
    row, the peaks within 14 s.
    """
    path = folder / "cell-discharge-bitrode-1c.csv"
    test = parse_test(path.read_text(), path.name, 298.15)
    sensors = np.loadtxt(folder / "cell-discharge-temperature-1c.lvm")
    surface = sensors[:, :3].mean(axis=1)
    drawn = test.current > 20
    ends = np.flatnonzero(drawn[:-1] & ~drawn[1:])
    smooth = np.convolve(surface, np.ones(5) / 5, "same")
    near = np.round(test.time[ends] / test.time[-1] * surface.size).astype(int)
    peaks = [k - 400 + int(np.argmax(smooth[k - 400 : k + 400])) for k in near]
    clock = np.polyval(np.polyfit(peaks, test.time[ends], 1), np.arange(surface.size))
    start = int(np.flatnonzero(drawn)[0]) - 1  # charged full, rested, not yet drawn
    after = slice(start, None)
    cut = CellTest(
        test.name,
        test.time[after] - test.time[start],
        np.r_[0.0, test.current[start + 1 :]],
        test.voltage[after],
        298.15,
    )
    warm, air = (
        np.interp(test.time[after], clock, column) + KELVIN for column in (surface, sensors[:, 3])
    )
    return identify_heat(cut, warm, air, cell, 1.0)


def identify_leaf(folder: Path = DATA, by_time: bool = False) -> Identification:
    """Identify the cell from its three HPPC tests, its longest rest when full, and its warmth."""
    found = identify_circuit(folder, by_time)
    cell = found.parameters
    warm = warm_leaf(cell, folder)
    notes = (
        f"heat capacity {warm.heat_capacity:.0f} +- {2 * warm.heat_capacity_error:.0f} J/K and "
        "entropic coefficient from the cell's surface temperature over four charges and "
        f"discharges (cell-discharge-temperature-1c.lvm), explained to {warm.rms:.2f} K rms",
    )
    return replace(
        found,
        parameters=replace(
            cell,
            heat_capacity=warm.heat_capacity,
            entropic=np.interp(cell.soc, warm.soc, warm.entropic),
            provenance=cell.provenance + notes,
        ),
        entropic_error=np.interp(found.levels, warm.soc, warm.entropic_error),
    )


def identify_circuit(folder: Path = DATA, by_time: bool = False) -> Identification:
    """Identify the circuit from the three HPPC tests and the longest rest when full."""
    tests = []
    for key, temperature in HPPC.items():
        path = folder / f"cell-low-current-hppc-{key}.csv"
        tests.append(parse_test(path.read_text(), path.name, temperature))
    rest = folder / "cell-discharge-bitrode-2c.csv"
    full, after = relaxed_voltage(parse_test(rest.read_text(), rest.name, 298.15))
    return identify(
        tests,
        name="leaf-2013",
        heat_capacity=FIRST_HEAT_CAPACITY,
        voltage_min=2.5,
        voltage_max=4.2,
        relaxed_full_voltage=full,
        temperature_range=(278.15, 333.15),
        by_time=by_time,
        provenance=(
            "Nissan Leaf 2013 pouch cell (LMO blend against graphite), measured at ORNL; data of "
            "batterysim/equiv-circ-model (MIT)",
            f"relaxed voltage when full: {full:.4f} V, to which the last rest of {rest.name} "
            f"(4.6 h) tends with a time constant of {after:.0f} s",
            "voltage limits: 4.2 V as charged there; 2.5 V is assumed, the tests stop at 3.0 V",
        ),
    )


def leaf_thermal(cell: CellParameters) -> ThermalNetwork:
    """Six groups of two cells; four cells to a module, joined face to face, each can in air."""
    cells = 12
    edges = [(k, k + 1) for k in range(cells - 1) if k // 4 == (k + 1) // 4]
    return ThermalNetwork(
        np.full(cells, cell.heat_capacity),
        np.array(edges, dtype=np.int64),
        np.full(len(edges), BETWEEN_CELLS),
        np.full(cells, FILM * MODULE_SURFACE / 4),
    )
