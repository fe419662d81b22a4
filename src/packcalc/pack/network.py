"""Kernel: voltages of one pack's network, with and without rails."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from packcalc.pack.frame import CONTRACT, Net, Work
from packcalc.pack.ladder import assemble, eliminate

Array = NDArray[np.float64]


@njit(cache=True, error_model="numpy", fastmath=CONTRACT)
def inject(work: Work, net: Net, current: float) -> None:
    """Write the currents that load, cells and bleed resistors push into the nodes."""
    right, p, br, bc = work.right, net.p, net.by_rail, net.by_column
    right[:] = 0.0
    for g in range(net.s):
        for c in range(p):
            push = work.emf[g * p + c] * work.admit[g * p + c]
            right[g * br + c * bc] += push
            right[(g + 1) * br + c * bc] -= push
        right[g * br] -= work.drain[g]
        right[(g + 1) * br] += work.drain[g]
    right[net.tap] -= current
    right[net.pin] = 0.0


@njit(cache=True, error_model="numpy", fastmath=CONTRACT)
def read_across(work: Work, net: Net) -> None:
    """Read the voltages across cells and groups from the node voltages."""
    right, p, br, bc = work.right, net.p, net.by_rail, net.by_column
    for g in range(net.s):
        for c in range(p):
            work.across[g * p + c] = right[g * br + c * bc] - right[(g + 1) * br + c * bc]
        work.group[g] = work.across[g * p]


@njit(cache=True, error_model="numpy", fastmath=CONTRACT)
def solve_open(work: Work, net: Net) -> tuple[float, float]:
    """Solve the network without load; return the pack's source voltage and resistance."""
    if net.railed:
        assemble(work.band, net.link, work.admit, net)
        inject(work, net, 0.0)
        work.unit[:] = 0.0
        work.unit[net.tap] = -1.0
        eliminate(work.band, work.right, work.unit, True)
        return work.right[net.tap], -work.unit[net.tap]
    volts, ohms, p = 0.0, 0.0, net.p
    for g in range(net.s):
        y, ey = 0.0, -work.drain[g]
        for k in range(g * p, g * p + p):
            y += work.admit[k]
            ey += work.admit[k] * work.emf[k]
        work.group[g] = ey / y
        work.group_ohms[g] = 1 / y
        volts += ey / y
        ohms += 1 / y
    return volts, ohms


@njit(cache=True, error_model="numpy", fastmath=CONTRACT)
def solve_loaded(work: Work, net: Net, current: float) -> None:
    """After `solve_open`: put the load on; write the voltage across each cell and group."""
    p = net.p
    if not net.railed:
        for g in range(net.s):
            work.group[g] -= current * work.group_ohms[g]
            for k in range(g * p, g * p + p):
                work.across[k] = work.group[g]
        return
    for m in range(work.right.size):
        work.right[m] += current * work.unit[m]
    read_across(work, net)


@njit(cache=True, error_model="numpy", fastmath=CONTRACT)
def solve_known(work: Work, net: Net, current: float) -> float:
    """Solve the network under a known load; return the pack's voltage."""
    if net.railed:
        assemble(work.band, net.link, work.admit, net)
        inject(work, net, current)
        eliminate(work.band, work.right, work.unit, False)
        read_across(work, net)
        return float(work.right[net.tap])
    volts, ohms = solve_open(work, net)
    solve_loaded(work, net, current)
    return volts - ohms * current


@njit(cache=True, error_model="numpy", fastmath=CONTRACT)
def spread_rail_heat(work: Work, net: Net) -> float:
    """Give the heat of each link to the cells at its ends; return the sum. [W]"""
    total, p, br, bc = 0.0, net.p, net.by_rail, net.by_column
    for rail in range(net.s + 1):
        share = 0.5 if rail == 0 or rail == net.s else 0.25
        for c in range(p - 1):
            drop = work.right[rail * br + c * bc] - work.right[rail * br + (c + 1) * bc]
            w = drop * drop * net.link[rail, c]
            total += w
            for g in range(max(rail - 1, 0), min(rail, net.s - 1) + 1):
                work.heat[g * p + c] += share * w
                work.heat[g * p + c + 1] += share * w
    return total
