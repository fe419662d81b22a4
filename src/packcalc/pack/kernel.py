"""Kernel for one pack: advance cells, network and heat step by step.

Every step is one current per cell, chosen so that Kirchhoff's laws hold for the mean over the
step; RC pairs then move exactly. The recorded voltages are those at the end of the step, by a
second solution with what the step left. `packcalc.pack.twin` does the same in NumPy.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from packcalc.pack.endings import (
    CHARGED,
    DONE,
    EMPTY,
    FULL,
    NO_SUCH_POWER,
    OVERCURRENT_CHARGE,
    OVERCURRENT_DISCHARGE,
    OVERTEMPERATURE,
    OVERVOLTAGE,
    TOO_COLD,
    TOO_HOT,
    UNDERVOLTAGE,
)
from packcalc.pack.frame import (
    AMBIENT,
    BLED,
    CHEMICAL,
    CONTRACT,
    DECAY1,
    DECAY2,
    ELECTRIC,
    ENTROPIC,
    HEAT,
    MEAN1,
    MEAN2,
    OCV,
    R0,
    R1,
    R2,
    RAILS,
    REVERSIBLE,
    SLOPE,
    Cells,
    Curves,
    Heat,
    Net,
    Out,
    State,
    Work,
)
from packcalc.pack.network import solve_known, solve_loaded, solve_open, spread_rail_heat

Array = NDArray[np.float64]


@njit(cache=True, error_model="numpy", fastmath=CONTRACT)
def look_up(work: Work, state: State, curves: Curves) -> int:
    """Interpolate source and circuit of each cell; return why that cannot be, or 0."""
    grid, source, look = curves.grid, curves.source, work.look
    columns = source.shape[0]
    last_soc, last_row = columns - 1, curves.circuit.shape[1] // columns - 1
    w0, w1, w2, w3 = work.weight[0], work.weight[1], work.weight[2], work.weight[3]
    ocv, slope, entropic, index = look[OCV], look[SLOPE], look[ENTROPIC], work.node
    for k in range(index.size):
        x = (state.soc[k] - grid[0]) * grid[1]
        y = (state.temperature[k] - grid[2]) * grid[3]
        if not x >= -1e-9:
            return EMPTY
        if not x <= last_soc + 1e-9:
            return FULL
        if not y >= -1e-9:
            return TOO_COLD
        if not y <= last_row + 1e-9:
            return TOO_HOT
        j = min(max(int(x), 0), last_soc - 1)
        i = min(max(int(y), 0), last_row - 1)
        fx, fy = x - j, y - i
        index[k] = np.uint32(i * columns + j)
        w0[k], w1[k] = (1 - fx) * (1 - fy), fx * (1 - fy)
        w2[k], w3[k] = (1 - fx) * fy, fx * fy
        away = state.temperature[k] - curves.reference
        at_j = source[j, 0] + source[j, 1] * away
        rise = source[j + 1, 0] + source[j + 1, 1] * away - at_j
        ocv[k] = at_j + fx * rise
        slope[k] = rise * grid[1]
        entropic[k] = source[j, 1] + fx * (source[j + 1, 1] - source[j, 1])
    for m in range(7):
        table, out = curves.circuit[m], look[m]
        near, far = table[: table.size - columns], table[columns:]
        for k in range(index.size):
            n = index[k]
            below = w0[k] * near[n] + w1[k] * near[n + np.uint32(1)]
            out[k] = below + w2[k] * far[n] + w3[k] * far[n + np.uint32(1)]
    return 0


@njit(cache=True, error_model="numpy", fastmath=CONTRACT)
def source_now(work: Work, state: State, cells: Cells) -> None:
    """Write each cell as a source behind its instantaneous resistance."""
    emf, admit, ocv, r0 = work.emf, work.admit, work.look[OCV], work.look[R0]
    v1, v2, factor, joint = state.v1, state.v2, cells.factor, cells.joint
    for k in range(emf.size):
        emf[k] = ocv[k] - v1[k] - v2[k]
        admit[k] = 1 / (factor[k] * r0[k] + joint[k])


@njit(cache=True, error_model="numpy", fastmath=CONTRACT)
def source_of_step(work: Work, state: State, cells: Cells) -> None:
    """Write each cell as a source behind a resistance, both means over a step of even current."""
    emf, admit, ocv, slope = work.emf, work.admit, work.look[OCV], work.look[SLOPE]
    r0, r1, r2 = work.look[R0], work.look[R1], work.look[R2]
    mean1, mean2, v1, v2 = work.look[MEAN1], work.look[MEAN2], state.v1, state.v2
    factor, joint, stride = cells.factor, cells.joint, cells.stride
    for k in range(emf.size):
        ohms = r0[k] + r1[k] * (1 - mean1[k]) + r2[k] * (1 - mean2[k])
        emf[k] = ocv[k] - mean1[k] * v1[k] - mean2[k] * v2[k]
        admit[k] = 1 / (factor[k] * ohms + joint[k] + 0.5 * slope[k] * stride[k])


@njit(cache=True, error_model="numpy", fastmath=CONTRACT)
def choose_current(
    kind: int, value: float, charge_max: float, volts: float, ohms: float
) -> tuple[float, bool]:
    """Turn what is asked into a current, for a pack that is a source behind a resistance."""
    if kind == 1:
        inside = volts * volts - 4 * ohms * value
        if inside < 0:
            return 0.0, False
        return 2 * value / (volts + np.sqrt(inside)), True
    return min(max((volts - value) / ohms, -charge_max), 0.0), True


@njit(cache=True, error_model="numpy", fastmath=CONTRACT)
def choose_drain(work: Work, bleed: Array) -> None:
    """Switch the bleed resistors by the voltages just seen."""
    lowest = work.group.min()
    for g in range(work.group.size):
        on = work.group[g] - lowest > bleed[1] and work.group[g] > bleed[2]
        work.drain[g] = work.group[g] / bleed[0] if on else 0.0


@njit(cache=True, error_model="numpy", fastmath=CONTRACT)
def advance_cells(
    work: Work, state: State, cells: Cells, curves: Curves, dt: float
) -> tuple[float, float, float]:
    """Move every cell by a step; return its chemical power, heat and entropic heat. [W]"""
    look, heat, current, emf, across = work.look, work.heat, work.current, work.emf, work.across
    ocv, slope, entropic, stride = look[OCV], look[SLOPE], look[ENTROPIC], cells.stride
    soc, v1, v2, kelvin, admit = state.soc, state.v1, state.v2, state.temperature, work.admit
    chemical, made, turned = 0.0, 0.0, 0.0
    for k in range(emf.size):
        i = (emf[k] - across[k]) * admit[k]
        current[k] = i
        middle = ocv[k] - 0.5 * slope[k] * stride[k] * i
        lost = i * (middle - across[k])
        reversible = -i * kelvin[k] * entropic[k]
        heat[k] += lost + reversible
        chemical += i * middle
        made += lost
        turned += reversible
    leak, efficiency, factor = curves.self_discharge * dt, curves.efficiency, cells.factor
    r1, r2, keep1, keep2 = look[R1], look[R2], look[DECAY1], look[DECAY2]
    for k in range(emf.size):
        i = current[k]
        stored = i if i > 0 else i * efficiency
        soc[k] -= stored * stride[k] + leak
        push = factor[k] * i
        v1[k] = keep1[k] * v1[k] + push * r1[k] * (1 - keep1[k])
        v2[k] = keep2[k] * v2[k] + push * r2[k] * (1 - keep2[k])
    return chemical, made, turned


@njit(cache=True, error_model="numpy", fastmath=CONTRACT)
def exchange_heat(temperature: Array, work: Work, heat: Heat, dt: float) -> float:
    """Warm and cool the nodes over a step in equal parts; return the heat to the ambient. [J]"""
    part, lost, flow = dt / heat.parts, 0.0, work.flow
    for _ in range(heat.parts):
        for n in range(temperature.size):
            out = heat.to_ambient[n] * (temperature[n] - heat.ambient)
            lost += out * part
            flow[n] = work.heat[n] - out
        for e in range(heat.conductance.size):
            a, b = heat.edges[e, 0], heat.edges[e, 1]
            w = heat.conductance[e] * (temperature[a] - temperature[b])
            flow[a] -= w
            flow[b] += w
        for n in range(temperature.size):
            temperature[n] += flow[n] * part / heat.capacity[n]
    return lost


@njit(cache=True, error_model="numpy", fastmath=CONTRACT)
def passed_limit(work: Work, limits: Array, current: float, hottest: float, dt: float) -> int:
    """Time each limit that is passed; return the ending when one was passed for too long."""
    passed = (
        work.group.min() < limits[0],
        work.group.max() > limits[1],
        current > limits[2],
        -current > limits[3],
        hottest > limits[4],
    )
    endings = (
        UNDERVOLTAGE,
        OVERVOLTAGE,
        OVERCURRENT_DISCHARGE,
        OVERCURRENT_CHARGE,
        OVERTEMPERATURE,
    )
    for m in range(5):
        work.over[m] = work.over[m] + dt if passed[m] else 0.0
        if passed[m] and work.over[m] >= limits[5]:
            return endings[m]
    return DONE


@njit(cache=True, error_model="numpy", fastmath=CONTRACT)
def write_row(out: Out, row: int, work: Work, state: State, asked: float, volts: float) -> None:
    """Keep what is seen now."""
    for k in range(state.soc.size):
        out.cell[row, k] = (work.emf[k] - work.across[k]) * work.admit[k]
        out.soc[row, k] = state.soc[k]
    # Loops, not slices: numba compiles a slice with all the words of a shape that does not fit.
    for g in range(work.group.size):
        out.group[row, g] = work.group[g]
    for n in range(state.temperature.size):
        out.temperature[row, n] = state.temperature[n]
    out.current[row], out.voltage[row] = asked, volts


@njit(cache=True, error_model="numpy", fastmath=CONTRACT)
def take_step(
    kind: int, value: float, charge_max: float, dt: float, curves: Curves, cells: Cells, net: Net,
    heat: Heat, state: State, work: Work, ledger: Array,
) -> tuple[float, int]:  # fmt: skip
    """Advance by one step; return the current and, if it cannot be, why."""
    source_of_step(work, state, cells)
    if kind == 0:
        asked = value
        volts = solve_known(work, net, asked)
    else:
        volts, ohms = solve_open(work, net)
        asked, possible = choose_current(kind, value, charge_max, volts, ohms)
        if not possible:
            return asked, NO_SUCH_POWER
        solve_loaded(work, net, asked)
        volts -= ohms * asked
    work.heat[:] = 0.0
    rails = spread_rail_heat(work, net) if net.railed else 0.0
    bled = 0.0
    for g in range(net.s):
        bled += work.group[g] * work.drain[g]
    chemical, made, turned = advance_cells(work, state, cells, curves, dt)
    away = exchange_heat(state.temperature, work, heat, dt)
    code = look_up(work, state, curves)
    if code:
        return asked, code
    ledger[ELECTRIC] += volts * asked * dt
    ledger[CHEMICAL] += chemical * dt
    ledger[HEAT] += made * dt
    ledger[RAILS] += rails * dt
    ledger[BLED] += bled * dt
    ledger[REVERSIBLE] += turned * dt
    ledger[AMBIENT] += away
    return asked, 0


@njit(cache=True, error_model="numpy", fastmath=CONTRACT, nogil=True)
def run_one(
    kind: int, value: Array, charge_max: float, cutoff: float, dt: float, curves: Curves,
    cells: Cells, net: Net, heat: Heat, bleed: Array, limits: Array, state: State, work: Work,
    every: int, out: Out, ledger: Array,
) -> tuple[int, int]:  # fmt: skip
    """Run a load; write a record every `every` steps; return the steps taken and the ending."""
    code = look_up(work, state, curves)
    if code:
        return -1, code
    n, last, row, asked = state.soc.size, value.size, 0, 0.0
    for step in range(last + 1):
        # The voltages now, under the current of the step that just ended (none at the start).
        source_now(work, state, cells)
        volts = solve_known(work, net, asked)
        code = 0
        if step > 0:
            code = passed_limit(work, limits, asked, state.temperature[:n].max(), dt)
            if code == 0 and kind == 2 and -asked <= cutoff:
                code = CHARGED
        if step % every == 0 or code or step == last:
            write_row(out, row, work, state, asked, volts)
            row += 1
        if code or step == last:
            return step, code
        if bleed[0] > 0:
            choose_drain(work, bleed)
        asked, code = take_step(
            kind, value[step], charge_max, dt, curves, cells, net, heat, state, work, ledger
        )
        if code:
            return step, code
    return last, DONE
