"""Arrays and constants that the kernels share, gathered under names."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

CONTRACT = {"contract"}  # let a product and a sum be one instruction; nothing is reordered

# Rows of a look-up: the circuit, then the source.
R0, R1, R2, DECAY1, DECAY2, MEAN1, MEAN2 = range(7)
OCV, SLOPE, ENTROPIC = 7, 8, 9
LOOK = 10
# Ledger of energies. [J]
ELECTRIC, CHEMICAL, HEAT, RAILS, BLED, REVERSIBLE, AMBIENT = range(7)
LEDGER = 7


class Curves(NamedTuple):
    """Tables of the cell, flat; `grid`: start and nodes per unit, of soc and of temperature."""

    grid: Array
    source: Array
    circuit: Array
    reference: float
    efficiency: float
    self_discharge: float


class Cells(NamedTuple):
    """What differs from cell to cell; `stride` is a step over capacity. [s/(A s), 1, Ohm]"""

    stride: Array
    factor: Array
    joint: Array


class Net(NamedTuple):
    """Topology: s groups of p cells; rails if `link` has columns, and where they are tapped."""

    s: int
    p: int
    link: Array
    railed: bool
    by_rail: int
    by_column: int
    tap: int
    pin: int


class Heat(NamedTuple):
    """Thermal network, ambient, and the parts of a step in which heat is exchanged."""

    capacity: Array
    edges: NDArray[np.int64]
    conductance: Array
    to_ambient: Array
    ambient: float
    parts: int


class State(NamedTuple):
    """What changes: state of charge, voltages of the RC pairs, temperatures of all nodes."""

    soc: Array
    v1: Array
    v2: Array
    temperature: Array


class Work(NamedTuple):
    """Scratch of a run."""

    look: Array
    emf: Array
    admit: Array
    across: Array
    current: Array
    group: Array
    drain: Array
    heat: Array
    flow: Array
    over: Array
    group_ohms: Array
    band: Array
    right: Array
    unit: Array
    node: NDArray[np.uint32]
    weight: Array


class Out(NamedTuple):
    """Records of a run, one row each."""

    current: Array
    voltage: Array
    group: Array
    cell: Array
    soc: Array
    temperature: Array


class Course(NamedTuple):
    """What an engine returns: its records, the energies, and where and why it ended."""

    current: Array
    voltage: Array
    group: Array
    cell: Array
    soc: Array
    temperature: Array
    ledger: Array
    steps: int
    ended: int
    pairs: Array


def make_net(s: int, p: int, link: Array, positive: int, negative: int) -> Net:
    """Number the nodes so that the band of the matrix is narrow."""
    by_rail, by_column = (p, 1) if p <= s + 1 else (1, s + 1)
    railed = link.shape[1] > 0
    return Net(
        s, p, link, railed, by_rail, by_column, positive * by_column,
        s * by_rail + negative * by_column,
    )  # fmt: skip


def make_work(net: Net, nodes: int) -> Work:
    """Make the scratch for one pack."""
    n = net.s * net.p
    width = max(net.by_rail, net.by_column, 3) + 1  # four has a fast way
    count = (net.s + 1) * net.p + width if net.railed else 1
    return Work(
        np.zeros((LOOK, n)), np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(net.s),
        np.zeros(net.s), np.zeros(nodes), np.zeros(nodes), np.zeros(5), np.zeros(net.s),
        np.zeros((count, width)), np.zeros(count), np.zeros(count),
        np.zeros(n, dtype=np.uint32), np.zeros((4, n)),
    )  # fmt: skip
