"""Simulate many packs of one design under one load."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import ArrayLike, NDArray

from packcalc.pack import lanes
from packcalc.pack import lanes_network as figures
from packcalc.pack.frame import Cells, State, make_net
from packcalc.pack.load import Load
from packcalc.pack.model import Pack
from packcalc.pack.prepare import (
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

__all__ = ["BatchRun", "simulate_batch"]

Array = NDArray[np.float64]

# Bytes of a block's arrays that are to stay in the second-level cache of one core.
CACHE = 400_000


@dataclass(frozen=True, slots=True, eq=False)
class BatchRun:
    """Figures of each pack of a batch.

    Parameters
    ----------
    steps, ended : ndarray of int, shape (pack,)
        Steps completed, and code of the ending (an index of `packcalc.pack.ENDINGS`). [1, -]
    charge : ndarray, shape (pack,)
        Charge out of the pack. [A s]
    energy : ndarray, shape (pack,)
        Energy out of the pack. [J]
    voltage, current : ndarray, shape (pack,)
        Voltage and current at the end. [V, A]
    lowest_group : ndarray, shape (pack,)
        Lowest voltage of any group at any time. [V]
    hottest : ndarray, shape (pack,)
        Highest temperature of any cell at any time. [K]
    temperature_spread : ndarray, shape (pack,)
        Largest difference of temperature between cells at one time. [K]
    group_voltage : ndarray, shape (pack, s)
        Group voltages at the end. [V]
    soc : ndarray, shape (pack, s)
        Mean state of charge of each group at the end. [1]
    """

    steps: NDArray[np.int64]
    ended: NDArray[np.int64]
    charge: Array
    energy: Array
    voltage: Array
    current: Array
    lowest_group: Array
    hottest: Array
    temperature_spread: Array
    group_voltage: Array
    soc: Array


def simulate_batch(
    pack: Pack,
    load: Load,
    *,
    soc: ArrayLike,
    capacity_factor: ArrayLike | None = None,
    resistance_factor: ArrayLike | None = None,
    joint_resistance: ArrayLike | None = None,
    count: int | None = None,
    temperature: float = 298.15,
    ambient: float | None = None,
    beyond_current: bool = False,
    block: int | None = None,
    executor: Executor | None = None,
    workers: int = 2,
    progress: Callable[[int, int], None] | None = None,
) -> BatchRun:
    """Simulate many packs that differ in their cells and joints.

    Parameters
    ----------
    pack : Pack
        The design: cell, topology, rails, heat paths, balancing, limits. Its own cells and joints
        hold where no table is given. [-]
    load : Load
        The load, the same for all. [-]
    soc : array_like, shape (), (s, p) or (pack, s, p)
        State of charge at the start. [1]
    capacity_factor, resistance_factor : array_like, shape (pack, s, p), or None
        Each cell's capacity and resistances as multiples of the cell's. [1]
    joint_resistance : array_like, shape (pack, s, p), or None
        Weld and tab of each cell. [Ohm]
    count : int or None
        Number of packs, where no table says it. [1]
    temperature : float
        Temperature of all nodes at the start. [K]
    ambient : float or None
        Temperature of the ambient; `None`: that of the start. [K]
    beyond_current : bool
        Whether the mean current per cell may exceed what the parameters were checked at. [-]
    block : int or None
        Packs per block; `None`: as many as stay in the cache. [1]
    executor : concurrent.futures.Executor or None
        Runs the blocks: threads (the kernel holds no lock), processes, or a cluster. [-]
    workers : int
        Blocks handed to the executor at a time: twice this, which bounds memory. [1]
    progress : callable or None
        Called with packs done and packs in all after each block. [-]

    Returns
    -------
    run : BatchRun
        Figures of each pack, in the order given. [-]

    Raises
    ------
    ValueError
        If a shape or figure cannot be, or the start is outside of what the cell holds for.

    References
    ----------
    The same equations as `packcalc.pack.simulate.simulate`, which a test compares it with.

    Examples
    --------
    >>> from packcalc.cell import parameter_set
    >>> from packcalc.pack import build_pack, constant_current
    >>> pack = build_pack(parameter_set("leaf-2013"), 6, 2)
    >>> factor = np.array([1.0, 0.9]).reshape(2, 1, 1) * np.ones((2, 6, 2))
    >>> load = constant_current(30.0, 4 * 3600.0, 10.0)
    >>> run = simulate_batch(pack, load, soc=1.0, capacity_factor=factor)
    >>> bool(run.charge[1] < run.charge[0])
    True
    """
    given = {
        "capacity_factor": (capacity_factor, pack.capacity_factor),
        "resistance_factor": (resistance_factor, pack.resistance_factor),
        "joint_resistance": (joint_resistance, pack.joint_resistance),
        "soc": (soc, None),
    }
    tables, number = _spread(pack, given, count)
    start_of(pack, 0.5 * (pack.cell.soc_min + pack.cell.soc_max), temperature, ambient)
    low, high = pack.cell.soc_min, pack.cell.soc_max
    if not (tables["soc"].min() >= low and tables["soc"].max() <= high):
        raise ValueError(f"soc is outside {low:g} to {high:g}, where {pack.cell.name} holds")
    if not beyond_current:
        check_current(pack, load)
    nodes = pack.thermal.capacity.size if pack.thermal else pack.series * pack.parallel
    width = block or max(8, min(256, CACHE // (8 * 24 * max(nodes, 1)) // 8 * 8))
    starts = range(0, number, width)
    parts: list[tuple[Array, ...]] = [()] * len(starts)
    tasks = (
        (pack, load, {name: table[a : a + width] for name, table in tables.items()},
         temperature, temperature if ambient is None else ambient)
        for a in starts
    )  # fmt: skip
    done = 0
    for k, part in _each(tasks, executor, 2 * workers):
        parts[k] = part
        done += part[0].size
        if progress is not None:
            progress(done, number)
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return BatchRun(columns[0].astype(np.int64), columns[1].astype(np.int64), *columns[2:])


def _spread(
    pack: Pack, given: dict[str, tuple[ArrayLike | None, Array | None]], count: int | None
) -> tuple[dict[str, Array], int]:
    """Bring all tables to (pack, s, p) without copying what is alike for all packs."""
    shape = (pack.series, pack.parallel)
    arrays = {
        name: np.asarray(other if table is None else table, dtype=np.float64)
        for name, (table, other) in given.items()
    }
    numbers = {array.shape[0] for array in arrays.values() if array.ndim == 3}
    numbers |= {count} if count is not None else set()
    if len(numbers) != 1:
        raise ValueError(f"give one number of packs, not {sorted(numbers) or 'none'}")
    number = int(numbers.pop())
    if number < 1:
        raise ValueError("a batch needs at least one pack")
    for name, array in arrays.items():
        if array.shape not in ((), shape, (number, *shape)):
            raise ValueError(f"{name} has shape {array.shape}, not {(number, *shape)}")
        floor = 0.0 if name in ("joint_resistance", "soc") else np.nextafter(0.0, 1.0)
        if not (np.isfinite(array).all() and array.min() >= floor):
            raise ValueError(f"{name} holds a figure that cannot be ({array.min():g} is smallest)")
    return {
        name: np.broadcast_to(array, (number, *shape)) for name, array in arrays.items()
    }, number


Task = tuple[Pack, Load, dict[str, Array], float, float]


def _each(
    tasks: Iterator[Task], executor: Executor | None, ahead: int
) -> Iterator[tuple[int, tuple[Array, ...]]]:
    """Run the tasks here or in the executor, a few ahead at a time, and yield them in order."""
    if executor is None:
        for k, task in enumerate(tasks):
            yield k, _run_block(*task)
        return
    waiting: list[tuple[int, Future[tuple[Array, ...]]]] = []
    numbered = enumerate(tasks)
    for k, task in islice(numbered, ahead):
        waiting.append((k, executor.submit(_run_block, *task)))
    while waiting:
        k, future = waiting.pop(0)
        part = future.result()
        for number, task in islice(numbered, 1):
            waiting.append((number, executor.submit(_run_block, *task)))
        yield k, part


def _run_block(
    pack: Pack, load: Load, tables: dict[str, Array], temperature: float, ambient: float
) -> tuple[Array, ...]:
    """Run one block: turn the tables so that packs come last, and call the kernel."""
    cell, width = pack.cell, tables["soc"].shape[0]
    n = pack.series * pack.parallel
    start = start_of(pack, 0.5 * (cell.soc_min + cell.soc_max), temperature, ambient)
    heat, even = start.thermal, tables_of(cell, load.dt)
    flat = {
        name: np.ascontiguousarray(table.reshape(width, n).T) for name, table in tables.items()
    }
    net = make_net(pack.series, pack.parallel, *links_of(pack))
    scratch = figures.make_block(net, heat.capacity.size, width)
    state = State(
        flat["soc"].copy(),
        np.zeros((n, width)),
        np.zeros((n, width)),
        np.full((heat.capacity.size, width), temperature),
    )
    lanes.run_block(
        int(load.kind),
        plain(load.value),
        float(load.charge_max),
        float(load.cutoff),
        float(load.dt),
        curves_of(cell, even),
        Cells(
            load.dt / (cell.capacity * flat["capacity_factor"]),
            plain(flat["resistance_factor"]),
            plain(flat["joint_resistance"]),
        ),
        net,
        heat_of(heat, ambient, load.dt),
        bleed_of(pack),
        limits_of(pack),
        state,
        scratch,
    )
    kept = scratch.kept
    return (
        scratch.steps.astype(np.float64),
        scratch.ended.astype(np.float64),
        kept[figures.CHARGE],
        kept[figures.ENERGY],
        kept[figures.VOLTAGE],
        kept[figures.CURRENT],
        kept[figures.LOWEST],
        kept[figures.HOTTEST],
        kept[figures.SPREAD],
        np.ascontiguousarray(scratch.final.T),
        np.ascontiguousarray(state.soc.reshape(pack.series, pack.parallel, width).mean(axis=1).T),
    )
