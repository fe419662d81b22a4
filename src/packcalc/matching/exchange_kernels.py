"""Exact exchanges in machine code: everything as in `exchanges.py`, to the last bit."""

from __future__ import annotations

import numba

from packcalc.matching.stock import Ints


@numba.njit(cache=True, nogil=True)
def first_exchange_fast(
    keys: Ints, sizes: Ints, sums: Ints, a: int, others: Ints, allowed: Ints, room: int
) -> tuple[int, int, int]:
    """Do what `exchanges.first_exchange` does."""
    low, span = allowed[0], allowed[-1] - allowed[0]
    for i in range(len(others)):
        b = others[i]
        difference, more = sums[b] - sums[a], sizes[b] - sizes[a]
        everything = difference + more * room
        ways = 2 if more or len(keys[a]) < 1 << sizes[a] else 1
        for turn in range(2 if more else 1):
            for way in range(ways):
                gain = sums[b] - low - span if way else low - sums[a]
                wanted = gain + turn * more * room
                x, y = _parts(keys[a], keys[b], wanted, span, everything, sizes[a], room)
                if x >= 0:
                    return i, x, y
    return -1, -1, -1


@numba.njit(cache=True, nogil=True)
def _parts(
    ours: Ints, theirs: Ints, lowest: int, span: int, everything: int, size: int, room: int
) -> tuple[int, int]:
    y = 0
    for x in range(len(ours)):
        need = ours[x] + lowest
        while y < len(theirs) and theirs[y] < need:
            y += 1
        if y == len(theirs):
            break
        if theirs[y] > need + span:
            continue
        change, count = theirs[y] - ours[x], ours[x] // room
        if change == 0 and count <= 1:
            continue
        if change == everything and count >= size - 1:
            continue
        return x, y
    return -1, -1
