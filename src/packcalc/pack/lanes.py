"""Kernel for many packs: the same physics, a block of packs side by side in every inner loop.

Arrays have the packs last, so that the compiler turns each small loop into vector instructions;
a block is small enough to stay in the second-level cache. `packcalc.pack.kernel` is the reference.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from packcalc.pack.endings import CHARGED, EMPTY, FULL, NO_SUCH_POWER, TOO_COLD, TOO_HOT
from packcalc.pack.frame import (
    CONTRACT,
    DECAY1,
    DECAY2,
    ENTROPIC,
    MEAN1,
    MEAN2,
    OCV,
    R0,
    R1,
    R2,
    SLOPE,
    Cells,
    Curves,
    Heat,
    Net,
    State,
)
from packcalc.pack.lanes_network import (
    CHARGE,
    CURRENT,
    ENERGY,
    HOTTEST,
    LOWEST,
    SPREAD,
    VOLTAGE,
    Block,
    solve_loaded,
    solve_open,
    spread_rail_heat,
)

Array = NDArray[np.float64]


@njit(cache=True, error_model="numpy", fastmath=CONTRACT)
def look_up(w: Block, state: State, curves: Curves) -> None:
    """Interpolate for all cells of all packs; mark the packs that left the tables."""
    grid, source = curves.grid, curves.source
    columns = source.shape[0]
    last_soc, last_row = columns - 1, curves.circuit.shape[1] // columns - 1
    width = w.node.size
    for k in range(state.soc.shape[0]):
        soc, kelvin = state.soc[k], state.temperature[k]
        w0, w1, w2, w3 = w.weight[0], w.weight[1], w.weight[2], w.weight[3]
        ocv, slope, entropic = w.look[OCV, k], w.look[SLOPE, k], w.look[ENTROPIC, k]
        for b in range(width):
            x = (soc[b] - grid[0]) * grid[1]
            y = (kelvin[b] - grid[2]) * grid[3]
            if w.ended[b] == 0:
                if not x >= -1e-9:
                    w.ended[b] = EMPTY
                elif not x <= last_soc + 1e-9:
                    w.ended[b] = FULL
                elif not y >= -1e-9:
                    w.ended[b] = TOO_COLD
                elif not y <= last_row + 1e-9:
                    w.ended[b] = TOO_HOT
            x = min(max(x, 0.0), float(last_soc))
            y = min(max(y, 0.0), float(last_row))
            j, i = min(int(x), last_soc - 1), min(int(y), last_row - 1)
            fx, fy = x - j, y - i
            w.node[b] = np.uint32(i * columns + j)
            w0[b], w1[b] = (1 - fx) * (1 - fy), fx * (1 - fy)
            w2[b], w3[b] = (1 - fx) * fy, fx * fy
            away = kelvin[b] - curves.reference
            at_j = source[j, 0] + source[j, 1] * away
            rise = source[j + 1, 0] + source[j + 1, 1] * away - at_j
            ocv[b] = at_j + fx * rise
            slope[b] = rise * grid[1]
            entropic[b] = source[j, 1] + fx * (source[j + 1, 1] - source[j, 1])
        for m in range(7):
            table, out = curves.circuit[m], w.look[m, k]
            near, far = table[: table.size - columns], table[columns:]
            for b in range(width):
                n = w.node[b]
                below = w0[b] * near[n] + w1[b] * near[n + np.uint32(1)]
                out[b] = below + w2[b] * far[n] + w3[b] * far[n + np.uint32(1)]


@njit(cache=True, error_model="numpy", fastmath=CONTRACT)
def source_now(w: Block, state: State, cells: Cells) -> None:
    """Write each cell as a source behind its instantaneous resistance."""
    for k in range(state.soc.shape[0]):
        emf, admit, ocv, r0 = w.emf[k], w.admit[k], w.look[OCV, k], w.look[R0, k]
        v1, v2, factor, joint = state.v1[k], state.v2[k], cells.factor[k], cells.joint[k]
        for b in range(emf.size):
            emf[b] = ocv[b] - v1[b] - v2[b]
            admit[b] = 1 / (factor[b] * r0[b] + joint[b])


@njit(cache=True, error_model="numpy", fastmath=CONTRACT)
def source_of_step(w: Block, state: State, cells: Cells) -> None:
    """Write each cell as a source behind a resistance, both means over a step."""
    for k in range(state.soc.shape[0]):
        emf, admit, ocv, slope = w.emf[k], w.admit[k], w.look[OCV, k], w.look[SLOPE, k]
        r0, r1, r2 = w.look[R0, k], w.look[R1, k], w.look[R2, k]
        mean1, mean2 = w.look[MEAN1, k], w.look[MEAN2, k]
        v1, v2, stride = state.v1[k], state.v2[k], cells.stride[k]
        factor, joint = cells.factor[k], cells.joint[k]
        for b in range(emf.size):
            ohms = r0[b] + r1[b] * (1 - mean1[b]) + r2[b] * (1 - mean2[b])
            emf[b] = ocv[b] - mean1[b] * v1[b] - mean2[b] * v2[b]
            admit[b] = 1 / (factor[b] * ohms + joint[b] + 0.5 * slope[b] * stride[b])


@njit(cache=True, error_model="numpy", fastmath=CONTRACT)
def choose_currents(w: Block, kind: int, value: float, charge_max: float) -> None:
    """Turn what is asked into a current for each pack; packs that have ended rest."""
    for b in range(w.current.size):
        if w.ended[b]:
            w.current[b] = 0.0
        elif kind == 0:
            w.current[b] = value
        elif kind == 1:
            inside = w.volts[b] * w.volts[b] - 4 * w.resist[b] * value
            if inside < 0:
                w.ended[b] = NO_SUCH_POWER
                w.current[b] = 0.0
            else:
                w.current[b] = 2 * value / (w.volts[b] + np.sqrt(inside))
        else:
            held = (w.volts[b] - value) / w.resist[b]
            w.current[b] = min(max(held, -charge_max), 0.0)


@njit(cache=True, error_model="numpy", fastmath=CONTRACT)
def advance_cells(w: Block, state: State, cells: Cells, curves: Curves, dt: float) -> None:
    """Move every cell of the packs that have not ended."""
    leak = curves.self_discharge * dt
    for k in range(state.soc.shape[0]):
        emf, admit, across = w.emf[k], w.admit[k], w.across[k]
        ocv, slope, entropic = w.look[OCV, k], w.look[SLOPE, k], w.look[ENTROPIC, k]
        r1, r2, keep1, keep2 = w.look[R1, k], w.look[R2, k], w.look[DECAY1, k], w.look[DECAY2, k]
        soc, v1, v2, kelvin = state.soc[k], state.v1[k], state.v2[k], state.temperature[k]
        stride, factor, heat = cells.stride[k], cells.factor[k], w.heat[k]
        for b in range(emf.size):
            i = (emf[b] - across[b]) * admit[b]
            middle = ocv[b] - 0.5 * slope[b] * stride[b] * i
            heat[b] += i * (middle - across[b]) - i * kelvin[b] * entropic[b]
            alive = 1.0 if w.ended[b] == 0 else 0.0
            stored = i if i > 0 else i * curves.efficiency
            soc[b] -= alive * (stored * stride[b] + leak)
            push = factor[b] * i
            v1[b] += alive * (1 - keep1[b]) * (push * r1[b] - v1[b])
            v2[b] += alive * (1 - keep2[b]) * (push * r2[b] - v2[b])


@njit(cache=True, error_model="numpy", fastmath=CONTRACT)
def exchange_heat(state: State, w: Block, heat: Heat, dt: float) -> None:
    """Warm and cool the nodes of the packs that have not ended."""
    part, width = dt / heat.parts, w.current.size
    for _ in range(heat.parts):
        for n in range(heat.capacity.size):
            kelvin, made, flow = state.temperature[n], w.heat[n], w.flow[n]
            y = heat.to_ambient[n]
            for b in range(width):
                flow[b] = made[b] - y * (kelvin[b] - heat.ambient)
        for e in range(heat.conductance.size):
            one, two = state.temperature[heat.edges[e, 0]], state.temperature[heat.edges[e, 1]]
            lose, gain = w.flow[heat.edges[e, 0]], w.flow[heat.edges[e, 1]]
            y = heat.conductance[e]
            for b in range(width):
                watts = y * (one[b] - two[b])
                lose[b] -= watts
                gain[b] += watts
        for n in range(heat.capacity.size):
            kelvin, flow = state.temperature[n], w.flow[n]
            rate = part / heat.capacity[n]
            for b in range(width):
                if w.ended[b] == 0:
                    kelvin[b] += flow[b] * rate


@njit(cache=True, error_model="numpy", fastmath=CONTRACT)
def check_and_keep(
    w: Block, state: State, cells: int, limits: Array, kind: int, cutoff: float, step: int,
    dt: float, bleed: Array,
) -> None:  # fmt: skip
    """Watch the limits, keep the figures of the packs that go on, and switch the balancing."""
    for b in range(w.current.size):
        if w.ended[b]:
            continue
        low, high, cold, hot = np.inf, -np.inf, np.inf, -np.inf
        for g in range(w.group.shape[0]):
            low, high = min(low, w.group[g, b]), max(high, w.group[g, b])
            w.final[g, b] = w.group[g, b]
        for k in range(cells):
            cold, hot = min(cold, state.temperature[k, b]), max(hot, state.temperature[k, b])
        kept = w.kept
        kept[VOLTAGE, b], kept[CURRENT, b] = w.volts[b], w.current[b]
        kept[LOWEST, b] = min(kept[LOWEST, b], low)
        kept[HOTTEST, b] = max(kept[HOTTEST, b], hot)
        kept[SPREAD, b] = max(kept[SPREAD, b], hot - cold)
        w.steps[b] = step
        if step > 0:
            amps = w.current[b]
            passed = (
                low < limits[0], high > limits[1], amps > limits[2], -amps > limits[3],
                hot > limits[4],
            )  # fmt: skip
            for m in range(5):
                w.over[m, b] = w.over[m, b] + dt if passed[m] else 0.0
                if passed[m] and w.over[m, b] >= limits[5] and w.ended[b] == 0:
                    w.ended[b] = m + 1
            if w.ended[b] == 0 and kind == 2 and -amps <= cutoff:
                w.ended[b] = CHARGED
        if bleed[0] > 0 and w.ended[b] == 0:
            for g in range(w.group.shape[0]):
                on = w.group[g, b] - low > bleed[1] and w.group[g, b] > bleed[2]
                w.drain[g, b] = w.group[g, b] / bleed[0] if on else 0.0


@njit(cache=True, error_model="numpy", fastmath=CONTRACT, nogil=True)
def run_block(
    kind: int, value: Array, charge_max: float, cutoff: float, dt: float, curves: Curves,
    cells: Cells, net: Net, heat: Heat, bleed: Array, limits: Array, state: State,
    w: Block,
) -> None:  # fmt: skip
    """Run a load on a block of packs; figures and endings are in the block."""
    width, n = w.current.size, state.soc.shape[0]
    w.kept[LOWEST] = np.inf
    w.kept[HOTTEST] = -np.inf
    w.steps[:] = -1
    look_up(w, state, curves)
    power = np.zeros(width)
    for step in range(value.size + 1):
        source_now(w, state, cells)
        solve_open(w, net)
        solve_loaded(w, net)
        check_and_keep(w, state, n, limits, kind, cutoff, step, dt, bleed)
        going = False
        for b in range(width):
            going = going or w.ended[b] == 0
        if not going or step == value.size:
            return
        source_of_step(w, state, cells)
        solve_open(w, net)
        choose_currents(w, kind, value[step], charge_max)
        solve_loaded(w, net)
        for b in range(width):
            power[b] = w.volts[b] * w.current[b]
        w.heat[:] = 0.0
        if net.railed:
            spread_rail_heat(w, net)
        advance_cells(w, state, cells, curves, dt)
        exchange_heat(state, w, heat, dt)
        look_up(w, state, curves)
        for b in range(width):
            if w.ended[b] == 0:
                w.kept[CHARGE, b] += w.current[b] * dt
                w.kept[ENERGY, b] += power[b] * dt
