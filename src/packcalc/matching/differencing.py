"""Groups of equal sum by balanced largest differencing: the start of every matching.

W. Michiels, J. Korst, E. Aarts and J. van Leeuwen, "Performance ratios for the
Karmarkar-Karp differencing method," Electronic Notes in Discrete Mathematics 13 (2003),
71-75, doi:10.1016/S1571-0653(04)00442-1, describes the balanced variant.
"""

from __future__ import annotations

import numpy as np

from packcalc.matching.ordering import stable_order
from packcalc.matching.stock import Ints


def balanced_groups(values: Ints, size: int) -> Ints:
    """Part values into groups of `size` with nearly equal sums; returns (group, size) indices."""
    groups: Ints = balanced_groups_of_many(values[None], size)[0]
    return groups


def balanced_groups_of_many(values: Ints, size: int) -> Ints:
    """Part each row of values, shape (block, cell), by itself; gives (block, group, size).

    The sorted values are cut into `size` runs of one value per group. The two runs whose sums
    differ most are merged, the largest of one with the smallest of the other, until one is left.
    """
    groups = values.shape[1] // size
    order = stable_order(-values)
    ranked = np.take_along_axis(values, order, axis=1)
    members = [order[:, j * groups : (j + 1) * groups, None] for j in range(size)]
    sums = [ranked[:, j * groups : (j + 1) * groups] for j in range(size)]
    while len(sums) > 1:
        spread = [int((s[:, 0] - s[:, -1]).sum()) for s in sums]
        widest = sorted(range(len(sums)), key=lambda i: (-spread[i], i))[:2]
        a, b = sorted(widest)
        total = sums[a] + sums[b][:, ::-1]
        joined = np.concatenate((members[a], members[b][:, ::-1]), axis=2)
        rank = stable_order(-total)
        for index in (b, a):
            del sums[index], members[index]
        sums.append(np.take_along_axis(total, rank, axis=1))
        members.append(np.take_along_axis(joined, rank[:, :, None], axis=1))
    return members[0]


def serpentine_groups(values: Ints, size: int) -> Ints:
    """Deal sorted values out to the groups forth and back: what a careful person does by hand."""
    groups = len(values) // size
    rows = np.argsort(-values, kind="stable")[: groups * size].reshape(size, groups)
    rows[1::2] = rows[1::2, ::-1]
    return np.ascontiguousarray(rows.T)
