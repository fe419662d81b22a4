"""Cutting groups into packs, and choosing which cells to draw on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from packcalc.matching.at_once import each, threads_for
from packcalc.matching.descent import cut_alike
from packcalc.matching.differencing import serpentine_groups
from packcalc.matching.layout import Block
from packcalc.matching.ordering import middle, order_by
from packcalc.matching.rules import Rules, Topology
from packcalc.matching.stock import CellArrays, Floats, Ints

ENOUGH = 100_000  # cells, in canonical order, that tell the middle of a stock


def cut_into_packs(
    solved: Sequence[Ints],
    pools: Sequence[int],
    points: Callable[[Ints], Floats],
    topology: Topology,
) -> Ints:
    """Cut the groups of each block into packs; groups that remain make packs in their pool."""
    series = topology.series
    whole = [groups[: len(groups) // series * series] for groups in solved]
    packs = [g.reshape(-1, series, topology.parallel) for g in whole]
    rests = [groups[len(done) :] for groups, done in zip(solved, whole, strict=True)]
    for pool in sorted(set(pools)):
        rest = [r for r, p in zip(rests, pools, strict=True) if p == pool]
        groups = np.concatenate(rest)
        count = len(groups) // series
        if count:
            where = points(groups.ravel()).reshape(*groups.shape, 2)
            rank = cut_alike(where.sum(1), series)
            chosen = groups[rank][: count * series]
            packs.append(chosen.reshape(count, series, topology.parallel))
    empty = np.zeros((0, series, topology.parallel), dtype=np.int64)
    return np.concatenate([empty, *packs])


def deal_out(capacity: Ints, blocks: Sequence[Block], topology: Topology) -> Ints:
    """Deal the cells of each part forth and back by capacity, and the groups by sum to packs."""
    packs = [np.zeros((0, topology.series, topology.parallel), dtype=np.int64)]
    for part in sorted({block.part for block in blocks}):
        cells = np.concatenate([block.cells for block in blocks if block.part == part])
        groups = cells[serpentine_groups(capacity[cells], topology.parallel)]
        groups = groups[np.argsort(capacity[groups].sum(1), kind="stable")]
        whole = len(groups) // topology.series * topology.series
        packs.append(groups[:whole].reshape(-1, topology.series, topology.parallel))
    return np.concatenate(packs)


def worse(capacity: Ints, made: Ints, dealt: Ints) -> bool:
    """Whether packs are worse in usable capacity or in the worst spread than as many dealt out."""
    if not len(made) or len(made) != len(dealt):
        return False
    ours, theirs = capacity[made].sum(2), capacity[dealt].sum(2)
    less = ours.min(1).sum() < theirs.min(1).sum()
    return bool(less or np.ptp(ours, axis=1).max() > np.ptp(theirs, axis=1).max())


def preference(
    cells: CellArrays,
    kept: Ints,
    lots: Ints,
    topology: Topology,
    rules: Rules,
    wanted: int | None,
    threads: int | None = None,
) -> Ints:
    """Order cells by how gladly they are used: the oldest first if asked, else the most typical.

    When lots must not mix, lots come one after the other, so that few cells complete a pack.
    """
    rank = [atypical(cells, kept, threads)]
    if wanted is not None and rules.lots != "free":
        rank.append(lots[kept])
    days = cells.days()
    if wanted is not None and rules.oldest_first and days is not None:
        rank.append(days[kept])
    if wanted is None and rules.lots == "pack":
        return _whole_packs_of_each_lot(kept, rank[0], lots, topology)
    return kept[order_by(rank[::-1])]


def _whole_packs_of_each_lot(kept: Ints, odd: Ints, lots: Ints, topology: Topology) -> Ints:
    """First of every lot the most typical cells that make whole packs, then all others.

    Those of whole packs are used all together, so they stand as they are.
    """
    spare: list[Ints] = []
    cuts = np.flatnonzero(np.diff(lots[kept])) + 1  # lots stand in order
    for first, end in pairwise([0, *cuts.tolist(), len(kept)]):
        count = (end - first) % topology.cells
        if count:
            here = odd[first:end]
            least = np.partition(here, len(here) - count)[len(here) - count]
            over, ties = np.flatnonzero(here > least), np.flatnonzero(here == least)
            rest = np.concatenate((ties[len(ties) - (count - len(over)) :], over))
            spare.append(first + rest[np.argsort(here[rest], kind="stable")])
    places = np.concatenate([np.zeros(0, dtype=np.int64), *spare])
    whole = np.ones(len(kept), dtype=bool)
    whole[places] = False
    order: Ints = np.concatenate((np.flatnonzero(whole), places))
    return kept[order]


def atypical(cells: CellArrays, kept: Ints, threads: int | None = None) -> Ints:
    """How far each cell lies from the middle of the stock, in millionths of a robust sigma."""
    total = np.zeros(len(kept))
    readings = [getattr(cells, name) for name in ("capacity", "resistance", "ocv")]
    if not len(kept):
        return total.astype(np.int64)
    known = [values for values in readings if values is not None]
    squares = each(
        lambda values: _robust_square(values[kept]), known, threads_for(len(kept), threads)
    )
    for square in squares:
        total += square
    np.sqrt(total, out=total)
    total *= 1e6
    whole: Ints = np.rint(total).astype(np.int64)
    return whole


def _robust_square(values: Floats) -> Floats:
    """Squared distance from the median; of a large stock some cells tell median and scale."""
    some = values[:: max(1, len(values) // ENOUGH)]
    centre = middle(some)
    away = np.abs(some - centre)
    scale = 1.4826 * middle(away) or float(away.mean()) or 1.0
    square = values - centre
    square /= scale
    return np.multiply(square, square, out=square)
