"""The swap descent in machine code; imported only when a stock is large enough to pay for it.

Everything is as in `descent.py`, bit for bit; only partners that cannot gain are passed over:
with the cells sorted by their first coordinate those lie outside a window as wide as the
residuals. Constants are arguments here, so that a cached kernel never holds an old one.
"""

from __future__ import annotations

import math

import numba
import numpy as np

from packcalc.matching.descent import ENOUGH, NEAR, SMALLEST_GAIN
from packcalc.matching.stock import Floats, Ints


def improve_fast(points: Floats, groups: Ints, series: int, rounds: int, common: float) -> Ints:
    """Do what `descent.improve` does."""
    settings = (series, rounds, common, NEAR, ENOUGH, SMALLEST_GAIN)
    return np.asarray(_improve(points, groups, *settings))


def compile_now() -> None:
    """Compile the kernels, or load them from an earlier cache, before they are needed."""
    from packcalc.matching.settling_kernels import settle_fast

    points, groups = np.zeros((4, 2)), np.arange(4).reshape(2, 2)
    improve_fast(points, groups, 1, 1, 0.0)
    settle_fast(np.arange(4), np.zeros(4), groups, 1, 0, 0.0)


@numba.njit(cache=True, nogil=True)
def _improve(
    points: Floats,
    groups: Ints,
    series: int,
    rounds: int,
    common: float,
    near: int,
    enough: int,
    least: float,
) -> Ints:
    rank = np.argsort(points[:, 0].copy(), kind="mergesort")
    ranked = points[rank]
    count, size = groups.shape
    place = np.empty(len(points), dtype=np.int64)
    for g in range(count):
        for k in range(size):
            place[groups[g, k]] = g
    standing = place[rank]
    _descend(ranked, standing, np.zeros((count, 2)), rounds, near, enough, least)
    sums = _group_sums(ranked, standing, count)
    order = _cut_alike(sums, series)
    targets = _pack_targets(sums, order, series, common)
    _descend(ranked, standing, targets, rounds, near, enough, least)
    members = np.empty((count, size), dtype=np.int64)
    filled = np.zeros(count, dtype=np.int64)
    for i in range(len(points)):
        g = standing[i]
        members[g, filled[g]] = rank[i]
        filled[g] += 1
    return members[order]


@numba.njit(cache=True, nogil=True)
def _group_sums(points: Floats, standing: Ints, groups: int) -> Floats:
    sums = np.zeros((groups, 2))
    for i in range(len(points)):
        sums[standing[i], 0] += points[i, 0]
        sums[standing[i], 1] += points[i, 1]
    return sums


@numba.njit(cache=True, nogil=True)
def _pack_targets(sums: Floats, order: Ints, series: int, common: float) -> Floats:
    targets = sums.copy()
    whole = len(sums) // series * series
    for g in order[whole:]:
        targets[g, 0] = common
    for first in range(0, whole, series):
        for k in range(2):
            total = 0.0
            for g in order[first : first + series]:
                total += sums[g, k]
            for g in order[first : first + series]:
                targets[g, k] = total / series
    return targets


@numba.njit(cache=True, nogil=True)
def _cut_alike(sums: Floats, series: int) -> Ints:
    extreme = np.maximum(np.abs(sums[:, 0]), np.abs(sums[:, 1]))
    order = np.argsort(extreme, kind="mergesort")
    waiting = [(0, len(sums) // series)]
    while len(waiting) > 0:
        first, packs = waiting.pop()
        if packs == 0:
            continue
        part = order[first * series : (first + packs) * series].copy()
        low, high = sums[part[0]].copy(), sums[part[0]].copy()
        for g in part:
            for k in range(2):
                low[k] = min(low[k], sums[g, k])
                high[k] = max(high[k], sums[g, k])
        axis = 1 if high[1] - low[1] > high[0] - low[0] else 0
        values = np.empty(len(part))
        for i in range(len(part)):
            values[i] = sums[part[i], axis]
        order[first * series : (first + packs) * series] = part[
            np.argsort(values, kind="mergesort")
        ]
        if packs > 1 and high[1 - axis] - low[1 - axis] > 0:
            half = packs // 2
            waiting.append((first, half))
            waiting.append((first + half, packs - half))
    return order


@numba.njit(cache=True, nogil=True)
def _descend(
    points: Floats,
    group: Ints,
    targets: Floats,
    rounds: int,
    near: int,
    enough: int,
    least: float,
) -> int:
    residual = _group_sums(points, group, len(targets)) - targets
    swaps = 0
    for _ in range(rounds):
        before = swaps
        widest_u, widest = 0.0, 0.0
        for g in range(len(residual)):
            widest_u = max(widest_u, abs(residual[g, 0]))
            widest = max(widest, math.hypot(residual[g, 0], residual[g, 1]))
        for a in range(len(points)):
            b = _partner(points, group, residual, a, widest_u, widest, near, least)
            if b < 0:
                continue
            for k in range(2):
                move = points[a, k] - points[b, k]
                residual[group[a], k] -= move
                residual[group[b], k] += move
            group[a], group[b] = group[b], group[a]
            for c in (a, b):
                ru, rv = residual[group[c], 0], residual[group[c], 1]
                widest_u = max(widest_u, abs(ru))
                widest = max(widest, math.hypot(ru, rv))
            swaps += 1
        if (swaps - before) * enough < len(points):
            break
    return swaps


@numba.njit(cache=True, nogil=True, inline="always")
def _gain(points: Floats, group: Ints, residual: Floats, a: int, b: int) -> float:
    ra_u, ra_v = residual[group[a], 0], residual[group[a], 1]
    rb_u, rb_v = residual[group[b], 0], residual[group[b], 1]
    du = (points[a, 0] - ra_u * 0.5) - (points[b, 0] - rb_u * 0.5)
    dv = (points[a, 1] - ra_v * 0.5) - (points[b, 1] - rb_v * 0.5)
    eu, ev = ra_u - rb_u, ra_v - rb_v
    gain: float = (eu * eu + ev * ev) * 0.5 - (du * du + dv * dv) * 2.0
    return gain


@numba.njit(cache=True, nogil=True)
def _partner(
    points: Floats,
    group: Ints,
    residual: Floats,
    a: int,
    widest_u: float,
    widest: float,
    near: int,
    least: float,
) -> int:
    """Look left and right of where the wanted partner stands, as far as one could gain."""
    own = group[a]
    reach = math.hypot(residual[own, 0], residual[own, 1]) + widest
    wanted = points[a, 0] - residual[own, 0] * 0.5
    best, found = least, -1
    width = 0.5 * widest_u + _half_reach(reach, 0.0)
    middle = np.searchsorted(points[:, 0], wanted)
    for b in range(middle, min(middle + near, len(points))):
        if points[b, 0] - wanted > width:
            break
        if group[b] != own:
            gain = _gain(points, group, residual, a, b)
            if gain > best:
                best, found = gain, b
                width = 0.5 * widest_u + _half_reach(reach, best)
    for b in range(middle - 1, max(middle - near, 0) - 1, -1):
        if wanted - points[b, 0] > width:
            break
        if group[b] != own:
            gain = _gain(points, group, residual, a, b)
            if gain > best or (gain == best and found >= 0):
                best, found = gain, b
                width = 0.5 * widest_u + _half_reach(reach, best)
    return found


@numba.njit(cache=True, nogil=True, inline="always")
def _half_reach(reach: float, best: float) -> float:
    """No partner further off in P can gain more than `best`."""
    return math.sqrt(max(reach * reach * 0.25 - best * 0.5, 0.0)) * (1.0 + 1e-9)
