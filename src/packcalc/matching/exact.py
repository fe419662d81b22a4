"""The smallest possible range of group sums of one pack, by exact cover, with proof.

All subsets of the group size whose sum lies in a window [low, low + range] are candidates; a
pack of that range exists if and only if some window has candidates that cover every cell once.
Windows must hold the mean, so there are few; a cell that few candidates hold is decided first.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import combinations
from math import comb
from typing import NamedTuple

import numpy as np

from packcalc.matching.stock import Ints

MOST_SUBSETS = 400_000  # candidates worth listing
NODES = 30_000  # branches worth trying before giving up the proof


class Optimum(NamedTuple):
    """Groups of the smallest range found, and whether no smaller range exists."""

    groups: Ints
    proven: bool


class _Exhausted(Exception):
    """More branches than were allowed."""


def smallest_range(steps: Ints, groups: Ints, nodes: int = NODES) -> Optimum:
    """Improve `groups`, shape (group, size), to the smallest range of sums if that can be proven.

    Among packs of that range one with the highest weakest group is taken.
    """
    size = groups.shape[1]
    reached = int(np.ptp(steps[groups].sum(1)))
    least = int(steps.sum() % len(groups) != 0)
    if reached <= least or size == 1:
        return Optimum(groups, reached <= least or len(groups) < 2)
    if not provable(groups.shape):
        return Optimum(groups, False)
    search = _Search(steps, len(groups), size, reached, nodes)
    try:
        low, high = least, reached
        while low < high:
            middle = (low + high) // 2
            found = search.cover(middle)
            if found is None:
                low = middle + 1
            else:
                groups, high = found, int(np.ptp(steps[found].sum(1)))
        highest = search.cover(high)
        return Optimum(groups if highest is None else highest, True)
    except _Exhausted:
        return Optimum(groups, False)


def provable(shape: tuple[int, ...]) -> bool:
    """Whether the candidates of a pack of (group, size) are few enough to list."""
    return shape[1] > 1 and comb(shape[0] * shape[1], shape[1]) <= MOST_SUBSETS


class _Search:
    """Candidate groups sorted by sum; sets of candidates are the bits of whole numbers."""

    def __init__(self, steps: Ints, groups: int, size: int, reach: int, nodes: int) -> None:
        self.total, self.groups, self.nodes = int(steps.sum()), groups, nodes
        members = np.array(list(combinations(range(len(steps)), size)), dtype=np.int64)
        sums = steps[members].sum(1)
        near = np.abs(sums * groups - self.total) <= reach * groups
        rank = np.argsort(sums[near], kind="stable")
        self.members, self.sums = members[near][rank], sums[near][rank].tolist()
        self.holding = [
            _bits(np.flatnonzero((self.members == i).any(1))) for i in range(len(steps))
        ]

    def cover(self, spread: int) -> Ints | None:
        """Find groups inside some window of this range; the highest window first."""
        mean_down, mean_up = self.total // self.groups, -(-self.total // self.groups)
        for low in range(mean_down, mean_up - spread - 1, -1):
            chosen: list[int] = []
            window = (low, low + spread)
            everything = (1 << len(self.sums)) - 1
            if self._extend(
                everything, list(range(len(self.holding))), self.total, window, chosen
            ):
                return np.asarray(self.members[chosen])
        return None

    def _between(self, low: int, high: int) -> int:
        """The candidates whose sum lies in [low, high]."""
        first, last = bisect_left(self.sums, low), bisect_right(self.sums, high)
        return (1 << max(last, first)) - (1 << first)

    def _extend(
        self,
        allowed: int,
        open_cells: list[int],
        left: int,
        window: tuple[int, int],
        chosen: list[int],
    ) -> bool:
        """Cover the open cells, which sum to `left`; the one with fewest candidates first."""
        if not open_cells:
            return True
        self.nodes -= 1
        if self.nodes < 0:
            raise _Exhausted
        low, high = window
        others = self.groups - len(chosen) - 1
        allowed &= self._between(max(low, left - others * high), min(high, left - others * low))
        numbers = [(allowed & self.holding[cell]).bit_count() for cell in open_cells]
        fewest = min(numbers)
        if fewest == 0:
            return False
        options = allowed & self.holding[open_cells[numbers.index(fewest)]]
        while options:
            pick = options.bit_length() - 1
            options ^= 1 << pick
            taken = self.members[pick].tolist()
            clash = 0
            for cell in taken:
                clash |= self.holding[cell]
            chosen.append(pick)
            rest = [cell for cell in open_cells if cell not in taken]
            if self._extend(allowed & ~clash, rest, left - self.sums[pick], window, chosen):
                return True
            chosen.pop()
        return False


def _bits(places: Ints) -> int:
    """A whole number with the bits at these places set."""
    if not len(places):
        return 0
    flags = np.zeros(int(places[-1]) + 1, dtype=np.uint8)
    flags[places] = 1
    return int.from_bytes(np.packbits(flags, bitorder="little").tobytes(), "little")
