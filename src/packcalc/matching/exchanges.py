"""Exchanges of parts of two subsets that give one of them an exact sum: the readable twin.

A part of a subset is written as one whole number, its key: size times `room` plus sum. Subset a
gives part x and takes part y of subset b; its size and sum then change by key(y) - key(x), so a
wanted change is one whole number too, and sorted keys of both are gone through side by side.

`exchange_kernels.py` does the same in machine code, to the last bit.
"""

from __future__ import annotations

import numpy as np

from packcalc.matching.stock import Ints

NONE = (-1, -1, -1)


def first_exchange(
    keys: Ints, sizes: Ints, sums: Ints, a: int, others: Ints, allowed: Ints, room: int
) -> tuple[int, int, int]:
    """Find the first of `others` with which `a` can exchange parts so that one sum is allowed.

    `keys`, shape (subset, part), are sorted; `sizes` and `sums` are those of the subsets,
    `allowed` the sums that are right, one or two that follow each other. Gives the place in
    `others` and the places of both parts, or -1 thrice. Both subsets keep the two sizes that
    they have, either way round. Exchanges that change nothing, or only exchange names, are
    passed over.
    """
    low, span = int(allowed[0]), int(allowed[-1] - allowed[0])
    for i, b in enumerate(others.tolist()):
        difference, more = int(sums[b] - sums[a]), int(sizes[b] - sizes[a])
        everything = difference + more * room
        gains = [low - int(sums[a])]
        if more or len(keys[a]) < 1 << int(sizes[a]):  # else what is not given comes to the same
            gains.append(int(sums[b]) - low - span)
        for turned in (0, more) if more else (0,):
            for gain in gains:
                wanted = gain + turned * room
                x, y = _parts(keys[a], keys[b], (wanted, span), everything, int(sizes[a]), room)
                if x >= 0:
                    return i, x, y
    return NONE


def _parts(
    ours: Ints, theirs: Ints, wanted: tuple[int, int], everything: int, size: int, room: int
) -> tuple[int, int]:
    """Find the first two parts whose keys differ as `wanted`, or up to so much more; or -1, -1."""
    lowest, span = wanted
    at = np.minimum(np.searchsorted(theirs, ours + lowest), len(theirs) - 1)
    change = theirs[at] - ours
    count = ours // room
    hits = (change >= lowest) & (change <= lowest + span)
    hits &= (change != 0) | (count > 1)  # one value for another like it
    hits &= (change != everything) | (count < size - 1)  # all but such a pair for all others
    if not hits.any():
        return -1, -1
    x = int(hits.argmax())
    return x, int(at[x])
