"""Solving the blocks: every one on its own, so that their order and threads do not matter."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from packcalc.matching.descent import cut_alike, improve
from packcalc.matching.differencing import balanced_groups_of_many
from packcalc.matching.exact import provable, smallest_range
from packcalc.matching.rules import Objective, Topology
from packcalc.matching.small import LANES, search_pack
from packcalc.matching.stock import Floats, Ints

Improve = Callable[[Floats, Ints, int, int, float], Ints]
WORTH_PROVING = 16  # packs in all, when capacity alone counts
LANES_IN_ALL = 500  # descents over all single packs of a stock
WORTH_COMPILING = 10_000  # cells; a smaller stock is done in NumPy before a kernel is loaded


@dataclass(frozen=True, slots=True)
class Start:
    """A block before it is improved: its cells as points, and groups by differencing.

    `common` is where a group of the mean cells of the whole stock would lie.
    """

    cells: Ints
    capacity: Ints
    points: Floats
    groups: Ints
    common: float


def as_points(capacity: Ints, conductance: Ints, aim: Objective, topology: Topology) -> Floats:
    """Cells (..., cell) as points (..., cell, 2): readings in standard deviations, weighted."""
    weight = aim.conductance
    if weight is None:
        weight = default_conductance(capacity.shape[-1]) if topology.parallel > 1 else 0.0
    points = np.empty((*capacity.shape, 2))
    for k, (values, part) in enumerate(((capacity, aim.capacity), (conductance, weight))):
        away = values - values.mean(-1, keepdims=True)
        spread = np.sqrt(np.square(away).mean(-1, keepdims=True))
        points[..., k] = away / np.where(spread > 0, spread, 1.0) * part
    return points


def default_conductance(count: int) -> float:
    """Weight of conductance among `count` cells: smaller where there are choices enough.

    Many cells make groups equal in both, and capacity can be had to the last step; among few,
    the last steps of capacity (under any gauge) would be paid for in per cents of resistance.
    """
    return float(np.clip(9.0 / max(count, 1), 0.0125, 0.3))


def solve_blocks(
    blocks: Sequence[Ints],
    capacity: Ints,
    conductance: Ints,
    topology: Topology,
    aim: Objective,
    seed: int,
    threads: int | None,
) -> list[Ints]:
    """Solve each block; gives (group, parallel) cell indices, whole packs one after the other."""
    starts = _starts(blocks, capacity, conductance, topology, aim)
    if aim.effort == 0 and topology.parallel > 1:
        return [start.cells[start.groups] for start in starts]
    improving = _improving(sum(map(len, blocks)), topology, aim)
    lanes = max(2, min(LANES, LANES_IN_ALL // max(len(blocks), 1)))
    prove = sum(map(len, blocks)) < WORTH_PROVING * topology.cells

    def solve(numbered: tuple[int, Start]) -> Ints:
        number, start = numbered
        return start.cells[_solve(start, topology, aim, improving, (seed, number), lanes, prove)]

    workers = min(threads or os.cpu_count() or 1, len(blocks))
    if workers < 2 or improving is improve:
        return [solve(item) for item in enumerate(starts)]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(solve, enumerate(starts)))


def _starts(
    blocks: Sequence[Ints],
    capacity: Ints,
    conductance: Ints,
    topology: Topology,
    aim: Objective,
) -> list[Start]:
    """Prepare the blocks, those of one length all at once: many small steps would take longer."""
    if not blocks:
        return []
    middle = float(np.mean(capacity[np.concatenate(blocks)]))
    starts: dict[int, Start] = {}
    lengths = np.array([len(block) for block in blocks])
    for length in np.unique(lengths).tolist():
        which = np.flatnonzero(lengths == length).tolist()
        cells = np.stack([blocks[i] for i in which])
        steps = capacity[cells]
        groups = balanced_groups_of_many(steps, topology.parallel)
        if aim.effort == 0:  # nothing will be improved, so points are not needed
            points, common = np.zeros((len(which), 0, 2)), np.zeros(len(which))
        else:
            points = as_points(steps, conductance[cells], aim, topology)
            away = (middle - steps.mean(1)) * topology.parallel * aim.capacity
            common = away / np.where(np.ptp(steps, axis=1) > 0, steps.std(1), 1.0)
        for row, i in enumerate(which):
            parts = (cells[row], steps[row], points[row], groups[row])
            starts[i] = Start(*parts, float(common[row]))
    return [starts[i] for i in range(len(blocks))]


def _improving(count: int, topology: Topology, aim: Objective) -> Improve:
    """The kernel when it is loaded already or worth loading: the answer is the same."""
    if topology.parallel == 1:
        return improve
    kernels = "packcalc.matching.kernels"
    if kernels not in sys.modules and count < WORTH_COMPILING:
        return improve
    from packcalc.matching.kernels import improve_fast

    return improve_fast


def _solve(
    start: Start,
    topology: Topology,
    aim: Objective,
    improving: Improve,
    seed: tuple[int, int],
    lanes: int,
    prove: bool,
) -> Ints:
    """Descend by swaps and cut what comes out into packs; one pack alone is searched harder."""
    points, groups = start.points, start.groups
    if topology.parallel == 1:
        return groups[cut_alike(points[groups[:, 0]], topology.series)]
    prove = prove and not points[:, 1].any()
    if len(groups) <= topology.series:
        if prove and provable(groups.shape):
            near = search_pack(points, groups, 2, seed, min(lanes, 8))
            proof = smallest_range(start.capacity, near)
            if proof.proven:
                return proof.groups
        return search_pack(points, groups, aim.effort, seed, lanes)
    groups = improving(points, groups, topology.series, aim.effort, start.common)
    if prove:
        groups = _prove_each_pack(start.capacity, groups, topology)
    return groups


def _prove_each_pack(capacity: Ints, groups: Ints, topology: Topology) -> Ints:
    """Give every pack the smallest range that its own cells allow."""
    groups = groups.copy()
    for first in range(0, len(groups) // topology.series * topology.series, topology.series):
        pack = groups[first : first + topology.series]
        if provable(pack.shape):
            cells = pack.ravel()
            local = np.arange(len(cells)).reshape(pack.shape)
            groups[first : first + len(pack)] = cells[smallest_range(capacity[cells], local)[0]]
    return groups
