"""Splitting whole numbers into subsets of equal size and equal sum, with a certificate.

Balanced differencing comes near. Then two subsets, at least one of which misses its sum, exchange
parts so that one of them has a right sum: meeting in the middle over the sums of their parts.
What was missed goes to the other, and the last two come right together. A wrong subset that finds
no wrong partner exchanges with a right one, which hands the miss on: every such exchange makes
new subsets, so that the last two wrong ones are tried in new forms until they fit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import comb

import numpy as np

from packcalc.matching.differencing import balanced_groups
from packcalc.matching.exchanges import first_exchange
from packcalc.matching.stock import Ints, Mask

__all__ = ["Partition", "partition", "verify_partition"]

LARGEST_HALF = 18  # values of a subset that may change hands; all parts of them are listed
MOST_KEYS = 2**23  # parts listed of all subsets together
WANTED = 0.5  # expected solutions of one trial
AT_ONCE = 256  # partners tried in one go
HANDED_ON = 8  # times in a row: soon the forms come round again
WORTH_COMPILING = 300  # trials


@dataclass(frozen=True, slots=True)
class Partition:
    """Subsets as arrays of indices, and whether every sum is the mean rounded down or up."""

    subsets: tuple[Ints, ...]
    perfect: bool
    trials: int


def partition(values: Ints, k: int, seed: int = 0, trials: int = 20_000_000) -> Partition:
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
    handed_on = 0
    while work.trials < trials and work.wrong.any():
        a = int(work.random.choice(np.flatnonzero(work.wrong)))
        if _exchange_with_wrong(work, a):
            handed_on = 0
        elif handed_on < HANDED_ON and _hand_on(work, a):
            handed_on += 1
        else:
            _disturb(work, a)
            work.trials, handed_on = work.trials + 1, 0
    return Partition(tuple(work.subsets), not work.wrong.any(), work.trials)


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
    """The subsets while they are improved, their sums, and which of those are wrong."""

    def __init__(self, values: Ints, k: int, random: np.random.Generator) -> None:
        self.values, self.random, self.trials = values, random, 0
        size = -(-len(values) // k)
        padded = np.concatenate([values, np.zeros(size * k - len(values), dtype=np.int64)])
        self.subsets = [row[row < len(values)] for row in balanced_groups(padded, size)]
        self.sizes = np.array([len(subset) for subset in self.subsets])
        self.sums = np.array([values[subset].sum() for subset in self.subsets])
        self.low, self.high_ones = divmod(int(values.sum()), k)
        self.wrong = np.ones(k, dtype=bool)
        for index in range(k):
            self.wrong[index] = int(self.sums[index]) not in self.allowed()
        self.free = _how_many(int(self.sizes.min()), k, float(values.std()))
        self.room = 4 * size * int(values.max(initial=1)) + 4
        self.keys = np.zeros((k, 2**self.free), dtype=np.int64)
        self.bits = np.zeros((k, 2**self.free), dtype=np.int32)
        self.listed = np.zeros(k, dtype=bool)
        self.tried: dict[int, Mask] = {}

    def allowed(self) -> list[int]:
        """The sums that one more subset may have: the mean rounded down, or up if some is left."""
        high = int(np.count_nonzero(self.sums[~self.wrong] > self.low))
        low = int(np.count_nonzero(~self.wrong)) - high
        room_below = low < len(self.wrong) - self.high_ones
        return [self.low] * room_below + [self.low + 1] * (high < self.high_ones)

    def put(self, index: int, members: Ints) -> None:
        """Replace a subset; it is wrong until its sum is found to be allowed."""
        self.subsets[index], self.sizes[index] = members, len(members)
        self.sums[index] = self.values[members].sum()
        self.listed[index], self.wrong[index] = False, True
        self.tried.pop(index, None)
        for partners in self.tried.values():
            partners[index] = False

    def settle(self, *indices: int) -> None:
        """Find out which of some subsets are right now."""
        for index in indices:
            self.wrong[index] = int(self.sums[index]) not in self.allowed()

    def list_parts(self, which: Ints) -> None:
        """List the parts of some subsets that may change hands, sorted by their keys."""
        for index in which[~self.listed[which]].tolist():
            if self.sizes[index] > self.free:
                self.subsets[index] = self.random.permutation(self.subsets[index])
            keys = _all_sums(self.values[self.subsets[index][: self.free]] + self.room)
            rank = np.argsort(keys)
            self.keys[index], self.bits[index] = keys[rank], rank
            self.listed[index] = True

    def partners(self, a: int) -> Mask:
        """Those that `a` was tried with as they are, and itself."""
        if a not in self.tried:
            self.tried[a] = np.arange(len(self.wrong)) == a
        return self.tried[a]

    def untried(self, a: int, among: Mask) -> Ints:
        """Some of those that `a` was not tried with as they are, by chance."""
        return self.random.permutation(np.flatnonzero(among & ~self.partners(a)))[:AT_ONCE]


def _exchange_with_wrong(work: _Work, a: int) -> bool:
    """Let `a` and another wrong subset exchange parts so that one of them comes right."""
    return _exchange(work, a, work.wrong, np.array(work.allowed()))


def _hand_on(work: _Work, a: int) -> bool:
    """Let `a` and a right subset exchange parts so that one of the two is right, in a new form."""
    allowed = set(work.allowed())
    for held in (work.low, work.low + 1):
        right = ~work.wrong & (work.sums == held)
        if right.any() and _exchange(work, a, right, np.array(sorted(allowed | {held}))):
            return True
    return False


def _exchange(work: _Work, a: int, among: Mask, allowed: Ints) -> bool:
    """Exchange parts of `a` and the first of `among` that suits; False when none does."""
    while len(others := work.untried(a, among)):
        work.list_parts(np.append(others, a))
        search = _search(work.trials)
        arrays = (work.keys, work.sizes, work.sums)
        at, x, y = search(*arrays, a, others, allowed, work.room)
        seen = others if at < 0 else others[: at + 1]
        work.trials += len(seen)
        work.partners(a)[seen] = True
        if at >= 0:
            b = int(others[at])
            out = _mask(work.bits[a, x], len(work.subsets[a]))
            into = _mask(work.bits[b, y], len(work.subsets[b]))
            one, other = work.subsets[a], work.subsets[b]
            work.put(a, np.concatenate([one[~out], other[into]]))
            work.put(b, np.concatenate([other[~into], one[out]]))
            work.settle(a, b)
            for one_of, other_of in ((a, b), (b, a)):  # there and back again leads nowhere
                work.partners(one_of)[other_of] = True
            return True
    return False


def _search(trials: int) -> Callable[..., tuple[int, int, int]]:
    """The kernel, once there was enough to do to be worth loading it: it answers the same."""
    if trials < WORTH_COMPILING:
        return first_exchange
    from packcalc.matching.exchange_kernels import first_exchange_fast

    return first_exchange_fast


def _disturb(work: _Work, a: int) -> None:
    """Exchange a value of `a` with one of another wrong subset, and two that make up for it."""
    wrong = np.flatnonzero(work.wrong)
    others = wrong[wrong != a] if len(wrong) > 1 else np.delete(np.arange(len(work.sums)), a)
    if not len(others):
        return
    b = int(work.random.choice(others))
    one, other = work.subsets[a].copy(), work.subsets[b].copy()
    i, j = int(work.random.integers(len(one))), int(work.random.integers(len(other)))
    one[i], other[j] = other[j], one[i]
    give, take = work.values[one], work.values[other]
    over = give.sum() / len(one) - take.sum() / len(other)
    off = np.abs(give[:, None] - take - over * len(one) / 2)
    off[i, :], off[:, j] = np.inf, np.inf
    i, j = divmod(int(off.argmin()), len(other))
    if np.isfinite(off[i, j]):
        one[i], other[j] = other[j], one[i]
    work.put(a, one)
    work.put(b, other)
    work.settle(a, b)


def _how_many(size: int, k: int, width: float) -> int:
    """How many values of each of two subsets to free, so that one split in two is exact."""
    most = min(size, LARGEST_HALF, max(MOST_KEYS // k, 2).bit_length() - 1)
    for free in range(min(8, most), most):
        if comb(2 * free, free) >= WANTED * 2.5 * width * np.sqrt(free / 2):
            return free
    return most


def _mask(bits: int, count: int) -> Mask:
    return (int(bits) >> np.arange(count) & 1).astype(bool)


def _all_sums(values: Ints) -> Ints:
    """Sums of all parts, in the order of their bits."""
    sums = np.zeros(1, dtype=np.int64)
    for value in values:
        sums = np.concatenate([sums, sums + value])
    return sums
