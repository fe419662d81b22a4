"""Temperatures of a network of masses and conductances: at rest, and on the way there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from packcalc.pack.model import ThermalNetwork

__all__ = ["grid_network", "path_resistance", "steady_temperatures", "transient_temperatures"]

Array = NDArray[np.float64]


def path_resistance(layers: Sequence[tuple[float, float, float]], film: float = np.inf) -> float:
    """Return the thermal resistance of layers that heat crosses one after another.

    Parameters
    ----------
    layers : sequence of tuple of float
        Thickness, conductivity and area of each layer. [m, W/(m K), m^2]
    film : float
        Conductance of the surface film at the end, area included. [W/K]

    Returns
    -------
    resistance : float
        Kelvin per watt. [K/W]

    Raises
    ------
    ValueError
        If a figure is not positive.

    References
    ----------
    T. L. Bergman et al., Fundamentals of Heat and Mass Transfer, 7th ed., Wiley 2011, section 3.1.

    Examples
    --------
    One millimetre of gap filler of 3 W/(m K) under 10 cm2:

    >>> round(path_resistance([(1e-3, 3.0, 1e-3)]), 4)
    0.3333
    """
    total = 0.0
    for k, (thickness, conductivity, area) in enumerate(layers):
        if not (thickness >= 0 and conductivity > 0 and area > 0):
            raise ValueError(
                f"layer {k}: thickness {thickness:g} m, conductivity {conductivity:g} W/(m K) and "
                f"area {area:g} m2 must be above zero"
            )
        total += thickness / (conductivity * area)
    if not film > 0:
        raise ValueError(f"film of {film:g} W/K must be above zero")
    return total + 1 / film


def grid_network(
    series: int,
    parallel: int,
    heat_capacity: float,
    *,
    between_groups: float,
    within_group: float,
    to_ambient: ArrayLike = 0.0,
    to_plate: ArrayLike = 0.0,
    plate_capacity: float | None = None,
    plate_to_coolant: float = 0.0,
) -> ThermalNetwork:
    """Lay cells out as a grid, groups as rows, with air and a cooling plate.

    Parameters
    ----------
    series, parallel : int
        Groups in series (rows), cells per group (columns). [1]
    heat_capacity : float
        Of one cell. [J/K]
    between_groups, within_group : float
        Conductance to the neighbour in the next row, and in the same row. [W/K]
    to_ambient : array_like, shape (s, p) or ()
        Conductance of each cell to the ambient. [W/K]
    to_plate : array_like, shape (s, p) or ()
        Conductance of each cell to the plate. [W/K]
    plate_capacity : float or None
        Heat capacity of the plate; `None`: there is none. [J/K]
    plate_to_coolant : float
        Conductance of the plate to the coolant, which has the ambient's temperature. [W/K]

    Returns
    -------
    network : ThermalNetwork
        Cells first, row by row; the plate is the last node. [-]

    Raises
    ------
    ValueError
        If a figure cannot be.

    Derivation
    ----------
    None: it only lists who touches whom.

    Examples
    --------
    >>> grid_network(2, 3, 45.0, between_groups=0.2, within_group=0.3).edges.shape
    (7, 2)
    """
    index = np.arange(series * parallel).reshape(series, parallel)
    parts = [
        (index[:, :-1].ravel(), index[:, 1:].ravel(), within_group),
        (index[:-1].ravel(), index[1:].ravel(), between_groups),
    ]
    cells = series * parallel
    capacity, out = np.full(cells, float(heat_capacity)), np.zeros(cells)
    out += np.broadcast_to(np.asarray(to_ambient, float), (series, parallel)).ravel()
    edges = np.concatenate([np.column_stack([a, b]) for a, b, _ in parts])
    conductance = np.concatenate([np.full(a.size, float(g)) for a, _, g in parts])
    if plate_capacity is not None:
        capacity = np.r_[capacity, float(plate_capacity)]
        out = np.r_[out, float(plate_to_coolant)]
        edges = np.concatenate([edges, np.column_stack([index.ravel(), np.full(cells, cells)])])
        below = np.broadcast_to(np.asarray(to_plate, float), (series, parallel)).ravel()
        conductance = np.r_[conductance, below]
    return ThermalNetwork(capacity, edges.astype(np.int64), conductance, out)


def _laplacian(network: ThermalNetwork) -> Array:
    """Matrix that turns temperatures above ambient into heat flows out of the nodes. [W/K]"""
    n = network.capacity.size
    matrix = np.diag(network.to_ambient.astype(np.float64))
    a, b, g = network.edges[:, 0], network.edges[:, 1], network.conductance
    for first, second, sign in ((a, a, 1), (b, b, 1), (a, b, -1), (b, a, -1)):
        np.add.at(matrix, (first, second), sign * g)
    return matrix.reshape(n, n)


def steady_temperatures(network: ThermalNetwork, heat: ArrayLike, ambient: float) -> Array:
    """Return the temperatures at which all heat made is carried away.

    Parameters
    ----------
    network : ThermalNetwork
        Masses and conductances. [-]
    heat : array_like, shape (node,)
        Heat made in each node. [W]
    ambient : float
        Temperature of the ambient. [K]

    Returns
    -------
    temperature : ndarray, shape (node,)
        Temperatures at rest; their range is the largest difference in the pack. [K]

    Raises
    ------
    ValueError
        If some node has no path to the ambient.

    References
    ----------
    T. L. Bergman et al., Fundamentals of Heat and Mass Transfer, 7th ed., Wiley 2011, section 3.1:
    conservation of heat at each node.

    Examples
    --------
    >>> network = grid_network(1, 2, 45.0, between_groups=0.0, within_group=0.5, to_ambient=0.1)
    >>> steady_temperatures(network, [0.2, 0.0], 298.15).round(3).tolist()
    [299.241, 299.059]
    """
    matrix = _laplacian(network)
    scale = float(np.abs(np.diag(matrix)).max())
    if scale == 0 or np.linalg.cond(matrix) > 1e13:
        raise ValueError("some node has no path to the ambient: it never stops warming")
    watts = np.broadcast_to(np.asarray(heat, float), network.capacity.shape)
    return np.asarray(ambient + np.linalg.solve(matrix, watts))


def transient_temperatures(
    network: ThermalNetwork, heat: ArrayLike, ambient: float, start: ArrayLike, time: ArrayLike
) -> Array:
    """Return the temperatures over time under heat that does not change.

    Parameters
    ----------
    network : ThermalNetwork
        Masses and conductances. [-]
    heat : array_like, shape (node,)
        Heat made in each node. [W]
    ambient : float
        Temperature of the ambient. [K]
    start : array_like, shape (node,) or ()
        Temperatures at time zero. [K]
    time : array_like, shape (k,)
        When to look. [s]

    Returns
    -------
    temperature : ndarray, shape (k, node)
        Temperatures. [K]

    Derivation
    ----------
    ``C dT/dt = heat - L (T - ambient)`` has, with the symmetric ``S = C^-1/2 L C^-1/2 = V D V'``,
    the exact solution mode by mode: each approaches ``heat / d`` with rate ``d``, or rises evenly
    where ``d`` is zero.

    Examples
    --------
    A lone mass of 45 J/K with 1 W warms by 1 K in 45 s.

    >>> network = grid_network(1, 1, 45.0, between_groups=0.0, within_group=0.0)
    >>> transient_temperatures(network, [1.0], 298.15, 298.15, [45.0]).round(6).tolist()
    [[299.15]]
    """
    root = np.sqrt(network.capacity)
    rates, modes = np.linalg.eigh(_laplacian(network) / root[:, None] / root[None, :])
    rates = np.maximum(rates, 0.0)
    watts = np.broadcast_to(np.asarray(heat, float), root.shape)
    first = modes.T @ (root * (np.broadcast_to(np.asarray(start, float), root.shape) - ambient))
    push = modes.T @ (watts / root)
    t = np.asarray(time, float)[:, None]
    slow = rates * t < 1e-12
    rise = np.where(slow, t, -np.expm1(-rates * t) / np.where(rates > 0, rates, 1.0))
    amplitude = first * np.exp(-rates * t) + push * rise
    return np.asarray(ambient + (amplitude @ modes.T) / root)
