"""Simulate one pack under a load."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from packcalc.cell.tables import Tables
from packcalc.pack import kernel
from packcalc.pack.endings import ENDINGS
from packcalc.pack.frame import LEDGER, Cells, Course, Out, State, make_net, make_work
from packcalc.pack.load import Load
from packcalc.pack.model import Pack
from packcalc.pack.prepare import (
    Start,
    bleed_of,
    check_current,
    curves_of,
    heat_of,
    limits_of,
    links_of,
    plain,
    start_of,
    tables_of,
)
from packcalc.pack.twin import run_slowly

__all__ = ["EnergyLedger", "PackRun", "simulate"]

Array = NDArray[np.float64]


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
    pairs : ndarray, shape (2, s, p)
        Voltages of the RC pairs at the end, with which another run can go on. [V]
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
    pairs: Array


def simulate(
    pack: Pack,
    load: Load,
    *,
    soc: ArrayLike,
    temperature: ArrayLike = 298.15,
    ambient: float | None = None,
    pairs: ArrayLike | None = None,
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
    pairs : array_like, shape (2, s, p), or None
        Voltages of the RC pairs at the start, to go on from another run; `None`: at rest. [V]
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
    start = start_of(pack, soc, temperature, ambient, pairs)
    if not beyond_current:
        check_current(pack, load)
    if every < 1:
        raise ValueError(f"every = {every}: keep a record every 1 or more steps")
    tables = tables_of(pack.cell, load.dt)
    if engine == "numpy":
        found = run_slowly(pack, load, tables, start, every)
    elif engine == "numba":
        found = _run(pack, load, tables, start, every)
    else:
        raise ValueError(f'engine {engine!r} is neither "numba" nor "numpy"')
    return _result(pack, load, start, every, found)


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
    pairs = start.pairs.copy()
    steps, ended = kernel.run_one(
        int(load.kind),
        plain(load.value),
        float(load.charge_max),
        float(load.cutoff),
        float(load.dt),
        curves_of(cell, tables),
        Cells(
            load.dt / (cell.capacity * pack.capacity_factor.ravel()),
            plain(pack.resistance_factor.ravel()),
            plain(pack.joint_resistance.ravel()),
        ),
        net,
        heat_of(start.thermal, start.ambient, load.dt),
        bleed_of(pack),
        limits_of(pack),
        State(start.soc.copy(), pairs[0], pairs[1], start.temperature.copy()),
        make_work(net, nodes),
        every,
        out,
        ledger,
    )
    return Course(*out, ledger, int(steps), int(ended), pairs)


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
        pairs=found.pairs.reshape(2, s, p),
    )
