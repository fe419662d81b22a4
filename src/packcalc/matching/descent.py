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

NEAR = 24  # candidates tried on either side of the wanted partner
SMALLEST_GAIN = 1e-16  # in squared standard deviations of a cell: above rounding, under a reading
ENOUGH = 50  # a round in which fewer than one cell in so many moved is the last


def improve(points: Floats, groups: Ints, series: int, rounds: int, common: float) -> Ints:
    """Make groups alike, cut them into packs, make the groups of each pack alike.

    `points` has shape (cell, 2), `groups` shape (group, size); gives groups, whole packs in turn.
    Groups that make no whole pack here come last; they will meet groups of other blocks, so
    they aim for `common` in the first coordinate.
    """
    rank = np.argsort(points[:, 0], kind="stable")
    ranked = points[rank]
    standing = np.empty(len(points), dtype=np.int64)
    standing[groups] = np.arange(len(groups))[:, None]
    standing = standing[rank]
    descend(ranked, standing, np.zeros((len(groups), 2)), rounds)
    sums = group_sums(ranked, standing, len(groups))
    order = cut_alike(sums, series)
    descend(ranked, standing, pack_targets(sums, order, series, common), rounds)
    members = rank[np.argsort(standing, kind="stable")].reshape(groups.shape)
    return members[order]


def group_sums(points: Floats, standing: Ints, groups: int) -> Floats:
    """Sum of the points of each group, shape (group, 2), added in the order of the cells."""
    sums = np.zeros((groups, 2))
    np.add.at(sums, standing, points)
    return sums


def pack_targets(sums: Floats, order: Ints, series: int, common: float) -> Floats:
    """For each group the mean of its pack; groups that make no whole pack aim for `common`."""
    targets = sums.copy()
    whole = len(sums) // series * series
    targets[order[whole:], 0] = common
    for first in range(0, whole, series):
        pack = order[first : first + series]
        total = np.zeros(2)
        for group in pack.tolist():
            total += sums[group]
        targets[pack] = total / series
    return targets


def cut_alike(sums: Floats, series: int) -> Ints:
    """Order groups so that every `series` of them in turn are alike in both coordinates.

    The groups are halved across the coordinate in which they differ more, whole packs to each
    side, and the halves likewise. Those that make no whole pack, the most extreme, come last.
    """
    order = np.argsort(np.abs(sums).max(1), kind="stable")
    waiting = [(0, len(sums) // series)]
    while waiting:
        first, packs = waiting.pop()
        if packs == 0:
            continue
        part = order[first * series : (first + packs) * series]
        wide = np.ptp(sums[part], axis=0)
        axis = int(wide[1] > wide[0])
        part = part[np.argsort(sums[part, axis], kind="stable")]
        order[first * series : (first + packs) * series] = part
        if packs > 1 and wide[1 - axis] > 0:
            half = packs // 2
            waiting += [(first, half), (first + half, packs - half)]
    return order


def descend(points: Floats, group: Ints, targets: Floats, rounds: int) -> int:
    """Exchange cells between groups until hardly any exchange helps, or `rounds` are over.

    `points`, shape (cell, 2), are sorted by their first column; `group` says where each cell
    stands and is changed in place; `targets` has shape (group, 2). Gives the swaps made.
    """
    residual = group_sums(points, group, len(targets)) - targets
    swaps = 0
    for _ in range(rounds):
        before = swaps
        for a in range(len(points)):
            b = _partner(points, group, residual, a)
            if b >= 0:
                _exchange(points, group, residual, a, b)
                swaps += 1
        if (swaps - before) * ENOUGH < len(points):
            break
    return swaps


def _partner(points: Floats, group: Ints, residual: Floats, a: int) -> int:
    """The cell whose exchange for `a` gains most; the first of equals; -1 when none gains."""
    ra = residual[group[a]]
    middle = int(np.searchsorted(points[:, 0], points[a, 0] - ra[0] * 0.5))
    first, last = max(middle - NEAR, 0), min(middle + NEAR, len(points))
    near = points[first:last]
    rb = residual[group[first:last]]
    du = (points[a, 0] - ra[0] * 0.5) - (near[:, 0] - rb[:, 0] * 0.5)
    dv = (points[a, 1] - ra[1] * 0.5) - (near[:, 1] - rb[:, 1] * 0.5)
    eu, ev = ra[0] - rb[:, 0], ra[1] - rb[:, 1]
    gain = (eu * eu + ev * ev) * 0.5 - (du * du + dv * dv) * 2.0
    gain[group[first:last] == group[a]] = 0.0
    b = int(gain.argmax())
    return first + b if gain[b] > SMALLEST_GAIN else -1


def _exchange(points: Floats, group: Ints, residual: Floats, a: int, b: int) -> None:
    move = points[a] - points[b]
    residual[group[a]] -= move
    residual[group[b]] += move
    group[a], group[b] = group[b], group[a]
