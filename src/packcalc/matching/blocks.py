"""Solving the blocks: every one on its own, so that their order and threads do not matter."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from packcalc.matching.differencing import balanced_groups
from packcalc.matching.layout import Block
from packcalc.matching.rules import Objective, Topology
from packcalc.matching.stock import Ints


def solve_blocks(
    blocks: Sequence[Block],
    capacity: Ints,
    conductance: Ints,
    topology: Topology,
    objective: Objective,
    seed: int,
) -> list[Ints]:
    """Solve each block; gives (group, parallel) cell indices, neighbours being most alike."""
    return [_solve(b.cells, capacity[b.cells], conductance[b.cells], topology) for b in blocks]


def _solve(cells: Ints, capacity: Ints, conductance: Ints, topology: Topology) -> Ints:
    groups = balanced_groups(capacity, topology.parallel)
    total = capacity[groups].sum(1)
    return cells[groups[np.lexsort((conductance[groups].sum(1), total))]]
