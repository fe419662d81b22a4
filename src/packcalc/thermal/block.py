"""A block of cells in a box: who warms whom, and what reaches the air."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from packcalc.pack.model import ThermalNetwork

__all__ = ["block_network", "facing_conductance"]

AIR = 0.026  # W/(m K), air at 25 degC: Bergman et al., table A.4


def facing_conductance(
    first: float, second: float, gap: float, conductivity: float = AIR, *, round_: bool = False
) -> float:
    """Return the conductance across the gap between two neighbouring cells.

    Parameters
    ----------
    first, second : float
        Sides of the faces; of cylinders the diameter and the length. [m]
    gap : float
        Free space between them. [m]
    conductivity : float
        Of what fills the gap. [W/(m K)]
    round_ : bool
        Whether the cells are cylinders side by side. [-]

    Returns
    -------
    conductance : float
        Between the two cells. [W/K]

    Raises
    ------
    ValueError
        If a size or the conductivity is not positive.

    References
    ----------
    T. L. Bergman et al., Fundamentals of Heat and Mass Transfer, 7th ed., Wiley 2011, table 4.1:
    plane wall, and case 4, two cylinders of length L in an infinite medium.

    Examples
    --------
    >>> round(facing_conductance(0.021, 0.070, 0.001, round_=True), 4)
    0.0186
    >>> round(facing_conductance(0.1, 0.2, 0.001, 1.0), 1)
    20.0
    """
    if not min(first, second, gap, conductivity) > 0:
        raise ValueError("sizes, gap and conductivity of a block must be above zero")
    if not round_:
        return conductivity * first * second / gap
    ratio = ((first + gap) ** 2 * 4 - 2 * first**2) / (2 * first**2)
    return float(conductivity * 2 * np.pi * second / np.arccosh(ratio))


def block_network(
    places: tuple[int, int, int],
    count: int,
    sides: tuple[float, float, float],
    heat_capacity: float,
    *,
    gap: float,
    film: float,
    axis: int | None = None,
    conductivity: float = AIR,
) -> ThermalNetwork:
    """Lay cells out in columns, rows and layers, with air between them and around the block.

    Parameters
    ----------
    places : tuple of int
        Columns, rows and layers; filled in this order, the last places may stay empty. [1]
    count : int
        Cells. [1]
    sides : tuple of float
        A cell along the columns, the rows and the layers. [m]
    heat_capacity : float
        Of one cell. [J/K]
    gap : float
        Free space between neighbours. [m]
    film : float
        Convection and radiation at the outside of the block. [W/(m2 K)]
    axis : int or None
        Along which of the three the axis of a cylinder lies; `None` for boxes. [-]
    conductivity : float
        Of what fills the gaps. [W/(m K)]

    Returns
    -------
    network : ThermalNetwork
        One node per cell, in the order in which they are filled. [-]

    Raises
    ------
    ValueError
        If the cells do not fit the places or a figure is not positive.

    Derivation
    ----------
    A face that has no neighbour gives its heat to the air: film times area. Conduction along
    busbars and holders is left out, so inner cells come out too warm rather than too cold.

    Examples
    --------
    >>> size = (0.021, 0.021, 0.070)
    >>> network = block_network((3, 3, 1), 9, size, 56.0, gap=0.001, film=10.0, axis=2)
    >>> network.edges.shape, bool(network.to_ambient[4] < network.to_ambient[0])
    ((12, 2), True)
    """
    if not 1 <= count <= places[0] * places[1] * places[2]:
        raise ValueError(
            f"{count} cells do not fit {places[0]} x {places[1]} x {places[2]} places"
        )
    if not min(film, heat_capacity) > 0:
        raise ValueError("film and heat capacity of a block must be above zero")
    index = np.full(places[0] * places[1] * places[2], -1, dtype=np.int64)
    index[:count] = np.arange(count)
    grid = index.reshape(places[2], places[1], places[0])  # layer, row, column
    areas = (sides[1] * sides[2], sides[0] * sides[2], sides[0] * sides[1])
    outside = np.full(count, 2 * film * sum(areas))
    edges, conductance = [], []
    for along, (first, second) in enumerate(_neighbours(grid)):
        if axis is None or along == axis:
            across = [side for k, side in enumerate(sides) if k != along]
            each = facing_conductance(across[0], across[1], gap, conductivity)
        else:
            each = facing_conductance(sides[along], sides[axis], gap, conductivity, round_=True)
        edges.append(np.column_stack([first, second]))
        conductance.append(np.full(first.size, each))
        for cells in (first, second):
            np.subtract.at(outside, cells, film * areas[along])
    return ThermalNetwork(
        np.full(count, float(heat_capacity)),
        np.concatenate(edges),
        np.concatenate(conductance),
        np.maximum(outside, 0.0),
    )


def _neighbours(
    grid: NDArray[np.int64],
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield the pairs along columns, rows and layers, where both places are taken."""
    for near, far in (
        (grid[:, :, :-1], grid[:, :, 1:]),
        (grid[:, :-1], grid[:, 1:]),
        (grid[:-1], grid[1:]),
    ):
        both = (near >= 0) & (far >= 0)
        yield near[both], far[both]
