"""One pack of few cells: many descents at once, each kicked again when it stands still."""

from __future__ import annotations

import numpy as np

from packcalc.matching.stock import Floats, Ints

LANES = 48  # descents side by side
LARGEST = 4_000_000  # elements of one step over all lanes


def search_pack(
    points: Floats, groups: Ints, effort: int, seed: tuple[int, int], most_lanes: int
) -> Ints:
    """Regroup the cells of one pack so that its groups are alike; gives (group, parallel).

    Every lane takes the best swap inside the pack again and again. Where none helps, the lane's
    groups are kept if they are the best yet, and some cells of its best are exchanged by chance.
    """
    count, size = len(points), groups.shape[1]
    if len(groups) < 2:
        return groups
    lanes = int(np.clip(LARGEST // (count * count), 1, most_lanes))
    random = np.random.default_rng(seed)
    start = np.empty(count, dtype=np.int64)
    start[groups] = np.arange(len(groups))[:, None]
    best = np.tile(start, (lanes, 1))
    value = _range(points, best, len(groups))
    current = _kick(best, random)
    current[0] = start
    for _ in range(effort if count < 400 else 1):
        _descend_lanes(points, current, len(groups))
        reached = _range(points, current, len(groups))
        better = reached < value
        best[better], value[better] = current[better], reached[better]
        current = _kick(best, random)
    champion = best[int(value.argmin())]
    return np.argsort(champion, kind="stable").reshape(-1, size)


def _sums(points: Floats, standing: Ints, groups: int) -> Floats:
    lanes, count = standing.shape
    flat = (standing + np.arange(lanes)[:, None] * groups).ravel()
    sums = np.empty((lanes * groups, 2))
    for k in range(2):
        weights = np.broadcast_to(points[:, k], (lanes, count)).ravel()
        sums[:, k] = np.bincount(flat, weights, lanes * groups)
    return sums.reshape(lanes, groups, 2)


def _range(points: Floats, standing: Ints, groups: int) -> Floats:
    """What a pack costs: the ranges of its groups in both coordinates, squared and added."""
    ranges: Floats = np.ptp(_sums(points, standing, groups), axis=1)
    cost: Floats = (np.rint(ranges * 1e12) ** 2).sum(1)
    return cost


def _descend_lanes(points: Floats, standing: Ints, groups: int) -> None:
    """Take the best swap in each lane until no lane gains."""
    lanes = np.arange(len(standing))
    active = lanes
    apart = points[:, None, :] - points[None, :, :]
    for _ in range(standing.shape[1] * 4):
        here = standing[active]
        residual = _sums(points, here, groups) - points.sum(0) / groups
        own = residual[np.arange(len(active))[:, None], here]
        change = own[:, :, None, :] - own[:, None, :, :] - apart
        gain = 2.0 * (apart * change).sum(-1)
        gain[here[:, :, None] == here[:, None, :]] = 0.0
        flat = gain.reshape(len(active), -1)
        at = flat.argmax(1)
        helps = flat[np.arange(len(active)), at] > 1e-18
        active, at = active[helps], at[helps]
        if not len(active):
            return
        a, b = np.divmod(at, standing.shape[1])
        standing[active, a], standing[active, b] = standing[active, b], standing[active, a]


def _kick(best: Ints, random: np.random.Generator) -> Ints:
    """Exchange three pairs of cells by chance in every lane."""
    kicked = best.copy()
    lanes = np.arange(len(best))
    for _ in range(3):
        a, b = random.integers(0, best.shape[1], (2, len(best)))
        kicked[lanes, a], kicked[lanes, b] = kicked[lanes, b], kicked[lanes, a]
    return kicked
