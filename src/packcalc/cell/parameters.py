"""What is known of one cell as an equivalent circuit, from where, and how far it holds."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["CellParameters", "circuit_at", "open_circuit_voltage", "soc_at_rest"]

Array = NDArray[np.float64]

_SURFACES = ("r0", "r1", "tau1", "r2", "tau2")


@dataclass(frozen=True, slots=True, eq=False)
class CellParameters:
    """An equivalent circuit: a voltage source, one resistor and two RC pairs, and its heat.

    Open-circuit voltage is a cubic between the nodes of `soc` that keeps the shape of the data;
    the entropic coefficient and the circuit are linear in `soc`, and of the circuit the logarithm
    is a smooth function of 1/T (see `circuit_at`).

    Parameters
    ----------
    name : str
        Name of the set. [-]
    capacity : float
        Charge between state of charge 1 and 0. [A s]
    soc : ndarray, shape (n,)
        Nodes of state of charge, rising, within 0 to 1. [1]
    temperature : ndarray, shape (m,)
        Nodes of temperature, rising. [K]
    ocv : ndarray, shape (n,)
        Open-circuit voltage at `reference_temperature`, rising. [V]
    entropic : ndarray, shape (n,)
        Change of open-circuit voltage with temperature. [V/K]
    r0, r1, r2 : ndarray, shape (m, n)
        Series resistance, and the resistances of the two RC pairs. [Ohm]
    tau1, tau2 : ndarray, shape (m, n)
        Time constants of the two RC pairs. [s]
    heat_capacity : float
        Heat to warm the cell by 1 K. [J/K]
    voltage_min, voltage_max : float
        Limits of use. [V]
    temperature_min, temperature_max : float
        The set holds between them; outside of `temperature` the slope of the nearest two nodes is
        carried on, which `provenance` must own up to. [K]
    current_discharge_max, current_charge_max : float
        Largest currents at which the set was checked against a measurement. [A]
    provenance : tuple of str
        Where each part comes from, and what was assumed. [-]
    reference_temperature : float
        Temperature of `ocv`. [K]
    coulombic_efficiency : float
        Part of the charge put in that is stored. [1]
    self_discharge : float
        Part of the capacity lost per second at rest. [1/s]

    Raises
    ------
    ValueError
        If a table is out of shape or order, or a figure is not finite or not positive.
    """

    name: str
    capacity: float
    soc: Array
    temperature: Array
    ocv: Array
    entropic: Array
    r0: Array
    r1: Array
    tau1: Array
    r2: Array
    tau2: Array
    heat_capacity: float
    voltage_min: float
    voltage_max: float
    temperature_min: float
    temperature_max: float
    current_discharge_max: float
    current_charge_max: float
    provenance: tuple[str, ...]
    reference_temperature: float = 298.15
    coulombic_efficiency: float = 1.0
    self_discharge: float = 0.0
    soc_min: float = field(init=False)
    soc_max: float = field(init=False)

    def __post_init__(self) -> None:
        for name in ("soc", "temperature", "ocv", "entropic", *_SURFACES):
            table = np.array(getattr(self, name), dtype=np.float64)
            table.setflags(write=False)
            object.__setattr__(self, name, table)
        _check(self)
        object.__setattr__(self, "soc_min", float(self.soc[0]))
        object.__setattr__(self, "soc_max", float(self.soc[-1]))


def _check(cell: CellParameters) -> None:
    """Refuse a set that a simulation could not use."""
    _check_tables(cell)
    _check_figures(cell)


def _check_tables(cell: CellParameters) -> None:
    n, m = cell.soc.size, cell.temperature.size
    shapes = {"ocv": (n,), "entropic": (n,), **dict.fromkeys(_SURFACES, (m, n))}
    for name, shape in shapes.items():
        table: Array = getattr(cell, name)
        if table.shape != shape:
            raise ValueError(f"{cell.name}: {name} has shape {table.shape}, not {shape}")
        if not np.isfinite(table).all():
            raise ValueError(f"{cell.name}: {name} is not finite everywhere")
        if name in _SURFACES and table.min() <= 0:
            raise ValueError(f"{cell.name}: {name} = {table.min():g} is not above zero")
    for name in ("soc", "temperature", "ocv"):
        if np.any(np.diff(getattr(cell, name)) <= 0):
            raise ValueError(f"{cell.name}: {name} does not rise from node to node")
    if n < 2 or cell.soc[0] < 0 or cell.soc[-1] > 1:
        raise ValueError(f"{cell.name}: soc needs at least two nodes within 0 and 1")


def _check_figures(cell: CellParameters) -> None:
    positive = ("capacity", "heat_capacity", "current_discharge_max", "current_charge_max")
    for name in positive:
        value = getattr(cell, name)
        if not (np.isfinite(value) and value > 0):
            raise ValueError(f"{cell.name}: {name} = {value:g} is not above zero")
    if not 0 < cell.coulombic_efficiency <= 1:
        raise ValueError(
            f"{cell.name}: coulombic_efficiency = {cell.coulombic_efficiency:g} is not in (0, 1]"
        )
    if not 0 <= cell.self_discharge < 1:
        raise ValueError(f"{cell.name}: self_discharge = {cell.self_discharge:g} is not in [0, 1)")
    for low, high in (("voltage_min", "voltage_max"), ("temperature_min", "temperature_max")):
        if not getattr(cell, low) < getattr(cell, high):
            raise ValueError(f"{cell.name}: {low} is not below {high}")
    if not cell.provenance:
        raise ValueError(f"{cell.name}: says nothing of where it comes from (provenance)")


def _require(cell: CellParameters, what: str, asked: Array, low: float, high: float) -> None:
    """Refuse a question outside of what the set knows."""
    bad = ~((asked >= low) & (asked <= high))
    if bad.any():
        raise ValueError(
            f"{cell.name}: {what} {asked[bad].flat[0]:g} is outside {low:g} to {high:g}, "
            f"where the set holds"
        )


def open_circuit_voltage(cell: CellParameters, soc: ArrayLike, temperature: ArrayLike) -> Array:
    """Return the open-circuit voltage of a cell at rest.

    Parameters
    ----------
    cell : CellParameters
        The cell. [-]
    soc : array_like, shape (...)
        State of charge. [1]
    temperature : array_like, shape (...)
        Temperature. [K]

    Returns
    -------
    voltage : ndarray, shape (...)
        Open-circuit voltage. [V]

    Raises
    ------
    ValueError
        Outside of what the set knows.

    References
    ----------
    The curve between nodes: F. N. Fritsch and J. Butland, SIAM J. Sci. Stat. Comput. 5 (1984)
    300-304, doi:10.1137/0905021. The entropic term: D. Bernardi, E. Pawlikowski and
    J. Newman, J. Electrochem. Soc. 132 (1985) 5-12, doi:10.1149/1.2113792.

    Examples
    --------
    >>> from packcalc.cell import parameter_set
    >>> leaf = parameter_set("leaf-2013")
    >>> bool(3.7 < open_circuit_voltage(leaf, 0.5, 298.15) < 4.0)
    True
    """
    x, t = np.broadcast_arrays(np.asarray(soc, float), np.asarray(temperature, float))
    _require(cell, "state of charge", x, cell.soc_min, cell.soc_max)
    _require(cell, "temperature", t, cell.temperature_min, cell.temperature_max)
    reference = _curve(cell.soc, cell.ocv, x)
    slope: Array = np.interp(x, cell.soc, cell.entropic)
    return reference + slope * (t - cell.reference_temperature)


def soc_at_rest(cell: CellParameters, voltage: ArrayLike, temperature: float = 298.15) -> Array:
    """Return the state of charge of a cell from its voltage after a long rest.

    Parameters
    ----------
    cell : CellParameters
        The cell. [-]
    voltage : array_like, shape (...)
        Voltage at rest. [V]
    temperature : float
        Temperature. [K]

    Returns
    -------
    soc : ndarray, shape (...)
        State of charge. [1]

    Raises
    ------
    ValueError
        If no state of charge of the set rests at that voltage.

    Derivation
    ----------
    The table of open-circuit voltage rises from node to node, so it can be read backwards.

    Examples
    --------
    >>> from packcalc.cell import parameter_set
    >>> leaf = parameter_set("leaf-2013")
    >>> round(float(soc_at_rest(leaf, open_circuit_voltage(leaf, 0.4, 298.15))), 5)
    0.4
    """
    fine = np.linspace(cell.soc_min, cell.soc_max, 4001)
    table = open_circuit_voltage(cell, fine, np.full(fine.size, temperature))
    if np.any(np.diff(table) <= 0):
        raise ValueError(f"{cell.name}: open-circuit voltage does not rise at {temperature:g} K")
    v = np.asarray(voltage, float)
    _require(cell, "voltage at rest", v, float(table[0]), float(table[-1]))
    found: Array = np.interp(v, table, fine)
    return found


def circuit_at(
    cell: CellParameters, soc: ArrayLike, temperature: ArrayLike
) -> tuple[Array, Array, Array, Array, Array]:
    """Return the resistances and time constants at a state of charge and temperature.

    Parameters
    ----------
    cell : CellParameters
        The cell. [-]
    soc : array_like, shape (...)
        State of charge. [1]
    temperature : array_like, shape (...)
        Temperature. [K]

    Returns
    -------
    circuit : tuple of ndarray, each of shape (...)
        R0, R1, tau1, R2 and tau2. [Ohm, Ohm, s, Ohm, s]

    Raises
    ------
    ValueError
        Outside of what the set knows.

    Derivation
    ----------
    An activated resistance follows Arrhenius, ln R linear in 1/T; with the plain resistance of
    conductors in series ln R bends upward in 1/T. So ln R over 1/T is a cubic between nodes that
    keeps the shape of the data (F. N. Fritsch and J. Butland, SIAM J. Sci. Stat. Comput. 5 (1984)
    300-304, doi:10.1137/0905021), straight with two nodes, and straight beyond the outer ones.

    Examples
    --------
    >>> from packcalc.cell import parameter_set
    >>> r0, r1, tau1, r2, tau2 = circuit_at(parameter_set("leaf-2013"), 0.5, 298.15)
    >>> bool(1e-3 < r0 < 2e-3)
    True
    """
    x, t = np.broadcast_arrays(np.asarray(soc, float), np.asarray(temperature, float))
    _require(cell, "state of charge", x, cell.soc_min, cell.soc_max)
    _require(cell, "temperature", t, cell.temperature_min, cell.temperature_max)
    found = [_surface(cell, getattr(cell, name), x, t) for name in _SURFACES]
    return found[0], found[1], found[2], found[3], found[4]


def _surface(cell: CellParameters, table: Array, soc: Array, temperature: Array) -> Array:
    """Interpolate one table, linear in soc, ln against 1/T in temperature."""
    rows = np.array([np.interp(soc, cell.soc, row) for row in table])
    nodes = 1 / cell.temperature[::-1]  # rising
    if nodes.size == 1:
        return np.asarray(rows[0])
    logs = np.log(rows[::-1])
    x = 1 / temperature
    k = np.clip(np.searchsorted(nodes, x, side="right") - 1, 0, nodes.size - 2)
    span = nodes[k + 1] - nodes[k]
    below = np.take_along_axis(logs, k[None], 0)[0]
    above = np.take_along_axis(logs, k[None] + 1, 0)[0]
    slopes = _slopes(nodes, logs)
    start = np.take_along_axis(slopes, k[None], 0)[0] * span
    end = np.take_along_axis(slopes, k[None] + 1, 0)[0] * span
    u = (x - nodes[k]) / span
    rise = above - below
    cubic = below + u * (start + u * (3 * rise - 2 * start - end + u * (start + end - 2 * rise)))
    straight = below + u * rise  # beyond the outer nodes
    return np.asarray(np.exp(np.where((u < 0) | (u > 1), straight, cubic)))


def _curve(nodes: Array, values: Array, x: Array) -> Array:
    """Read a cubic through nodes that rises where they rise."""
    k = np.clip(np.searchsorted(nodes, x, side="right") - 1, 0, nodes.size - 2)
    span, rise = nodes[k + 1] - nodes[k], values[k + 1] - values[k]
    slopes = _slopes(nodes, values)
    u, start, end = (x - nodes[k]) / span, slopes[k] * span, slopes[k + 1] * span
    bend = 3 * rise - 2 * start - end + u * (start + end - 2 * rise)
    return np.asarray(values[k] + u * (start + u * bend))


def _slopes(nodes: Array, values: Array) -> Array:
    """Slopes at the nodes that keep a piecewise cubic between its data (Fritsch and Butland)."""
    h = np.diff(nodes).reshape(-1, *([1] * (values.ndim - 1)))
    secant = np.diff(values, axis=0) / h
    slopes = np.concatenate([secant[:1], secant[-1:]])
    if nodes.size == 2:
        return np.asarray(slopes)
    first, second = secant[:-1], secant[1:]
    w1, w2 = 2 * h[1:] + h[:-1], h[1:] + 2 * h[:-1]
    same = first * second > 0
    safe_first, safe_second = np.where(same, first, 1.0), np.where(same, second, 1.0)
    inner = np.where(same, (w1 + w2) / (w1 / safe_first + w2 / safe_second), 0.0)
    return np.concatenate([secant[:1], inner, secant[-1:]])
