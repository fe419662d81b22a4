"""Simulate one pack under a load."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from packcalc.cell.parameters import CellParameters
from packcalc.cell.tables import Tables, tabulate
from packcalc.pack import kernel
from packcalc.pack.endings import ENDINGS
from packcalc.pack.frame import LEDGER, Cells, Curves, Heat, Out, State, make_net, make_work
from packcalc.pack.load import Load
from packcalc.pack.model import Pack, ThermalNetwork

__all__ = ["EnergyLedger", "PackRun", "simulate"]

Array = NDArray[np.float64]

# Largest part of its own heat that a node may give away in one part of a step.
LARGEST_EXCHANGE = 0.25


@dataclass(frozen=True, slots=True)
class EnergyLedger:
    """Where the energy of a run went.

    ``chemical == electric + cell_heat + rail_heat + bled``, and
    ``warming == cell_heat + rail_heat + reversible - ambient``, both to rounding.

    Parameters
    ----------
    electric : float
        Out of the pack's terminals. [J]
    chemical : float
        Given by the cells: open-circuit voltage times current. [J]
    cell_heat : float
        Lost in cells and joints. It is counted while current flows; the little that an RC pair
        releases when it relaxes was counted when it was charged. [J]
    rail_heat : float
        Lost in the rails. [J]
    bled : float
        Taken by balancing resistors. [J]
    reversible : float
        Entropic heat; negative cools. [J]
    ambient : float
        Heat given to the ambient. [J]
    warming : float
        Rise of the heat content of all nodes. [J]
    """

    electric: float
    chemical: float
    cell_heat: float
    rail_heat: float
    bled: float
    reversible: float
    ambient: float
    warming: float


@dataclass(frozen=True, slots=True, eq=False)
class PackRun:
    """The course of a run; row 0 is the pack at rest before the load.

    Parameters
    ----------
    time : ndarray, shape (k,)
        Time since the start. [s]
    current : ndarray, shape (k,)
        Current out of the pack during the step that ended at this time. [A]
    voltage : ndarray, shape (k,)
        Voltage of the pack. [V]
    group_voltage : ndarray, shape (k, s)
        Voltage of each group at its sense leads. [V]
    cell_current : ndarray, shape (k, s, p)
        Current out of each cell at this time. [A]
    soc : ndarray, shape (k, s, p)
        State of charge. [1]
    temperature : ndarray, shape (k, s, p)
        Temperature of the cells. [K]
    other_temperature : ndarray, shape (k, node)
        Temperature of the nodes that are no cells. [K]
    steps : int
        Steps that were completed. [1]
    ended : int
        Code of the ending; see `because`. [-]
    because : str
        Why the run ended. [-]
    energy : EnergyLedger
        Where the energy went. [J]
    """

    time: Array
    current: Array
    voltage: Array
    group_voltage: Array
    cell_current: Array
    soc: Array
    temperature: Array
    other_temperature: Array
    steps: int
    ended: int
    because: str
    energy: EnergyLedger


def simulate(
    pack: Pack,
    load: Load,
    *,
    soc: ArrayLike,
    temperature: ArrayLike = 298.15,
    ambient: float | None = None,
    every: int = 1,
    beyond_current: bool = False,
    engine: str = "numba",
) -> PackRun:
    """Simulate a pack under a load until it ends, a limit cuts, or the parameters no longer hold.

    Parameters
    ----------
    pack : Pack
        The pack. [-]
    load : Load
        The load. [-]
    soc : array_like, shape (s, p), (s, 1) or ()
        State of charge at the start. [1]
    temperature : array_like, shape (s, p), (node,) or ()
        Temperature at the start. [K]
    ambient : float or None
        Temperature of the ambient; `None`: the mean temperature at the start. [K]
    every : int
        Keep a record every so many steps (and the last). [1]
    beyond_current : bool
        Whether the mean current per cell may exceed what the parameters were checked at. [-]
    engine : str
        "numba", or "numpy" for the slow twin. [-]

    Returns
    -------
    run : PackRun
        Course and ending. [-]

    Raises
    ------
    ValueError
        If the start or the current is outside of what the cell's parameters hold for.

    References
    ----------
    .. [1] G. L. Plett, Battery Management Systems, vol. I, Artech House 2015, ch. 2: the circuit
           and its exact update under constant current.
    .. [2] D. Bernardi, E. Pawlikowski and J. Newman, J. Electrochem. Soc. 132 (1985) 5-12,
           doi:10.1149/1.2113792: heat of a cell.

    Examples
    --------
    >>> from packcalc.cell import parameter_set
    >>> from packcalc.pack import build_pack, constant_current
    >>> pack = build_pack(parameter_set("leaf-2013"), 6, 2)
    >>> run = simulate(pack, constant_current(30.0, 600.0, 10.0), soc=0.9)
    >>> run.because, run.group_voltage.shape
    ('the load came to its end', (61, 6))
    """
    start = _start(pack, soc, temperature, ambient)
    if not beyond_current:
        _check_current(pack, load)
    if every < 1:
        raise ValueError(f"every = {every}: keep a record every 1 or more steps")
    tables = _tables(pack.cell, load.dt)
    if engine == "numpy":
        from packcalc.pack.twin import run_slowly

        found = run_slowly(pack, load, tables, start, every)
    elif engine == "numba":
        found = _run(pack, load, tables, start, every)
    else:
        raise ValueError(f'engine {engine!r} is neither "numba" nor "numpy"')
    return _result(pack, load, start, every, found)


@lru_cache(maxsize=16)
def _tables(cell: CellParameters, dt: float) -> Tables:
    """Tables of a cell, kept, because laying them out takes longer than a short run."""
    return tabulate(cell, dt)


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """State of a pack before the first step; temperatures of all nodes, cells first."""

    soc: Array
    temperature: Array
    ambient: float
    thermal: ThermalNetwork


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """What an engine returns: its records, and why it ended."""

    current: Array
    voltage: Array
    group: Array
    cell: Array
    soc: Array
    temperature: Array
    ledger: Array
    steps: int
    ended: int


def _start(pack: Pack, soc: ArrayLike, temperature: ArrayLike, ambient: float | None) -> Start:
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
                f"{name} {value[k]:g} of cell {k % pack.parallel} in group "
                f"{k // pack.parallel} is outside {low:g} to {high:g}, where {cell.name} holds"
            )
    around = float(kelvin.mean()) if ambient is None else float(ambient)
    if not np.isfinite(around):
        raise ValueError("ambient temperature is not finite")
    return Start(charge, kelvin, around, network)


def adiabatic(pack: Pack) -> ThermalNetwork:
    """Cells that keep their heat."""
    cells = pack.series * pack.parallel
    return ThermalNetwork(
        np.full(cells, pack.cell.heat_capacity),
        np.zeros((0, 2), dtype=np.int64),
        np.zeros(0),
        np.zeros(cells),
    )


def _check_current(pack: Pack, load: Load) -> None:
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


def limits_of(pack: Pack) -> Array:
    """Limits in the order of the kernels."""
    x = pack.limits
    return np.array(
        [x.voltage_min, x.voltage_max, x.discharge_max, x.charge_max, x.temperature_max, x.delay]
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
        tables.source,
        tables.circuit.reshape(len(tables.circuit), -1),
        cell.reference_temperature,
        cell.coulombic_efficiency,
        cell.self_discharge,
    )


def links_of(pack: Pack) -> tuple[Array, int, int]:
    """Conductance of the rails' links, and the columns of the leads."""
    if pack.rails is None:
        return np.zeros((pack.series + 1, 0)), 0, 0
    return 1 / pack.rails.resistance, pack.rails.positive_column, pack.rails.negative_column


