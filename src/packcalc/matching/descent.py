"""Swap descent on the residuals of groups in capacity and conductance: the readable twin.

Give every cell a point x and every group a residual r: its sum of points less its target.
Exchanging cell a of a group with residual r for cell b of one with residual q lowers the sum
of squared residuals by |r - q|^2 / 2 - 2 |P_a - P_b|^2, where P = x - (residual of its group) / 2.
So the best partner of a has nearly the same P and a residual as different as can be.

`kernels.py` has the same loop for large stocks, in machine code; the two agree to the last bit.
"""

from __future__ import annotations

import numpy as np

from packcalc.matching.stock import Floats, Ints

SMALLEST_GAIN = 1e-18  # of the squared mean of a cell: under any reading, above rounding


def descend(points: Floats, group: Ints, targets: Floats, rounds: int) -> int:
    """Exchange cells between groups until no exchange helps, or `rounds` are over.

    `points`, shape (cell, 2), are sorted by their first column; `group` says where each cell
    stands and is changed in place; `targets` has shape (group, 2). Gives the swaps made.
    """
    residual = -targets.copy()
    np.add.at(residual, group, points)
    swaps = 0
    for _ in range(rounds):
        before = swaps
        for a in range(len(points)):
            b = _partner(points, group, residual, a)
            if b >= 0:
                _exchange(points, group, residual, a, b)
                swaps += 1
        if swaps == before:
            break
    return swaps


def _partner(points: Floats, group: Ints, residual: Floats, a: int) -> int:
    """The cell whose exchange for `a` gains most; the first of equals; -1 when none gains."""
    ra = residual[group[a]]
    rb = residual[group]
    du = (points[a, 0] - ra[0] * 0.5) - (points[:, 0] - rb[:, 0] * 0.5)
    dv = (points[a, 1] - ra[1] * 0.5) - (points[:, 1] - rb[:, 1] * 0.5)
    eu, ev = ra[0] - rb[:, 0], ra[1] - rb[:, 1]
    gain = (eu * eu + ev * ev) * 0.5 - (du * du + dv * dv) * 2.0
    gain[group == group[a]] = 0.0
    b = int(gain.argmax())
    return b if gain[b] > SMALLEST_GAIN else -1


def _exchange(points: Floats, group: Ints, residual: Floats, a: int, b: int) -> None:
    move = points[a] - points[b]
    residual[group[a]] -= move
    residual[group[b]] += move
    group[a], group[b] = group[b], group[a]
