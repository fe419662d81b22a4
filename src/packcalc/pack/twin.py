"""The simulation once more, in plain NumPy with a dense solution: slow, short, and the check."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from packcalc.cell.tables import Tables
from packcalc.pack import endings
from packcalc.pack.frame import Course
from packcalc.pack.load import Load
from packcalc.pack.model import Pack
from packcalc.pack.prepare import Start, heat_parts

Array = NDArray[np.float64]


class _Outside(Exception):
    """A cell left what the tables hold; carries the ending."""


def _look(tables: Tables, reference: float, soc: Array, kelvin: Array) -> tuple[Array, ...]:
    """Interpolate: circuit (7, n), open-circuit voltage, its slope, its entropic coefficient."""
    x = (soc - tables.soc_low) / tables.soc_step
    y = (kelvin - tables.temperature_low) / tables.temperature_step
    last_x, last_y = tables.source.shape[0] - 1, tables.circuit.shape[1] - 1
    for k in range(soc.size):  # the first cell that is outside tells why
        for outside, code in (
            (not x[k] >= -1e-9, endings.EMPTY),
            (not x[k] <= last_x + 1e-9, endings.FULL),
            (not y[k] >= -1e-9, endings.TOO_COLD),
            (not y[k] <= last_y + 1e-9, endings.TOO_HOT),
        ):
            if outside:
                raise _Outside(code)
    j = np.clip(x.astype(int), 0, last_x - 1)
    i = np.clip(y.astype(int), 0, last_y - 1)
    fx, fy = x - j, y - i
    t = tables.circuit
    cold = t[:, i, j] * (1 - fx) + t[:, i, j + 1] * fx
    warm = t[:, i + 1, j] * (1 - fx) + t[:, i + 1, j + 1] * fx
    low, high = tables.source[j], tables.source[j + 1]
    away = kelvin - reference
    first, second = low[:, 0] + low[:, 1] * away, high[:, 0] + high[:, 1] * away
    slope = (second - first) / tables.soc_step
    entropic = low[:, 1] * (1 - fx) + high[:, 1] * fx
    return cold * (1 - fy) + warm * fy, first + fx * (second - first), slope, entropic


class _Network:
    """Nodes of the pack: one per rail, or one per rail and column where rails resist."""

    def __init__(self, pack: Pack) -> None:
        s, p, rails = pack.series, pack.parallel, pack.rails
        columns = 1 if rails is None else p
        node = np.arange((s + 1) * columns).reshape(s + 1, columns)
        whole = np.broadcast_to(node, (s + 1, p)) if rails is None else node
        self.upper, self.lower = whole[:-1].ravel(), whole[1:].ravel()
        self.left, self.right = node[:, :-1].ravel(), node[:, 1:].ravel()
        self.link = np.zeros(0) if rails is None else 1 / rails.resistance.ravel()
        self.sense = node[:, 0]
        self.tap = int(node[0, 0 if rails is None else rails.positive_column])
        self.pin = int(node[-1, 0 if rails is None else rails.negative_column])
        self.size = node.size

    def solve(self, emf: Array, admit: Array, drain: Array) -> tuple[Array, Array]:
        """Node voltages without load, and their change per ampere of load."""
        matrix, push = np.zeros((self.size, self.size)), np.zeros((self.size, 2))
        for a, b, y in ((self.upper, self.lower, admit), (self.left, self.right, self.link)):
            for first, second, sign in ((a, a, 1), (b, b, 1), (a, b, -1), (b, a, -1)):
                np.add.at(matrix, (first, second), sign * y)
        np.add.at(push[:, 0], self.upper, emf * admit)
        np.add.at(push[:, 0], self.lower, -emf * admit)
        push[self.sense[:-1], 0] -= drain
        push[self.sense[1:], 0] += drain
        push[self.tap, 1] = -1.0
        keep = np.arange(self.size) != self.pin
        nodes = np.zeros((self.size, 2))
        nodes[keep] = np.linalg.solve(matrix[np.ix_(keep, keep)], push[keep])
        return nodes[:, 0], nodes[:, 1]

    def across(self, nodes: Array) -> Array:
        """Voltage across each cell."""
        return np.asarray(nodes[self.upper] - nodes[self.lower])

    def groups(self, nodes: Array) -> Array:
        """Voltage of each group at its sense leads."""
        return np.asarray(nodes[self.sense[:-1]] - nodes[self.sense[1:]])


def _choose(load: Load, value: float, volts: float, ohms: float) -> float:
    """Turn what is asked into a current."""
    if load.kind == 0:
        return value
    if load.kind == 1:
        inside = volts * volts - 4 * ohms * value
        if inside < 0:
            raise _Outside(endings.NO_SUCH_POWER)
        return 2 * value / (volts + float(np.sqrt(inside)))
    return min(max((volts - value) / ohms, -load.charge_max), 0.0)


def _exchange(start: Start, kelvin: Array, heat: Array, dt: float, parts: int) -> float:
    """Warm and cool all nodes; return the heat to the ambient. [J]"""
    net, lost = start.thermal, 0.0
    for _ in range(parts):
        out = net.to_ambient * (kelvin - start.ambient)
        lost += float(out.sum()) * dt / parts
        flow = heat - out
        a, b = net.edges[:, 0], net.edges[:, 1]
        w = net.conductance * (kelvin[a] - kelvin[b])
        np.add.at(flow, a, -w)
        np.add.at(flow, b, w)
        kelvin += flow * (dt / parts) / net.capacity
    return lost


def _rail_heat(pack: Pack, net: _Network, nodes: Array, heat: Array) -> float:
    """Give each link's heat to the cells at its two ends; return the sum. [W]"""
    if pack.rails is None:
        return 0.0
    s, p = pack.series, pack.parallel
    watts = ((nodes[net.left] - nodes[net.right]) ** 2 * net.link).reshape(s + 1, p - 1)
    cells = heat[: s * p].reshape(s, p)
    for rail in range(s + 1):
        touching = [g for g in (rail - 1, rail) if 0 <= g < s]
        for g in touching:
            cells[g, :-1] += 0.5 * watts[rail] / len(touching)
            cells[g, 1:] += 0.5 * watts[rail] / len(touching)
    return float(watts.sum())


