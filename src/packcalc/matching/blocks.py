"""Solving the blocks: every one on its own, so that their order and threads do not matter."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from packcalc.matching.cutting import cut_alike
from packcalc.matching.descent import descend
from packcalc.matching.differencing import balanced_groups
from packcalc.matching.exact import provable, smallest_range
from packcalc.matching.rules import Objective, Topology
from packcalc.matching.small import search_pack
from packcalc.matching.stock import Floats, Ints

Descend = Callable[[Floats, Ints, Floats, int], int]
WORTH_PROVING = 16  # packs of one block, when capacity alone counts
WORTH_COMPILING = 3000  # cells; a smaller stock is done in NumPy before a kernel is loaded


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
    descent = _descent(sum(map(len, blocks)), topology, aim)

    def solve(numbered: tuple[int, Ints]) -> Ints:
        number, cells = numbered
        steps = capacity[cells]
        points = as_points(steps, conductance[cells], aim, topology)
        return cells[_solve(steps, points, topology, aim, descent, (seed, number))]

    workers = min(threads or os.cpu_count() or 1, len(blocks))
    if workers < 2 or descent is descend:
        return [solve(item) for item in enumerate(blocks)]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(solve, enumerate(blocks)))


def _standard(values: Ints) -> Floats:
    spread = values.std() if len(values) else 0.0
    return (values - values.mean()) / spread if spread else np.zeros(len(values))


def _descent(count: int, topology: Topology, aim: Objective) -> Descend:
    """The kernel when it is loaded already or worth loading: the answer is the same."""
    if topology.parallel == 1 or aim.effort == 0:
        return descend
    kernels = "packcalc.matching.kernels"
    if kernels not in sys.modules and count < WORTH_COMPILING:
        return descend
    from packcalc.matching.kernels import descend_fast

    return descend_fast


def _solve(
    capacity: Ints,
    points: Floats,
    topology: Topology,
    aim: Objective,
    descent: Descend,
    seed: tuple[int, int],
) -> Ints:
    """Start by differencing, descend by swaps, cut what comes out into packs."""
    if topology.parallel == 1:
        return cut_alike(points, topology.series)[:, None]
    groups = balanced_groups(capacity, topology.parallel)
    if aim.effort == 0:
        sums = points[groups].sum(1)
        return groups[np.argsort(sums[:, 0], kind="stable")]
    alike = not points[:, 1].any()
    if len(groups) <= topology.series:
        if alike and provable(groups.shape):
            near = search_pack(points, groups, 2, seed, most_lanes=8)
            proof = smallest_range(capacity, near)
            if proof.proven:
                return proof.groups
        return search_pack(points, groups, aim.effort, seed)
    groups = _regroup(points, groups, np.zeros((len(groups), 2)), descent, aim.effort)
    groups = groups[cut_alike(points[groups].sum(1), topology.series)]
    targets = pack_targets(points[groups].sum(1), topology.series)
    groups = _regroup(points, groups, targets, descent, aim.effort)
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


def pack_targets(sums: Floats, series: int) -> Floats:
    """For each group the mean of its pack; groups that make no whole pack aim for their own."""
    whole = len(sums) // series * series
    means = sums[:whole].reshape(-1, series, 2).mean(1)
    return np.concatenate([np.repeat(means, series, axis=0), sums[whole:]])


def _regroup(points: Floats, groups: Ints, targets: Floats, descent: Descend, rounds: int) -> Ints:
    """Let cells change groups by swaps that bring the groups nearer to their targets."""
    rank = np.argsort(points[:, 0], kind="stable")
    group = np.empty(len(points), dtype=np.int64)
    group[groups] = np.arange(len(groups))[:, None]
    standing = group[rank]
    descent(points[rank], standing, targets, rounds)
    return rank[np.argsort(standing, kind="stable")].reshape(groups.shape)
