"""The swap descent in machine code; imported only when a stock is large enough to pay for it.

The loop is that of `descent.py`. It looks only at partners that can gain: with the cells sorted
by their first coordinate, those lie in a window as wide as the residuals.
"""

from __future__ import annotations

import math

import numba
import numpy as np

from packcalc.matching.descent import SMALLEST_GAIN
from packcalc.matching.stock import Floats, Ints


@numba.njit(cache=True, nogil=True)
def descend_fast(points: Floats, group: Ints, targets: Floats, rounds: int) -> int:
    """Do what `descent.descend` does, bit for bit."""
    count = len(points)
    residual = -targets
    for i in range(count):
        residual[group[i], 0] += points[i, 0]
        residual[group[i], 1] += points[i, 1]
    swaps = 0
    for _ in range(rounds):
        before = swaps
        widest_u = 0.0
        widest = 0.0
        for g in range(len(residual)):
            widest_u = max(widest_u, abs(residual[g, 0]))
            widest = max(widest, math.hypot(residual[g, 0], residual[g, 1]))
        for a in range(count):
            b = _partner(points, group, residual, a, widest_u, widest)
            if b >= 0:
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
        if swaps == before:
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
    points: Floats, group: Ints, residual: Floats, a: int, widest_u: float, widest: float
) -> int:
    """Look left and right of where the wanted partner stands, as far as one could gain."""
    own = group[a]
    reach = math.hypot(residual[own, 0], residual[own, 1]) + widest
    wanted = points[a, 0] - residual[own, 0] * 0.5
    best, found = SMALLEST_GAIN, -1
    width = 0.5 * widest_u + 0.5 * reach * (1.0 + 1e-9)
    middle = np.searchsorted(points[:, 0], wanted)
    for b in range(middle, len(points)):
        if points[b, 0] - wanted > width:
            break
        if group[b] != own:
            gain = _gain(points, group, residual, a, b)
            if gain > best:
                best, found = gain, b
                width = 0.5 * widest_u + _half_reach(reach, best)
    for b in range(middle - 1, -1, -1):
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
