"""Exact exchanges in machine code: everything as in `exchanges.py`, to the last bit."""

from __future__ import annotations

import numba

from packcalc.matching.stock import Ints


@numba.njit(cache=True, nogil=True)
def first_exchange_fast(
    keys: Ints, sizes: Ints, sums: Ints, a: int, others: Ints, allowed: Ints, room: int
) -> tuple[int, int, int]:
    """Do what `exchanges.first_exchange` does."""
    for i in range(len(others)):
        b = others[i]
        difference, more = sums[b] - sums[a], sizes[b] - sizes[a]
        everything = difference + more * room
        for turn in range(2 if more else 1):
            for target in allowed:
                for way in range(2):
                    gain = sums[b] - target if way else target - sums[a]
                    wanted = gain + turn * more * room
                    x, y = _parts(keys[a], keys[b], wanted, everything, sizes[a], room)
                    if x >= 0:
                        return i, x, y
    return -1, -1, -1


@numba.njit(cache=True, nogil=True)
def _parts(
    ours: Ints, theirs: Ints, wanted: int, everything: int, size: int, room: int
) -> tuple[int, int]:
    y = 0
    for x in range(len(ours)):
        need = ours[x] + wanted
        while y < len(theirs) and theirs[y] < need:
            y += 1
        if y == len(theirs):
            break
        if theirs[y] != need:
            continue
        count = ours[x] // room
        if wanted == 0 and count <= 1:
            continue
        if wanted == everything and count >= size - 1:
            continue
        return x, y
    return -1, -1
