"""Cutting groups into packs, and choosing which cells to draw on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from packcalc.matching.descent import cut_alike
from packcalc.matching.differencing import serpentine_groups
from packcalc.matching.layout import Block
from packcalc.matching.ordering import middle, order_by
from packcalc.matching.rules import Rules, Topology
from packcalc.matching.stock import CellArrays, Floats, Ints


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


def worse_than_dealt(capacity: Ints, made: Ints, blocks: Sequence[Block]) -> bool:
    """Whether packs are worse in capacity than cells dealt out forth and back by capacity.

    Cells of one part of the stock are dealt out among groups, and these in the order of their
    sums to packs; that can only be compared where it gives as many packs.
    """
    series, parallel = made.shape[1:]
    dealt: list[Ints] = []
    for part in sorted({block.part for block in blocks}):
        cells = np.concatenate([block.cells for block in blocks if block.part == part])
        sums = np.sort(capacity[cells[serpentine_groups(capacity[cells], parallel)]].sum(1))
        dealt.append(sums[: len(sums) // series * series].reshape(-1, series))
    theirs = np.concatenate(dealt) if dealt else np.zeros((0, series), dtype=np.int64)
    ours = capacity[made].sum(2)
    if not len(ours) or len(ours) != len(theirs):
        return False
    less = ours.min(1).sum() < theirs.min(1).sum()
    return bool(less or np.ptp(ours, axis=1).max() > np.ptp(theirs, axis=1).max())


def preference(
    cells: CellArrays,
    kept: Ints,
    lots: Ints,
    topology: Topology,
    rules: Rules,
    wanted: int | None,
) -> Ints:
    """Order cells by how gladly they are used: the oldest first if asked, else the most typical.

    When lots must not mix, lots come one after the other, so that few cells complete a pack.
    """
    rank = [atypical(cells, kept)]
    if wanted is not None and rules.lots != "free":
        rank.append(lots[kept])
    days = cells.days()
    if wanted is not None and rules.oldest_first and days is not None:
        rank.append(days[kept])
    if wanted is None and rules.lots == "pack":
        return _whole_packs_of_each_lot(kept, rank[0], lots, topology)
    return kept[order_by(rank[::-1])]


def _whole_packs_of_each_lot(kept: Ints, odd: Ints, lots: Ints, topology: Topology) -> Ints:
    """First of every lot the most typical cells that make whole packs, then all others."""
    order = order_by([lots[kept], odd])
    ranked = lots[kept][order]
    starts = np.flatnonzero(np.diff(ranked, prepend=-1))
    counts = np.diff(np.append(starts, len(ranked)))
    place = np.arange(len(ranked)) - np.repeat(starts, counts)
    spare = place >= np.repeat(counts // topology.cells * topology.cells, counts)
    ranked_cells = kept[order]
    return np.concatenate((ranked_cells[~spare], ranked_cells[spare]))


def atypical(cells: CellArrays, kept: Ints) -> Ints:
    """How far each cell lies from the middle of the stock, in millionths of a robust sigma."""
    total = np.zeros(len(kept))
    for name in ("capacity", "resistance", "ocv"):
        values = getattr(cells, name)
        if values is not None and len(kept):
            total += _robust_square(values[kept])
    return np.rint(1e6 * np.sqrt(total)).astype(np.int64)


def _robust_square(values: Floats) -> Floats:
    away = np.abs(values - middle(values))
    scale = 1.4826 * middle(away) or float(away.mean()) or 1.0
    return np.asarray((away / scale) ** 2)