def _limit(pack: Pack, over: Array, groups: Array, current: float, hot: float, dt: float) -> int:
    """Time the limits that are passed; return an ending or 0."""
    x = pack.limits
    passed = [
        groups.min() < x.voltage_min,
        groups.max() > x.voltage_max,
        current > x.discharge_max,
        -current > x.charge_max,
        hot > x.temperature_max,
    ]
    for m, out in enumerate(passed):
        over[m] = over[m] + dt if out else 0.0
        if out and over[m] >= x.delay:
            return m + 1
    return 0


def run_slowly(pack: Pack, load: Load, tables: Tables, start: Start, every: int) -> Course:
    """Do what the kernel does, and return the same records."""
    cell, dt, net = pack.cell, load.dt, _Network(pack)
    factor, joint = pack.resistance_factor.ravel(), pack.joint_resistance.ravel()
    stride = dt / (cell.capacity * pack.capacity_factor.ravel())
    soc, kelvin, n = start.soc.copy(), start.temperature.copy(), start.soc.size
    v1, v2, drain = start.pairs[0], start.pairs[1], np.zeros(pack.series)
    parts, ledger, over = heat_parts(start.thermal, dt), np.zeros(7), np.zeros(5)
    rows: list[tuple[float, float, Array, Array, Array, Array]] = []
    asked, step, last, ended = 0.0, 0, load.value.size, 0
    try:
        seen = _look(tables, cell.reference_temperature, soc, kelvin[:n])
    except _Outside as why:
        step, ended = -1, int(why.args[0])
        rows.append((0.0, 0.0, drain, soc, soc, kelvin))
    while ended == 0:
        circuit, ocv, slope, entropic = seen
        r0, r1, r2, keep1, keep2, mean1, mean2 = circuit
        emf, admit = ocv - v1 - v2, 1 / (factor * r0 + joint)
        nodes, unit = net.solve(emf, admit, drain)
        nodes = nodes + asked * unit
        groups = net.groups(nodes)
        if step > 0:
            ended = _limit(pack, over, groups, asked, float(kelvin[:n].max()), dt)
            if ended == 0 and load.kind == 2 and -asked <= load.cutoff:
                ended = endings.CHARGED
        if step % every == 0 or ended or step == last:
            out = (emf - net.across(nodes)) * admit
            rows.append((asked, float(nodes[net.tap]), groups, out, soc.copy(), kelvin.copy()))
        if ended or step == last:
            break
        if pack.bleed is not None:
            on = groups - groups.min() > pack.bleed.above_lowest
            on &= groups > pack.bleed.only_above
            drain = np.where(on, groups / pack.bleed.resistance, 0.0)
        ohms = factor * (r0 + r1 * (1 - mean1) + r2 * (1 - mean2)) + joint
        emf, admit = ocv - mean1 * v1 - mean2 * v2, 1 / (ohms + 0.5 * slope * stride)
        nodes, unit = net.solve(emf, admit, drain)
        try:
            asked = _choose(load, float(load.value[step]), float(nodes[net.tap]),
                            float(-unit[net.tap]))  # fmt: skip
            nodes = nodes + asked * unit
            across = net.across(nodes)
            i = (emf - across) * admit
            middle = ocv - 0.5 * slope * stride * i
            heat = np.zeros(kelvin.size)
            turned = -i * kelvin[:n] * entropic
            heat[:n] = i * (middle - across) + turned
            rails = _rail_heat(pack, net, nodes, heat)
            soc -= np.where(i > 0, i, i * cell.coulombic_efficiency) * stride
            soc -= cell.self_discharge * dt
            v1 = keep1 * v1 + factor * i * r1 * (1 - keep1)
            v2 = keep2 * v2 + factor * i * r2 * (1 - keep2)
            away = _exchange(start, kelvin, heat, dt, parts)
            seen = _look(tables, cell.reference_temperature, soc, kelvin[:n])
        except _Outside as why:
            ended = int(why.args[0])
            break
        watts = [float(nodes[net.tap]) * asked, (i * middle).sum(), (i * (middle - across)).sum(),
                 rails, net.groups(nodes) @ drain, turned.sum()]  # fmt: skip
        ledger[:6] += np.array(watts) * dt
        ledger[6] += away
        step += 1
    c = [np.array(column) for column in zip(*rows, strict=True)]
    return Course(c[0], c[1], c[2], c[3], c[4], c[5], ledger, step, ended, np.array([v1, v2]))