def _run(pack: Pack, load: Load, tables: Tables, start: Start, every: int) -> Course:
    """Hand the arrays to the compiled kernel."""
    n, nodes, cell = start.soc.size, start.temperature.size, pack.cell
    rows = load.value.size // every + 2
    net = make_net(pack.series, pack.parallel, *links_of(pack))
    out = Out(
        np.zeros(rows),
        np.zeros(rows),
        np.zeros((rows, pack.series)),
        np.zeros((rows, n)),
        np.zeros((rows, n)),
        np.zeros((rows, nodes)),
    )
    ledger = np.zeros(LEDGER)
    thermal = start.thermal
    steps, ended = kernel.run_one(
        load.kind,
        load.value,
        load.charge_max,
        load.cutoff,
        load.dt,
        curves_of(cell, tables),
        Cells(
            load.dt / (cell.capacity * pack.capacity_factor.ravel()),
            pack.resistance_factor.ravel(),
            pack.joint_resistance.ravel(),
        ),
        net,
        Heat(
            thermal.capacity,
            thermal.edges,
            thermal.conductance,
            thermal.to_ambient,
            start.ambient,
            heat_parts(thermal, load.dt),
        ),
        bleed_of(pack),
        limits_of(pack),
        State(start.soc.copy(), np.zeros(n), np.zeros(n), start.temperature.copy()),
        make_work(net, nodes),
        every,
        out,
        ledger,
    )
    return Course(*out, ledger, int(steps), int(ended))


def _result(pack: Pack, load: Load, start: Start, every: int, found: Course) -> PackRun:
    """Cut the records to what was reached and give them their shapes."""
    if found.steps < 0:
        raise ValueError(f"before the first step: {ENDINGS[found.ended]}")
    marks = np.arange(0, found.steps + 1, every)
    closed = found.steps == load.value.size or found.ended in (1, 2, 3, 4, 5, 11)
    if closed and marks[-1] != found.steps:  # the last step has a record of its own
        marks = np.r_[marks, found.steps]
    rows, s, p = marks.size, pack.series, pack.parallel
    cells, warm = s * p, found.temperature[:rows]
    energy = [float(x) for x in found.ledger]
    warming = float(energy[2] + energy[3] + energy[5] - energy[6])
    if closed:
        warming = float(start.thermal.capacity @ (warm[-1] - start.temperature))
    return PackRun(
        time=marks.astype(np.float64) * load.dt,
        current=found.current[:rows],
        voltage=found.voltage[:rows],
        group_voltage=found.group[:rows],
        cell_current=found.cell[:rows].reshape(rows, s, p),
        soc=found.soc[:rows].reshape(rows, s, p),
        temperature=warm[:, :cells].reshape(rows, s, p),
        other_temperature=warm[:, cells:],
        steps=found.steps,
        ended=found.ended,
        because=ENDINGS[found.ended],
        energy=EnergyLedger(
            energy[0], energy[1], energy[2], energy[3], energy[4], energy[5], energy[6], warming
        ),
    )
