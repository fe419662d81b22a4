"""Solving the blocks: every one on its own, so that their order and threads do not matter."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from packcalc.matching.descent import cut_alike, improve
from packcalc.matching.differencing import balanced_groups, balanced_groups_of_many
from packcalc.matching.exact import provable, smallest_range
from packcalc.matching.rules import Objective, Topology
from packcalc.matching.small import search_pack
from packcalc.matching.stock import Floats, Ints

Improve = Callable[[Floats, Ints, int, int, float], Ints]
WORTH_PROVING = 16  # packs of one block, when capacity alone counts
WORTH_COMPILING = 10_000  # cells; a smaller stock is done in NumPy before a kernel is loaded


def as_points(capacity: Ints, conductance: Ints, aim: Objective, topology: Topology) -> Floats:
    """Each cell as a point, shape (cell, 2): its two readings in standard deviations, weighted."""
    weight = aim.conductance
    if weight is None:
        weight = default_conductance(len(capacity)) if topology.parallel > 1 else 0.0
    both = ((capacity, aim.capacity), (conductance, weight))
    return np.stack([_standard(values) * part for values, part in both], axis=1)


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
    if aim.effort == 0 and topology.parallel > 1:
        return _construct(blocks, capacity, topology.parallel)
    improving = _improving(sum(map(len, blocks)), topology, aim)

    middle = float(np.mean(capacity[np.concatenate(blocks)])) if blocks else 0.0

    def solve(numbered: tuple[int, Ints]) -> Ints:
        number, cells = numbered
        steps = capacity[cells]
        points = as_points(steps, conductance[cells], aim, topology)
        far = (middle - steps.mean()) / (steps.std() or 1.0) * aim.capacity
        task = (steps, points, far * topology.parallel)
        return cells[_solve(*task, topology, aim, improving, (seed, number))]

    workers = min(threads or os.cpu_count() or 1, len(blocks))
    if workers < 2 or improving is improve:
        return [solve(item) for item in enumerate(blocks)]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(solve, enumerate(blocks)))


def _construct(blocks: Sequence[Ints], capacity: Ints, size: int) -> list[Ints]:
    """Difference all blocks of one length at once; their groups come sorted by capacity."""
    solved: list[Ints] = [np.zeros((0, size), dtype=np.int64)] * len(blocks)
    lengths = np.array([len(block) for block in blocks])
    for length in np.unique(lengths).tolist():
        which = np.flatnonzero(lengths == length).tolist()
        cells = np.stack([blocks[i] for i in which])
        groups = balanced_groups_of_many(capacity[cells], size)
        for row, i in enumerate(which):
            solved[i] = cells[row][groups[row]]
    return solved


def _standard(values: Ints) -> Floats:
    spread = values.std() if len(values) else 0.0
    return (values - values.mean()) / spread if spread else np.zeros(len(values))


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
    capacity: Ints,
    points: Floats,
    common: float,
    topology: Topology,
    aim: Objective,
    improving: Improve,
    seed: tuple[int, int],
) -> Ints:
    """Start by differencing, descend by swaps, cut what comes out into packs."""
    if topology.parallel == 1:
        return cut_alike(points, topology.series)[:, None]
    groups = balanced_groups(capacity, topology.parallel)
    alike = not points[:, 1].any()
    if len(groups) <= topology.series:
        if alike and provable(groups.shape):
            near = search_pack(points, groups, 2, seed, most_lanes=8)
            proof = smallest_range(capacity, near)
            if proof.proven:
                return proof.groups
        return search_pack(points, groups, aim.effort, seed)
    groups = improving(points, groups, topology.series, aim.effort, common)
    if alike and len(groups) < WORTH_PROVING * topology.series:
        groups = _prove_each_pack(capacity, groups, topology)
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
