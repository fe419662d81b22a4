"""Settling the last steps of capacity: the readable twin of `settling_kernels.py`.

A descent leaves some groups a few steps of the readings off the sum that their pack should have.
Each of those is mended without making any other worse, by the first of these that is found:

* a trade: two groups, each of which suits the other's pack better, change packs;
* an exchange of two cells that lowers the squared errors in all;
* an exchange that only hands the error on to another group, which is then mended in its stead.

Of those that do as well the one is taken that is best for conductance, and none may leave the
groups of a pack further apart in conductance than `reach` (or than they are already). So errors
only fall, cells stay in their part of the stock, and the rules hold.
"""

from __future__ import annotations

from bisect import bisect_left

import numpy as np

from packcalc.matching.stock import Floats, Ints

SHARES = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)  # of `reach` that may be used, first to last
PASSES = 8  # over the groups that are still off, with each share
LINKS = 12  # exchanges of one chain


def settle(
    steps: Ints, across: Floats, groups: Ints, series: int, common: int, reach: float
) -> Ints:
    """Bring the groups of each pack within one step of each other, as far as exchanges can.

    `steps` are the capacities of the cells, `across` their conductances; `groups`, shape (group,
    size), are whole packs in turn and then those that make none, whose sums should be `common`
    or one more.
    """
    bench = _Bench(steps, across, groups, series)
    for share in SHARES:
        bench.take_aim(common)
        for _ in range(PASSES):
            if not sum(_mend(bench, g, share * reach) for g in range(len(groups))):
                break
    settled: Ints = bench.rank[np.array(bench.members).reshape(groups.shape)]
    return settled


class _Bench:
    """Cells sorted by capacity, where they stand, and how far their groups are off."""

    def __init__(self, steps: Ints, across: Floats, groups: Ints, series: int) -> None:
        self.rank = np.argsort(steps, kind="stable")
        place = np.empty(len(steps), dtype=np.int64)
        place[self.rank] = np.arange(len(steps))
        self.steps: list[int] = steps[self.rank].tolist()
        self.across: list[float] = across[self.rank].tolist()
        self.members: list[list[int]] = place[groups].tolist()
        self.group = [0] * len(steps)
        self.sums, self.whole = [0] * len(groups), [0.0] * len(groups)
        for g, cells in enumerate(self.members):
            for a in cells:
                self.group[a] = g
                self.sums[g] += self.steps[a]
                self.whole[g] += self.across[a]
        self.series = series
        self.low: list[int] = []
        self.aim: list[float] = []

    def take_aim(self, common: int) -> None:
        """Let groups aim for the mean of their pack; those that make none here for `common`."""
        count, series = len(self.members), self.series
        self.low, self.aim = [common] * count, [0.0] * count
        for first in range(0, count // series * series, series):
            pack = range(first, first + series)
            total, mean = 0, 0.0
            for g in pack:
                total += self.sums[g]
                mean += self.whole[g]
            for g in pack:
                self.low[g] = total // series
                self.aim[g] = mean / series

    def error(self, g: int, total: int) -> int:
        """Steps by which a sum is over (under) the two sums that group g may have."""
        over = total - self.low[g]
        return over if over < 0 else max(over - 1, 0)

    def parts(self, g: int, wish: float, h: int, other: float, reach: float) -> bool:
        """Whether wished conductances of two groups would part either's pack too far."""
        for first in {g // self.series * self.series, h // self.series * self.series}:
            pack = range(first, first + self.series)
            if pack[-1] >= len(self.sums):
                continue  # groups that make no pack here
            now = [self.whole[i] for i in pack]
            then = [wish if i == g else other if i == h else self.whole[i] for i in pack]
            if max(then) - min(then) > max(reach, max(now) - min(now)):
                return True
        return False

    def exchange(self, a: int, b: int) -> None:
        """Let two cells change groups."""
        g, h = self.group[a], self.group[b]
        more, move = self.steps[b] - self.steps[a], self.across[b] - self.across[a]
        self.sums[g] += more
        self.sums[h] -= more
        self.whole[g] += move
        self.whole[h] -= move
        self.members[g][self.members[g].index(a)] = b
        self.members[h][self.members[h].index(b)] = a
        self.group[a], self.group[b] = h, g

    def trade(self, g: int, h: int) -> None:
        """Let two groups change packs: each takes the other's place."""
        self.members[g], self.members[h] = self.members[h], self.members[g]
        self.sums[g], self.sums[h] = self.sums[h], self.sums[g]
        self.whole[g], self.whole[h] = self.whole[h], self.whole[g]
        for place in (g, h):
            for a in self.members[place]:
                self.group[a] = place


def _mend(bench: _Bench, first: int, reach: float) -> int:
    """Lower the error of one group, or hand it on until it can be; 1 when that succeeded."""
    g, seen = first, set[int]()
    chain: list[tuple[int, int]] = []
    while bench.error(g, bench.sums[g]) and len(chain) < LINKS:
        other = _best_trade(bench, g, reach)
        if other >= 0:
            bench.trade(g, other)
            return 1
        seen.add(g)
        a, b, errors = _best_exchange(bench, g, seen, reach)
        if a < 0:
            break
        h = bench.group[b]
        bench.exchange(a, b)
        if errors < 0:
            return 1
        chain.append((a, b))
        g = h
    for a, b in reversed(chain):
        bench.exchange(a, b)
    return 0


def _best_trade(bench: _Bench, g: int, reach: float) -> int:
    """The group whose place g should take to lower squared errors most; -1 for none."""
    off = bench.error(g, bench.sums[g])
    found, least, cheapest = -1, 0, 0.0
    for h in range(len(bench.sums)):
        was = bench.error(h, bench.sums[h])
        one, other = bench.error(g, bench.sums[h]), bench.error(h, bench.sums[g])
        errors = one * one + other * other - off * off - was * was
        if errors >= 0 or errors > least:
            continue
        cost = (bench.whole[g] - bench.whole[h]) * (bench.aim[g] - bench.aim[h])
        if errors == least and cost >= cheapest:
            continue
        if not bench.parts(g, bench.whole[h], h, bench.whole[g], reach):
            found, least, cheapest = h, errors, cost
    return found


def _best_exchange(bench: _Bench, g: int, seen: set[int], reach: float) -> tuple[int, int, int]:
    """The exchange for `g` that lowers squared errors most, and by how much; -1, -1 for none."""
    total = bench.sums[g]
    off = bench.error(g, total)
    found_a, found_b, least, cheapest = -1, -1, 1, 0.0
    for a in bench.members[g]:
        low = bench.steps[a] + (1 if off < 0 else -off - 1)
        high = bench.steps[a] + (-1 if off > 0 else 1 - off)
        b = bisect_left(bench.steps, low)
        while b < len(bench.steps) and bench.steps[b] <= high:
            h = bench.group[b]
            if h not in seen:
                more = bench.steps[b] - bench.steps[a]
                was = bench.error(h, bench.sums[h])
                one, other = bench.error(g, total + more), bench.error(h, bench.sums[h] - more)
                errors = one * one + other * other - off * off - was * was
                move = bench.across[b] - bench.across[a]
                away = bench.whole[g] - bench.aim[g] - (bench.whole[h] - bench.aim[h])
                cost = move * (away + move)
                better = errors < least or (errors == least and cost < cheapest)
                wish, his = bench.whole[g] + move, bench.whole[h] - move
                if errors <= 0 and better and not bench.parts(g, wish, h, his, reach):
                    found_a, found_b, least, cheapest = a, b, errors, cost
            b += 1
    return found_a, found_b, least
