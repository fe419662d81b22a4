"""Solving the blocks: every one on its own, so that their order and threads do not matter."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from packcalc.matching.at_once import each, threads_for
from packcalc.matching.descent import cut_alike, improve
from packcalc.matching.differencing import balanced_groups_of_many
from packcalc.matching.exact import provable, smallest_range
from packcalc.matching.layout import Block
from packcalc.matching.rules import Objective, Topology
from packcalc.matching.settling import settle
from packcalc.matching.small import LANES, search_pack
from packcalc.matching.stock import Floats, Ints

Improve = Callable[[Floats, Ints, int, int, float], Ints]
Settle = Callable[[Ints, Floats, Ints, int, int, float], Ints]
WORTH_PROVING = 16  # packs in all, when capacity alone counts
LANES_IN_ALL = 500  # descents over all single packs of a stock
SETTLED = 600  # cells of a part; among fewer the last steps of capacity would cost resistance
REACH = 0.024  # of a group's conductance: no further apart may a pack be for its last steps
MANY = 128  # blocks of one length that are started together
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


def as_points(
    capacity: Ints,
    conductance: Ints,
    aim: Objective,
    topology: Topology,
    stock: float | None = None,
) -> Floats:
    """Cells (..., cell) as points (..., cell, 2): readings in standard deviations, weighted.

    `stock` is the standard deviation of conductance in the whole stock.
    """
    weight: Floats | float | None = aim.conductance
    if weight is None:
        share = conductance.std(-1, keepdims=True) / stock if stock else 1.0
        weight = default_conductance(capacity.shape[-1], share) if topology.parallel > 1 else 0.0
    points = np.empty((*capacity.shape, 2))
    for k, (values, part) in enumerate(((capacity, aim.capacity), (conductance, weight))):
        away = values - values.mean(-1, keepdims=True)
        spread = np.sqrt(np.square(away).mean(-1, keepdims=True))
        points[..., k] = away / np.where(spread > 0, spread, 1.0) * part
    return points


def default_conductance(count: int, share: Floats | float = 1.0) -> Floats:
    """Weight of conductance among `count` cells: smaller where there are choices enough.

    Many cells make groups equal in both, and capacity can be had to the last step; among few,
    the last steps of capacity (under any gauge) would be paid for in per cents of resistance.
    Where the cells differ by a small `share` of what the stock does, little is at stake.
    """
    least = 0.006 * (1.0 + 2.0 * np.asarray(share))
    return np.asarray(np.clip(9.0 / max(count, 1), least, 0.3))


def solve_blocks(
    blocks: Sequence[Block],
    capacity: Ints,
    conductance: Ints,
    topology: Topology,
    aim: Objective,
    seed: int,
    threads: int | None,
) -> list[Ints]:
    """Solve each block; gives (group, parallel) cell indices, whole packs one after the other."""
    count = sum(len(block.cells) for block in blocks)
    together = threads_for(count, threads) if aim.effort == 0 else 1
    cells_of = [block.cells for block in blocks]
    starts = _starts(cells_of, capacity, conductance, topology, aim, together)
    if aim.effort == 0 and topology.parallel > 1:
        return [start.cells[start.groups] for start in starts]
    improving, settling = _solvers(count, topology)
    lanes = max(2, min(LANES, LANES_IN_ALL // max(len(blocks), 1)))
    prove = count < WORTH_PROVING * topology.cells
    at_once = 1 if improving is improve else threads or os.cpu_count() or 1

    def solve(numbered: tuple[int, Start]) -> Ints:
        number, start = numbered
        return start.cells[_solve(start, topology, aim, improving, (seed, number), lanes, prove)]

    solved = each(solve, list(enumerate(starts)), at_once)
    starts.clear()  # some 40 MB of a million cells
    if not blocks or topology.parallel == 1 or not aim.capacity:
        return solved
    across = conductance * (aim.conductance != 0)  # where it has no weight it is as if all alike
    common = int(np.floor(capacity[np.concatenate(solved)].mean() * topology.parallel))
    parts: dict[int, list[int]] = {}
    for i, block in enumerate(blocks):
        parts.setdefault(block.part, []).append(i)

    def settle_part(members: list[int]) -> list[Ints]:
        found = [solved[i] for i in members]
        if sum(map(np.size, found)) < SETTLED:
            return found
        return _settle_together(found, capacity, across, topology.series, common, settling)

    settled = each(settle_part, list(parts.values()), at_once)
    for members, found in zip(parts.values(), settled, strict=True):
        for i, groups in zip(members, found, strict=True):
            solved[i] = groups
    return solved


def _settle_together(
    blocks: list[Ints],
    capacity: Ints,
    across: Ints,
    series: int,
    common: int,
    settling: Settle,
) -> list[Ints]:
    """Settle the groups of all blocks of one part: any of its cells may stand in any of them."""
    whole = [groups[: len(groups) // series * series] for groups in blocks]
    rests = [groups[len(done) :] for groups, done in zip(blocks, whole, strict=True)]
    groups = np.concatenate([*whole, *rests])
    cells, local = np.unique(groups, return_inverse=True)
    reach = REACH * groups.shape[1] * float(across[cells].mean())
    steps, beside = capacity[cells], across[cells].astype(np.float64)
    groups = cells[settling(steps, beside, local.reshape(groups.shape), series, common, reach)]
    pieces = np.split(groups, np.cumsum([len(piece) for piece in (*whole, *rests)])[:-1])
    pairs = zip(pieces[: len(blocks)], pieces[len(blocks) :], strict=True)
    return [np.concatenate(pair) for pair in pairs]


def _starts(
    blocks: Sequence[Ints],
    capacity: Ints,
    conductance: Ints,
    topology: Topology,
    aim: Objective,
    at_once: int,
) -> list[Start]:
    """Prepare the blocks, those of one length all at once: many small steps would take longer."""
    if not blocks:
        return []
    everyone = np.concatenate(blocks)
    middle, stock = float(np.mean(capacity[everyone])), float(np.std(conductance[everyone]))
    starts: dict[int, Start] = {}
    lengths = np.array([len(block) for block in blocks])

    def start(which: list[int]) -> None:
        cells = np.stack([blocks[i] for i in which])
        steps = capacity[cells]
        groups = balanced_groups_of_many(steps, topology.parallel)
        if aim.effort == 0 and topology.parallel > 1:  # nothing will be improved
            points, common = np.zeros((len(which), 0, 2)), np.zeros(len(which))
        else:
            points = as_points(steps, conductance[cells], aim, topology, stock)
            away = (middle - steps.mean(1)) * topology.parallel * aim.capacity
            common = away / np.where(np.ptp(steps, axis=1) > 0, steps.std(1), 1.0)
        for row, i in enumerate(which):
            parts = (cells[row], steps[row], points[row], groups[row])
            starts[i] = Start(*parts, float(common[row]))

    alike = [np.flatnonzero(lengths == length) for length in np.unique(lengths)]
    some = [
        cut.tolist() for which in alike for cut in np.array_split(which, -(-len(which) // MANY))
    ]
    each(start, some, at_once)
    return [starts[i] for i in range(len(blocks))]


def _solvers(count: int, topology: Topology) -> tuple[Improve, Settle]:
    """The kernels when they are loaded already or worth loading: the answer is the same."""
    kernels = "packcalc.matching.kernels"
    few = kernels not in sys.modules and count < WORTH_COMPILING
    if few or topology.parallel == 1:
        return improve, settle
    from packcalc.matching.kernels import improve_fast
    from packcalc.matching.settling_kernels import settle_fast

    return improve_fast, settle_fast


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
