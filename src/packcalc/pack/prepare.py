"""Check what a simulation starts from, and lay it out for the kernels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from packcalc.cell.parameters import CellParameters
from packcalc.cell.tables import Tables, tabulate
from packcalc.pack.frame import Curves, Heat
from packcalc.pack.load import Load
from packcalc.pack.model import Pack, ThermalNetwork

Array = NDArray[np.float64]

# Largest part of its own heat that a node may give away in one part of a step.
LARGEST_EXCHANGE = 0.25


@lru_cache(maxsize=16)
def tables_of(cell: CellParameters, dt: float) -> Tables:
    """Tables of a cell, kept, because laying them out takes longer than a short run."""
    return tabulate(cell, dt)


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """State of a pack before the first step; temperatures of all nodes, cells first."""

    soc: Array
    pairs: Array  # (2, cells): voltages of the RC pairs
    temperature: Array
    ambient: float
    thermal: ThermalNetwork


def start_of(
    pack: Pack,
    soc: ArrayLike,
    temperature: ArrayLike,
    ambient: float | None,
    pairs: ArrayLike | None = None,
) -> Start:
    """Spread the start over all cells and nodes, and check it."""
    shape, cells = (pack.series, pack.parallel), pack.series * pack.parallel
    network = pack.thermal or adiabatic(pack)
    charge = np.array(np.broadcast_to(np.asarray(soc, float), shape)).ravel()
    warm = np.asarray(temperature, float)
    nodes = network.capacity.size
    if warm.shape == shape and nodes == cells:
        warm = warm.ravel()
    if warm.shape not in ((), (nodes,)):
        raise ValueError(f"temperature has shape {warm.shape}; nodes: {nodes}")
    kelvin = np.array(np.broadcast_to(warm, (nodes,)), dtype=np.float64)
    cell = pack.cell
    for name, value, low, high in (
        ("state of charge", charge, cell.soc_min, cell.soc_max),
        ("temperature [K]", kelvin[:cells], cell.temperature_min, cell.temperature_max),
    ):
        bad = ~((value >= low) & (value <= high))
        if bad.any():
            k = int(np.flatnonzero(bad)[0])
            raise ValueError(
                f"{name} {value[k]:g} of cell {k % pack.parallel + 1} in group "
                f"{k // pack.parallel + 1} is outside {low:g} to {high:g}, where {cell.name} holds"
            )
    around = float(kelvin.mean()) if ambient is None else float(ambient)
    if not np.isfinite(around):
        raise ValueError("ambient temperature is not finite")
    relaxing = np.zeros((2, cells))
    if pairs is not None:
        given = np.asarray(pairs, float)
        if given.shape != (2, *shape) or not np.isfinite(given).all():
            raise ValueError(f"pairs need finite voltages of shape {(2, *shape)}")
        relaxing = given.reshape(2, cells).copy()
    return Start(charge, relaxing, kelvin, around, network)


def adiabatic(pack: Pack) -> ThermalNetwork:
    """Cells that keep their heat."""
    cells = pack.series * pack.parallel
    return ThermalNetwork(
        np.full(cells, pack.cell.heat_capacity),
        np.zeros((0, 2), dtype=np.int64),
        np.zeros(0),
        np.zeros(cells),
    )


def check_current(pack: Pack, load: Load) -> None:
    """Refuse currents beyond those at which the parameters were checked."""
    cell, p = pack.cell, pack.parallel
    if load.kind == 0:
        out, back = float(load.value.max()) / p, float(-load.value.min()) / p
    elif load.kind == 1:
        least = pack.series * cell.voltage_min
        out, back = float(load.value.max()) / least / p, float(-load.value.min()) / least / p
    else:
        out, back = 0.0, load.charge_max / p
    for word, asked, most in (
        ("discharge", out, cell.current_discharge_max),
        ("charge", back, cell.current_charge_max),
    ):
        if asked > most * (1 + 1e-9):
            raise ValueError(
                f"{word} at {asked:.4g} A per cell is beyond {most:.4g} A, the largest at which "
                f"{cell.name} was checked; beyond_current=True goes there at your own risk"
            )


def heat_parts(network: ThermalNetwork, dt: float) -> int:
    """Number of parts of a step in which heat is exchanged, so that it is stable and smooth."""
    total = network.to_ambient.copy()
    np.add.at(total, network.edges[:, 0], network.conductance)
    np.add.at(total, network.edges[:, 1], network.conductance)
    return max(int(np.ceil(float((total / network.capacity).max()) * dt / LARGEST_EXCHANGE)), 1)


def plain(values: ArrayLike) -> Array:
    """Return numbers as the kernels know them: contiguous, writable, float64.

    Numba compiles a kernel anew, for some ten seconds, for each form that an argument can have;
    read-only is a form of its own.
    """
    return np.require(values, np.float64, ["C", "W"])


def limits_of(pack: Pack) -> Array:
    """Limits in the order of the kernels."""
    x = pack.limits
    return np.array(
        [x.voltage_min, x.voltage_max, x.discharge_max, x.charge_max, x.temperature_max, x.delay]
    )


def heat_of(thermal: ThermalNetwork, ambient: float, dt: float) -> Heat:
    """Thermal network in the form of the kernels."""
    return Heat(
        plain(thermal.capacity),
        np.require(thermal.edges, np.int64, ["C", "W"]),
        plain(thermal.conductance),
        plain(thermal.to_ambient),
        float(ambient),
        heat_parts(thermal, dt),
    )


def bleed_of(pack: Pack) -> Array:
    """Bleed in the order of the kernels; no resistance means none."""
    x = pack.bleed
    return np.zeros(3) if x is None else np.array([x.resistance, x.above_lowest, x.only_above])


def curves_of(cell: CellParameters, tables: Tables) -> Curves:
    """Tables in the form of the kernels."""
    grid = [
        tables.soc_low,
        1 / tables.soc_step,
        tables.temperature_low,
        1 / tables.temperature_step,
    ]
    return Curves(
        np.array(grid),
        plain(tables.source),
        plain(tables.circuit.reshape(len(tables.circuit), -1)),
        float(cell.reference_temperature),
        float(cell.coulombic_efficiency),
        float(cell.self_discharge),
    )


def links_of(pack: Pack) -> tuple[Array, int, int]:
    """Conductance of the rails' links, and the columns of the leads."""
    if pack.rails is None:
        return np.zeros((pack.series + 1, 0)), 0, 0
    return 1 / pack.rails.resistance, pack.rails.positive_column, pack.rails.negative_column
