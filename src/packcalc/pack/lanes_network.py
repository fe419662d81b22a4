"""Kernel: voltages of the networks of many packs side by side, and their scratch."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from packcalc.pack.frame import CONTRACT, LOOK, Net

Array = NDArray[np.float64]

# What is kept of each pack.
CHARGE, ENERGY, VOLTAGE, LOWEST, HOTTEST, SPREAD, CURRENT = range(7)
KEPT = 7


class Block(NamedTuple):
    """Scratch of a block: (quantity, cell, pack), (cell, pack), (group, pack), (node, pack)."""

    look: Array
    emf: Array
    admit: Array
    across: Array
    group: Array
    ohms: Array
    drain: Array
    heat: Array
    flow: Array
    over: Array
    band: Array
    right: Array
    unit: Array
    current: Array
    volts: Array
    resist: Array
    node: NDArray[np.uint32]
    weight: Array
    ended: NDArray[np.int64]
    steps: NDArray[np.int64]
    kept: Array
    final: Array


def make_block(net: Net, nodes: int, width: int) -> Block:
    """Make the scratch for `width` packs."""
    n, band = net.s * net.p, max(net.by_rail, net.by_column) + 1
    count = (net.s + 1) * net.p + band if net.railed else 1
    cells, groups = (n, width), (net.s, width)
    return Block(
        np.zeros((LOOK, *cells)), np.zeros(cells), np.zeros(cells), np.zeros(cells),
        np.zeros(groups), np.zeros(groups), np.zeros(groups), np.zeros((nodes, width)),
        np.zeros((nodes, width)), np.zeros((5, width)), np.zeros((count, band, width)),
        np.zeros((count, width)), np.zeros((count, width)), np.zeros(width), np.zeros(width),
        np.zeros(width), np.zeros(width, dtype=np.uint32), np.zeros((4, width)),
        np.zeros(width, dtype=np.int64), np.zeros(width, dtype=np.int64), np.zeros((KEPT, width)),
        np.zeros(groups),
    )  # fmt: skip


@njit(cache=True, error_model="numpy", fastmath=CONTRACT)
def assemble(w: Block, net: Net) -> None:
    """Write the nodal matrices and the currents pushed into the nodes, and one ampere drawn."""
    s, p, br, bc, pin = net.s, net.p, net.by_rail, net.by_column, net.pin
    w.band[:] = 0.0
    w.right[:] = 0.0
    w.unit[:] = 0.0
    width = w.current.size
    for rail in range(s + 1):
        for c in range(p - 1):
            g = net.link[rail, c]
            a = rail * br + c * bc
            one, two, off = w.band[a, 0], w.band[a + bc, 0], w.band[a, bc]
            for b in range(width):
                one[b] += g
                two[b] += g
                off[b] -= g
    for g in range(s):
        for c in range(p):
            a = g * br + c * bc
            one, two, off = w.band[a, 0], w.band[a + br, 0], w.band[a, br]
            up, down = w.right[a], w.right[a + br]
            emf, admit = w.emf[g * p + c], w.admit[g * p + c]
            for b in range(width):
                one[b] += admit[b]
                two[b] += admit[b]
                off[b] -= admit[b]
                up[b] += emf[b] * admit[b]
                down[b] -= emf[b] * admit[b]
        w.right[g * br] -= w.drain[g]
        w.right[(g + 1) * br] += w.drain[g]
    for d in range(1, w.band.shape[1]):
        w.band[pin, d] = 0.0
        if pin >= d:
            w.band[pin - d, d] = 0.0
    w.band[pin, 0] = 1.0
    w.right[pin] = 0.0
    w.unit[net.tap] = -1.0


@njit(cache=True, error_model="numpy", fastmath=CONTRACT)
def eliminate(w: Block) -> None:
    """Solve both right-hand sides of every pack."""
    band, right, unit = w.band, w.right, w.unit
    wide, width = band.shape[1], w.current.size
    nodes = band.shape[0] - wide
    for i in range(nodes):
        pivot, here, one = band[i, 0], right[i], unit[i]
        for b in range(width):
            pivot[b] = 1 / pivot[b]
        for a in range(1, wide):
            row, part = band[i, a], w.resist
            for b in range(width):
                part[b] = row[b] * pivot[b]
            for c in range(a, wide):
                below, other = band[i + a, c - a], band[i, c]
                for b in range(width):
                    below[b] -= part[b] * other[b]
            there, two = right[i + a], unit[i + a]
            for b in range(width):
                there[b] -= part[b] * here[b]
                two[b] -= part[b] * one[b]
    for i in range(nodes - 1, -1, -1):
        pivot, here, one = band[i, 0], right[i], unit[i]
        for a in range(1, wide):
            row, there, two = band[i, a], right[i + a], unit[i + a]
            for b in range(width):
                here[b] -= row[b] * there[b]
                one[b] -= row[b] * two[b]
        for b in range(width):
            here[b] *= pivot[b]
            one[b] *= pivot[b]


@njit(cache=True, error_model="numpy", fastmath=CONTRACT)
def solve_open(w: Block, net: Net) -> None:
    """Solve without load: voltage and resistance of every pack."""
    width, p = w.current.size, net.p
    if net.railed:
        assemble(w, net)
        eliminate(w)
        for b in range(width):
            w.volts[b] = w.right[net.tap, b]
            w.resist[b] = -w.unit[net.tap, b]
        return
    w.volts[:] = 0.0
    w.resist[:] = 0.0
    for g in range(net.s):
        group, ohms = w.group[g], w.ohms[g]
        group[:] = -w.drain[g]
        ohms[:] = 0.0
        for k in range(g * p, g * p + p):
            emf, admit = w.emf[k], w.admit[k]
            for b in range(width):
                ohms[b] += admit[b]
                group[b] += emf[b] * admit[b]
        for b in range(width):
            ohms[b] = 1 / ohms[b]
            group[b] *= ohms[b]
            w.volts[b] += group[b]
            w.resist[b] += ohms[b]


@njit(cache=True, error_model="numpy", fastmath=CONTRACT)
def solve_loaded(w: Block, net: Net) -> None:
    """After `solve_open`: put each pack's load on; write the voltages across cells and groups."""
    p, br, bc, width = net.p, net.by_rail, net.by_column, w.current.size
    current = w.current
    for b in range(width):
        w.volts[b] -= w.resist[b] * current[b]
    if not net.railed:
        for g in range(net.s):
            group, ohms = w.group[g], w.ohms[g]
            for b in range(width):
                group[b] -= current[b] * ohms[b]
            for k in range(g * p, g * p + p):
                w.across[k, :] = group
        return
    for m in range(w.right.shape[0]):
        here, one = w.right[m], w.unit[m]
        for b in range(width):
            here[b] += current[b] * one[b]
    for g in range(net.s):
        for c in range(p):
            up, down = w.right[g * br + c * bc], w.right[(g + 1) * br + c * bc]
            out = w.across[g * p + c]
            for b in range(width):
                out[b] = up[b] - down[b]
        w.group[g, :] = w.across[g * p]


@njit(cache=True, error_model="numpy", fastmath=CONTRACT)
def spread_rail_heat(w: Block, net: Net) -> None:
    """Give the heat of each link to the cells at its ends."""
    p, br, bc, width = net.p, net.by_rail, net.by_column, w.current.size
    for rail in range(net.s + 1):
        share = 0.5 if rail == 0 or rail == net.s else 0.25
        for c in range(p - 1):
            one, two = w.right[rail * br + c * bc], w.right[rail * br + (c + 1) * bc]
            y = share * net.link[rail, c]
            for g in range(max(rail - 1, 0), min(rail, net.s - 1) + 1):
                here, there = w.heat[g * p + c], w.heat[g * p + c + 1]
                for b in range(width):
                    watts = (one[b] - two[b]) * (one[b] - two[b]) * y
                    here[b] += watts
                    there[b] += watts
