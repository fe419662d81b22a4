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
    `allowed` the sums that are right. Gives the place in `others` and the places of both parts,
    or -1 thrice. Both subsets keep the two sizes that they have, either way round. Exchanges
    that change nothing, or only exchange names, are passed over.
    """
    for i, b in enumerate(others.tolist()):
        difference, more = int(sums[b] - sums[a]), int(sizes[b] - sizes[a])
        everything = difference + more * room
        for turned in (0, more) if more else (0,):
            for target in allowed.tolist():
                for gain in (target - int(sums[a]), int(sums[b]) - target):
                    wanted = gain + turned * room
                    x, y = _parts(keys[a], keys[b], wanted, everything, int(sizes[a]), room)
                    if x >= 0:
                        return i, x, y
    return NONE


def _parts(
    ours: Ints, theirs: Ints, wanted: int, everything: int, size: int, room: int
) -> tuple[int, int]:
    """Find the first two parts whose keys differ by `wanted`; -1 twice when there are none."""
    need = ours + wanted
    at = np.minimum(np.searchsorted(theirs, need), len(theirs) - 1)
    hits = theirs[at] == need
    if wanted == 0:  # one value for another like it
        hits &= ours // room > 1
    if wanted == everything:  # all for all, but for one value for another like it
        hits &= ours // room < size - 1
    if not hits.any():
        return -1, -1
    x = int(hits.argmax())
    return x, int(at[x])
