"""The Nissan Leaf cell and pack measured at ORNL: how its files are read, and its thermal path.

Data: batterysim/equiv-circ-model (MIT). Three modules, each 2S2P, in series: six groups of two.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from packcalc.cell.identify import Identification, identify
from packcalc.cell.parameters import CellParameters
from packcalc.cell.records import parse_test, relaxed_voltage
from packcalc.pack import ThermalNetwork

Array = NDArray[np.float64]

DATA = Path(__file__).parents[1].parent / "shared" / "data" / "leaf"
HPPC = {"10c": 283.15, "25c-2": 298.15, "40c-1": 313.15}
KELVIN = 273.15

# From the parameter files of the data's source: 1600 J/(kg K), 9.5 W/(m2 K), 0.799 kg.
HEAT_CAPACITY = 1600 * 0.799
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
    if len(values) < 2:
        raise ValueError(f"{path}: fewer than two rows")
    table = np.array(values)
    fresh = np.r_[True, np.diff(table[:, 0]) > 0]
    table = table[fresh]
    return ModuleRun(path.name, table[:, 0], -table[:, 1], table[:, 2:8], table[:, 8:11] + KELVIN)


def identify_leaf(folder: Path = DATA) -> Identification:
    """Identify the cell from its three HPPC tests and its longest rest when full."""
    tests = []
    for key, temperature in HPPC.items():
        path = folder / f"cell-low-current-hppc-{key}.csv"
        tests.append(parse_test(path.read_text(), path.name, temperature))
    rest = folder / "cell-discharge-bitrode-2c.csv"
    full, after = relaxed_voltage(parse_test(rest.read_text(), rest.name, 298.15))
    return identify(
        tests,
        name="leaf-2013",
        heat_capacity=HEAT_CAPACITY,
        voltage_min=2.5,
        voltage_max=4.2,
        relaxed_full_voltage=full,
        temperature_range=(278.15, 333.15),
        provenance=(
            "Nissan Leaf 2013 pouch cell (LMO blend against graphite), measured at ORNL; data of "
            "batterysim/equiv-circ-model (MIT)",
            f"relaxed voltage when full: {full:.4f} V, to which the last rest of {rest.name} "
            f"(4.6 h) tends with a time constant of {after:.0f} s",
            "heat capacity: 1600 J/(kg K) times 0.799 kg, as in that repository's parameters",
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
