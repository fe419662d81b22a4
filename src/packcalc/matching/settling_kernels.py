"""Settling in machine code: everything as in `settling.py`, to the last bit.

The state of a part is handed round as one tuple: capacities and conductances of the cells
(sorted by capacity), the group of each cell, the members of each group, their sums of both, the
lower of the two sums of capacity that each may have, and the conductance it should have.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from packcalc.matching.settling import LINKS, PASSES, SHARES
from packcalc.matching.stock import Floats, Ints

State = Any  # (steps, across, group, members, sums, whole, low, aim)


def settle_fast(
    steps: Ints, across: Floats, groups: Ints, series: int, common: int, reach: float
) -> Ints:
    """Do what `settling.settle` does."""
    settings = (np.array(SHARES), PASSES, LINKS)
    return np.asarray(_settle(steps, across, groups, series, common, reach, *settings))


@numba.njit(cache=True, nogil=True)
def _settle(
    steps: Ints,
    across: Floats,
    groups: Ints,
    series: int,
    common: int,
    reach: float,
    shares: Floats,
    passes: int,
    links: int,
) -> Ints:
    rank = np.argsort(steps, kind="mergesort")
    count, size = groups.shape
    place = np.empty(len(steps), dtype=np.int64)
    for i in range(len(steps)):
        place[rank[i]] = i
    ranked, beside = steps[rank], across[rank]
    group = np.empty(len(steps), dtype=np.int64)
    members = np.empty((count, size), dtype=np.int64)
    sums, whole = np.zeros(count, dtype=np.int64), np.zeros(count)
    for g in range(count):
        for k in range(size):
            a = place[groups[g, k]]
            members[g, k], group[a] = a, g
            sums[g] += ranked[a]
            whole[g] += beside[a]
    low, aim = np.full(count, common), np.zeros(count)
    state = (ranked, beside, group, members, sums, whole, low, aim)
    seen = np.full(count, -1, dtype=np.int64)
    stamp = 0
    for share in shares:
        _take_aim(state, series)
        for _ in range(passes):
            mended = 0
            for g in range(count):
                if _error(low, g, sums[g]) != 0:
                    stamp += 1
                    mended += _mend(state, g, series, share * reach, seen, stamp, links)
            if mended == 0:
                break
    settled = np.empty((count, size), dtype=np.int64)
    for g in range(count):
        for k in range(size):
            settled[g, k] = rank[members[g, k]]
    return settled


@numba.njit(cache=True, nogil=True)
def _take_aim(state: State, series: int) -> None:
    _, _, _, _, sums, whole, low, aim = state
    for first in range(0, len(sums) // series * series, series):
        total, mean = 0, 0.0
        for g in range(first, first + series):
            total += sums[g]
            mean += whole[g]
        for g in range(first, first + series):
            low[g] = total // series
            aim[g] = mean / series


@numba.njit(cache=True, nogil=True)
def _error(low: Ints, g: int, total: int) -> int:
    over: int = total - low[g]
    return over if over < 0 else max(over - 1, 0)


@numba.njit(cache=True, nogil=True)
def _exchange(state: State, a: int, b: int) -> None:
    steps, across, group, members, sums, whole, _, _ = state
    g, h = group[a], group[b]
    more, move = steps[b] - steps[a], across[b] - across[a]
    sums[g] += more
    sums[h] -= more
    whole[g] += move
    whole[h] -= move
    k = 0
    while members[g, k] != a:
        k += 1
    members[g, k] = b
    k = 0
    while members[h, k] != b:
        k += 1
    members[h, k] = a
    group[a], group[b] = h, g


@numba.njit(cache=True, nogil=True)
def _trade(state: State, g: int, h: int) -> None:
    _, _, group, members, sums, whole, _, _ = state
    for k in range(members.shape[1]):
        a, b = members[g, k], members[h, k]
        members[g, k], members[h, k] = b, a
        group[a], group[b] = h, g
    sums[g], sums[h] = sums[h], sums[g]
    whole[g], whole[h] = whole[h], whole[g]


@numba.njit(cache=True, nogil=True)
def _parts(
    whole: Floats, series: int, g: int, wish: float, h: int, other: float, reach: float
) -> bool:
    for place in (g, h):
        first = place // series * series
        if first + series > len(whole):
            continue
        high, low = -np.inf, np.inf
        high_then, low_then = -np.inf, np.inf
        for i in range(first, first + series):
            value = whole[i]
            high, low = max(high, value), min(low, value)
            value = wish if i == g else other if i == h else value
            high_then, low_then = max(high_then, value), min(low_then, value)
        if high_then - low_then > max(reach, high - low):
            return True
    return False


@numba.njit(cache=True, nogil=True)
def _mend(
    state: State, first: int, series: int, reach: float, seen: Ints, stamp: int, links: int
) -> int:
    group, sums, low = state[2], state[4], state[6]
    chain = np.empty((links, 2), dtype=np.int64)
    g, length = first, 0
    while length < links and _error(low, g, sums[g]) != 0:
        other = _best_trade(state, g, series, reach)
        if other >= 0:
            _trade(state, g, other)
            return 1
        seen[g] = stamp
        a, b, errors = _best_exchange(state, g, series, reach, seen, stamp)
        if a < 0:
            break
        h = group[b]
        _exchange(state, a, b)
        if errors < 0:
            return 1
        chain[length, 0], chain[length, 1] = a, b
        length += 1
        g = h
    for i in range(length - 1, -1, -1):
        _exchange(state, chain[i, 0], chain[i, 1])
    return 0


@numba.njit(cache=True, nogil=True)
def _best_trade(state: State, g: int, series: int, reach: float) -> int:
    _, _, _, _, sums, whole, low, aim = state
    off = _error(low, g, sums[g])
    found, least, cheapest = -1, 0, 0.0
    for h in range(len(sums)):
        one, other = _error(low, g, sums[h]), _error(low, h, sums[g])
        was = _error(low, h, sums[h])
        errors = one * one + other * other - off * off - was * was
        if errors >= 0 or errors > least:
            continue
        cost = (whole[g] - whole[h]) * (aim[g] - aim[h])
        if errors == least and cost >= cheapest:
            continue
        if not _parts(whole, series, g, whole[h], h, whole[g], reach):
            found, least, cheapest = h, errors, cost
    return found


@numba.njit(cache=True, nogil=True)
def _best_exchange(
    state: State, g: int, series: int, reach: float, seen: Ints, stamp: int
) -> tuple[int, int, int]:
    steps, across, group, members, sums, whole, low, aim = state
    total = sums[g]
    off = _error(low, g, total)
    found_a, found_b, least, cheapest = -1, -1, 1, 0.0
    for a in members[g]:
        first = steps[a] + (1 if off < 0 else -off - 1)
        last = steps[a] + (-1 if off > 0 else 1 - off)
        b = np.searchsorted(steps, first)
        while b < len(steps) and steps[b] <= last:
            h = group[b]
            if seen[h] != stamp:
                more = steps[b] - steps[a]
                was = _error(low, h, sums[h])
                one, other = _error(low, g, total + more), _error(low, h, sums[h] - more)
                errors = one * one + other * other - off * off - was * was
                move = across[b] - across[a]
                away = whole[g] - aim[g] - (whole[h] - aim[h])
                cost = move * (away + move)
                better = errors < least or (errors == least and cost < cheapest)
                wish, his = whole[g] + move, whole[h] - move
                if errors <= 0 and better and not _parts(whole, series, g, wish, h, his, reach):
                    found_a, found_b, least, cheapest = a, b, errors, cost
            b += 1
    return found_a, found_b, least
