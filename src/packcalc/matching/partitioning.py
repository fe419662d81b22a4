"""Splitting whole numbers into subsets of equal size and equal sum, with a certificate.

Balanced differencing comes near; then pairs of subsets that miss their sums are split anew so
that one of them meets its own, by meeting in the middle over sums of k-subsets. What a subset
misses goes to its partner, and the last two come right together.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import NamedTuple

import numpy as np

from packcalc.matching.differencing import balanced_groups
from packcalc.matching.stock import Ints, Mask

__all__ = ["Partition", "partition", "verify_partition"]

LARGEST_HALF = 18  # values of a subset that may change hands; all parts of them are listed
WANTED = 0.5  # expected solutions of one trial


@dataclass(frozen=True, slots=True)
class Partition:
    """Subsets as arrays of indices, and whether every sum is the mean rounded down or up."""

    subsets: tuple[Ints, ...]
    perfect: bool
    trials: int


def partition(values: Ints, k: int, seed: int = 0, trials: int = 400_000) -> Partition:
    """Split values into `k` subsets whose sizes differ by at most one and whose sums are equal.

    Parameters
    ----------
    values : ndarray, shape (value,)
        Positive whole numbers. [any unit]
    k : int
        How many subsets. [1]
    seed : int
        Seed of the choices that are made by chance. [1]
    trials : int
        How many pairs of subsets to try before giving up. [1]

    Returns
    -------
    Partition
        The subsets; `perfect` when each sum is the mean rounded down or up, which certifies
        that no split is better. [1]

    Raises
    ------
    ValueError
        If there are fewer values than subsets.

    References
    ----------
    .. [1] E. Horowitz and S. Sahni, "Computing partitions with applications to the knapsack
           problem," Journal of the ACM 21 (1974), 277-292, doi:10.1145/321812.321823.

    Examples
    --------
    >>> found = partition(np.array([8, 7, 6, 5, 4, 3]), 3)
    >>> found.perfect, [int(np.array([8, 7, 6, 5, 4, 3])[s].sum()) for s in found.subsets]
    (True, [11, 11, 11])
    """
    values = np.asarray(values, dtype=np.int64)
    if not 1 <= k <= len(values):
        raise ValueError(f"{len(values)} values cannot fill {k} subsets")
    work = _Work(values, k, np.random.default_rng(seed))
    used = 0
    while used < trials and work.missing.any():
        pair = _untried_pair(work)
        if pair is None:
            wrong = np.flatnonzero(work.missing)
            _disturb(work, int(work.random.choice(wrong)))
        elif not _split_anew(work, *pair):
            work.tried.add(pair)
        used += 1
    return Partition(tuple(work.subsets), not work.missing.any(), used)


def verify_partition(values: Ints, k: int, subsets: list[list[int]]) -> str:
    """Check a certificate: a list of subsets of the values themselves.

    Parameters
    ----------
    values : ndarray, shape (value,)
        The values of the instance. [any unit]
    k : int
        How many subsets are asked for. [1]
    subsets : list of list of int
        The certificate. [the unit of `values`]

    Returns
    -------
    str
        Empty when the certificate proves an optimum, else what is wrong with it. [1]

    Derivation
    ----------
    Sums of whole numbers cannot be closer than the mean rounded down and up, so subsets that
    use every value once, have sizes within one and sums within those two are optimal.

    Examples
    --------
    >>> verify_partition(np.array([1, 2, 3, 4]), 2, [[1, 4], [2, 3]])
    ''
    """
    given = np.sort(np.asarray(values, dtype=np.int64))
    if len(subsets) != k:
        return f"{len(subsets)} subsets, {k} asked for"
    used = np.sort(np.array([v for s in subsets for v in s], dtype=np.int64))
    if len(used) != len(given) or (used != given).any():
        return "the subsets do not use every value exactly once"
    sizes = {len(s) for s in subsets}
    if max(sizes) - min(sizes) > 1:
        return f"sizes from {min(sizes)} to {max(sizes)}"
    total = int(given.sum())
    off = {sum(s) for s in subsets} - {total // k, -(-total // k)}
    return f"sums {sorted(off)[:3]} are not the mean {total / k:g} rounded" if off else ""


class _Work:
    """The subsets while they are improved, and by how much each misses its target."""

    def __init__(self, values: Ints, k: int, random: np.random.Generator) -> None:
        self.values, self.random = values, random
        size = -(-len(values) // k)
        padded = np.concatenate([values, np.zeros(size * k - len(values), dtype=np.int64)])
        self.subsets = [row[row < len(values)] for row in balanced_groups(padded, size)]
        low, high_ones = divmod(int(values.sum()), k)
        sums = np.array([values[s].sum() for s in self.subsets])
        self.target = np.full(k, low)
        self.target[np.argsort(-sums, kind="stable")[:high_ones]] += 1
        self.missing = sums - self.target
        self.free = _how_many(size, float(values.std()))
        self.room = 4 * size * int(values.max(initial=1)) + 4
        self.lists: dict[int, _Parts] = {}
        self.tried: set[tuple[int, int]] = set()

    def put(self, index: int, members: Ints, target: int) -> None:
        """Replace a subset and what it aims for."""
        self.subsets[index], self.target[index] = members, target
        self.missing[index] = self.values[members].sum() - target
        self.lists.pop(index, None)
        self.tried = {pair for pair in self.tried if index not in pair}

    def parts(self, index: int) -> _Parts:
        """The parts of a subset that may change hands, sorted by size and sum."""
        if index not in self.lists:
            if len(self.subsets[index]) > self.free:
                self.subsets[index] = self.random.permutation(self.subsets[index])
            keys = _all_sums(self.values[self.subsets[index][: self.free]] + self.room)
            rank = np.argsort(keys)
            self.lists[index] = _Parts(keys[rank], rank)
        return self.lists[index]


class _Parts(NamedTuple):
    """Parts of a subset: sum plus size times a large number, sorted; and their bits."""

    keys: Ints
    bits: Ints


def _untried_pair(work: _Work) -> tuple[int, int] | None:
    """Two subsets that miss their sums and were not split anew as they are; None when all were."""
    wrong = np.flatnonzero(work.missing)
    for _ in range(4):
        a, b = sorted(work.random.choice(wrong, 2, replace=False).tolist())
        if (a, b) not in work.tried:
            return a, b
    pairs = [p for p in combinations(wrong.tolist(), 2) if p not in work.tried]
    return pairs[int(work.random.integers(len(pairs)))] if pairs else None


def _split_anew(work: _Work, a: int, b: int) -> bool:
    """Exchange parts so that `a` meets a target exactly; `b` takes what is missing."""
    ours, theirs = work.parts(a), work.parts(b)
    one, other = work.subsets[a], work.subsets[b]
    for target in {int(work.target[a]), int(work.target[b])}:
        gain = target - int(work.target[a]) - int(work.missing[a])
        for more in {0, len(other) - len(one)}:
            need = ours.keys + (gain + more * work.room)
            at = np.minimum(np.searchsorted(theirs.keys, need), len(theirs.keys) - 1)
            hits = np.flatnonzero(theirs.keys[at] == need)
            if not len(hits):
                continue
            hit = int(work.random.choice(hits))
            out = _mask(ours.bits[hit], len(one))
            into = _mask(theirs.bits[at[hit]], len(other))
            both = int(work.target[a] + work.target[b])
            work.put(a, np.concatenate([one[~out], other[into]]), target)
            work.put(b, np.concatenate([other[~into], one[out]]), both - target)
            return True
    return False


def _disturb(work: _Work, a: int) -> None:
    """Exchange a value of `a` with one of another subset so that both miss little: new parts."""
    b = int(work.random.integers(len(work.subsets)))
    if a == b:
        return
    one, other = work.subsets[a].copy(), work.subsets[b].copy()
    i = int(work.random.integers(len(one)))
    wanted = (work.missing[a] - work.missing[b]) / 2
    off = np.abs(work.values[one[i]] - work.values[other] - wanted)
    j = int(off.argmin())
    one[i], other[j] = other[j], one[i]
    work.put(a, one, int(work.target[a]))
    work.put(b, other, int(work.target[b]))


def _how_many(size: int, width: float) -> int:
    """How many values of each of two subsets to free, so that one split in two is exact."""
    for free in range(min(8, size), min(size, LARGEST_HALF) + 1):
        if comb(2 * free, free) >= WANTED * 2.5 * width * np.sqrt(free / 2):
            return free
    return min(size, LARGEST_HALF)


def _mask(bits: int, count: int) -> Mask:
    return (int(bits) >> np.arange(count) & 1).astype(bool)


def _all_sums(values: Ints) -> Ints:
    """Sums of all parts, in the order of their bits."""
    sums = np.zeros(1, dtype=np.int64)
    for value in values:
        sums = np.concatenate([sums, sums + value])
    return sums
