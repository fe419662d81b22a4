"""A pack as the simulator sees it: cells with their differences, joints, rails, heat, limits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from packcalc.cell.parameters import CellParameters

__all__ = ["Bleed", "Limits", "Pack", "Rails", "ThermalNetwork", "build_pack", "even_rails"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Rails:
    """Conductors that join the cells of a group side by side, shared by neighbouring groups.

    Rail 0 is the positive end of the pack, rail s the negative end. The tester or load is clamped
    to one column of each end; the sense leads are at column 0.

    Parameters
    ----------
    resistance : ndarray, shape (s + 1, p - 1)
        Resistance between neighbouring columns. [Ohm]
    positive_column, negative_column : int
        Where the load is clamped to rail 0 and rail s. [-]
    """

    resistance: Array
    positive_column: int = 0
    negative_column: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class ThermalNetwork:
    """Lumped masses joined by conductances, and to the ambient. The first s * p nodes are cells.

    Parameters
    ----------
    capacity : ndarray, shape (node,)
        Heat capacity. [J/K]
    edges : ndarray of int, shape (edge, 2)
        Pairs of nodes that exchange heat. [-]
    conductance : ndarray, shape (edge,)
        Conductance between them. [W/K]
    to_ambient : ndarray, shape (node,)
        Conductance to the ambient. [W/K]
    """

    capacity: Array
    edges: NDArray[np.int64]
    conductance: Array
    to_ambient: Array

    def __post_init__(self) -> None:
        n, e = self.capacity.size, self.conductance.size
        if self.edges.shape != (e, 2) or self.to_ambient.shape != (n,):
            raise ValueError("thermal network: edges need shape (edge, 2), to_ambient (node,)")
        if e and not (int(self.edges.min()) >= 0 and int(self.edges.max()) < n):
            raise ValueError(f"thermal network: an edge names a node that is not among the {n}")
        if not (np.all(self.capacity > 0) and np.isfinite(self.capacity).all()):
            raise ValueError("thermal network: every heat capacity must be above zero")
        for name in ("conductance", "to_ambient"):
            value: Array = getattr(self, name)
            if value.size and not (np.isfinite(value).all() and value.min() >= 0):
                raise ValueError(f"thermal network: {name} must be finite and not negative")


@dataclass(frozen=True, slots=True)
class Bleed:
    """Passive balancing: a resistor across each group, switched by comparison.

    Parameters
    ----------
    resistance : float
        Resistor. [Ohm]
    above_lowest : float
        It switches on when the group is this far above the lowest. Less than what its own current
        costs in the cells makes the groups take turns, down to the last. [V]
    only_above : float
        And above this voltage. [V]
    """

    resistance: float
    above_lowest: float
    only_above: float


@dataclass(frozen=True, slots=True)
class Limits:
    """What the battery management system cuts at; infinite where there is no limit.

    Parameters
    ----------
    voltage_min, voltage_max : float
        Group voltage. [V]
    discharge_max, charge_max : float
        Pack current, both positive. [A]
    temperature_max : float
        Cell temperature. [K]
    delay : float
        For how long a limit must be passed. [s]
    """

    voltage_min: float = -np.inf
    voltage_max: float = np.inf
    discharge_max: float = np.inf
    charge_max: float = np.inf
    temperature_max: float = np.inf
    delay: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """A pack of s groups in series, each of p cells in parallel.

    Parameters
    ----------
    cell : CellParameters
        The cell. [-]
    capacity_factor, resistance_factor : ndarray, shape (s, p)
        Each cell's capacity and resistances as multiples of the cell's. [1]
    joint_resistance : ndarray, shape (s, p)
        Weld and tab of each cell, both ends together. [Ohm]
    rails : Rails or None
        Conductors between columns; `None`: without resistance. [-]
    thermal : ThermalNetwork or None
        Paths of heat; `None`: no cell loses or gains any but its own. [-]
    bleed : Bleed or None
        Balancing. [-]
    limits : Limits
        Cuts. [-]
    """

    cell: CellParameters
    capacity_factor: Array
    resistance_factor: Array
    joint_resistance: Array
    rails: Rails | None = None
    thermal: ThermalNetwork | None = None
    bleed: Bleed | None = None
    limits: Limits = Limits()

    @property
    def series(self) -> int:
        """Number of groups. [1]"""
        return int(self.capacity_factor.shape[0])

    @property
    def parallel(self) -> int:
        """Cells per group. [1]"""
        return int(self.capacity_factor.shape[1])

    def __post_init__(self) -> None:
        shape = self.capacity_factor.shape
        if len(shape) != 2 or 0 in shape:
            raise ValueError("a pack needs at least one group of one cell")
        for name in ("capacity_factor", "resistance_factor", "joint_resistance"):
            table: Array = getattr(self, name)
            if table.shape != shape:
                raise ValueError(f"{name} has shape {table.shape}, not {shape}")
            low = 0.0 if name == "joint_resistance" else np.nextafter(0.0, 1.0)
            bad = ~(np.isfinite(table) & (table >= low))
            if bad.any():
                where = tuple(int(k) for k in np.argwhere(bad)[0])
                raise ValueError(f"{name}[{where[0]}, {where[1]}] = {table[where]:g} cannot be")
        if self.rails is not None:
            _check_rails(self.rails, shape)
        if self.thermal is not None and self.thermal.capacity.size < shape[0] * shape[1]:
            raise ValueError("thermal network: fewer nodes than cells")


def _check_rails(rails: Rails, shape: tuple[int, ...]) -> None:
    s, p = shape
    if p < 2:
        raise ValueError("rails join columns; a group of one cell has none")
    if rails.resistance.shape != (s + 1, p - 1):
        raise ValueError(
            f"rails: resistance has shape {rails.resistance.shape}, not {(s + 1, p - 1)}"
        )
    if not (np.isfinite(rails.resistance).all() and rails.resistance.min() > 0):
        raise ValueError("rails: every resistance must be above zero (leave rails out for none)")
    for column in (rails.positive_column, rails.negative_column):
        if not 0 <= column < p:
            raise ValueError(f"rails: column {column} is not among 0 to {p - 1}")


def build_pack(
    cell: CellParameters,
    series: int,
    parallel: int,
    *,
    capacity_factor: ArrayLike = 1.0,
    resistance_factor: ArrayLike = 1.0,
    joint_resistance: ArrayLike = 0.0,
    rails: Rails | None = None,
    thermal: ThermalNetwork | None = None,
    bleed: Bleed | None = None,
    limits: Limits | None = None,
) -> Pack:
    """Build a pack; single numbers stand for all cells.

    Parameters
    ----------
    cell : CellParameters
        The cell. [-]
    series, parallel : int
        Groups in series, cells per group. [1]
    capacity_factor, resistance_factor : array_like, shape (s, p) or ()
        Each cell's capacity and resistances as multiples of the cell's. [1]
    joint_resistance : array_like, shape (s, p) or ()
        Weld and tab of each cell, both ends together. [Ohm]
    rails : Rails or None
        Conductors between columns; `None`: without resistance. [-]
    thermal : ThermalNetwork or None
        Paths of heat; `None`: no cell loses or gains any but its own. [-]
    bleed : Bleed or None
        Balancing. [-]
    limits : Limits or None
        Cuts; `None`: the cell's own voltages. [-]

    Returns
    -------
    pack : Pack
        The pack. [-]

    Raises
    ------
    ValueError
        If a shape or figure cannot be.

    Derivation
    ----------
    None: it only gathers and checks.

    Examples
    --------
    >>> from packcalc.cell import parameter_set
    >>> pack = build_pack(parameter_set("leaf-2013"), 6, 2, joint_resistance=0.1e-3)
    >>> pack.series, pack.parallel
    (6, 2)
    """
    if series < 1 or parallel < 1:
        raise ValueError(f"{series}S{parallel}P: a pack needs at least one group of one cell")
    given = (capacity_factor, resistance_factor, joint_resistance)
    tables = []
    for name, value in zip(("capacity_factor", "resistance_factor", "joint_resistance"), given,
                           strict=True):  # fmt: skip
        table = np.asarray(value, dtype=np.float64)
        if table.shape not in ((), (series, parallel)):
            raise ValueError(f"{name} has shape {table.shape}, not {(series, parallel)}")
        tables.append(np.ascontiguousarray(np.broadcast_to(table, (series, parallel))))
    # A protection acts above the voltage that a charger holds.
    cut = limits or Limits(voltage_min=cell.voltage_min, voltage_max=cell.voltage_max + 0.05)
    return Pack(cell, tables[0], tables[1], tables[2], rails, thermal, bleed, cut)


def even_rails(series: int, parallel: int, resistance: float, opposite_ends: bool = True) -> Rails:
    """Return rails whose links are all alike.

    Parameters
    ----------
    series, parallel : int
        Groups in series, cells per group. [1]
    resistance : float
        Resistance between neighbouring columns. [Ohm]
    opposite_ends : bool
        Whether the negative lead is at the last column rather than the first. [-]

    Returns
    -------
    rails : Rails
        The rails. [-]

    Derivation
    ----------
    None: it only fills a table.

    Examples
    --------
    >>> even_rails(2, 16, 1e-4).resistance.shape
    (3, 15)
    """
    table = np.full((series + 1, parallel - 1), float(resistance))
    return Rails(table, 0, parallel - 1 if opposite_ends else 0)
