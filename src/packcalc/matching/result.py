"""The answer of a matching: who stands where, who does not and why, and how good it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from packcalc.matching.rules import Topology
from packcalc.matching.stock import CellArrays, Floats, Ints


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """Figures of every group, shape (pack, series); in the units of the readings.

    `resistance` is that of the cells in parallel. Spreads are max - min inside the group; NaN
    where the reading is not known.
    """

    capacity: Floats
    resistance: Floats
    resistance_spread: Floats
    resistance_deviation: Floats
    ocv_spread: Floats


@dataclass(frozen=True, slots=True)
class PackFigures:
    """Figures of every pack, shape (pack,).

    `capacity_spread_ppm` and `resistance_spread_ratio` are (max - min) / mean over the groups;
    `cell_resistance_spread` and `cell_ocv_spread` the worst max - min inside a group.
    `usable_capacity` is the weakest group's, `usable_bound` what no regrouping of the same cells
    can exceed, `limiting_group` the weakest group counted from 0.
    """

    capacity_spread_ppm: Floats
    resistance_spread_ratio: Floats
    cell_resistance_spread: Floats
    cell_ocv_spread: Floats
    usable_capacity: Floats
    usable_bound: Floats
    limiting_group: Ints


@dataclass(frozen=True, slots=True)
class Matching:
    """The packs made of a stock. Indices point into the arrays that were given.

    Attributes
    ----------
    assignment : ndarray, shape (pack, series, parallel)
        Which cell stands where.
    rejected : ndarray, shape (rejected,)
        Cells not let in; `reasons` has a sentence for each.
    leftover : ndarray, shape (leftover,)
        Cells let in that no pack took.
    pack_bound : int
        No assignment within the lot rules has more packs than this.
    capacity_step : float
        Step of the capacity readings.
    floor_ratio : float
        The expected true loss (mean - weakest group) / mean that measuring cannot resolve.
    warnings : tuple of str
        What is odd about the stock.
    """

    cells: CellArrays
    topology: Topology
    assignment: Ints
    rejected: Ints
    reasons: tuple[str, ...]
    leftover: Ints
    groups: GroupFigures
    packs: PackFigures
    pack_bound: int
    capacity_step: float
    floor_ratio: float
    warnings: tuple[str, ...] = ()

    @property
    def usable_capacity(self) -> float:
        """Sum over the packs of their weakest group's capacity."""
        return float(self.packs.usable_capacity.sum())

    @property
    def usable_bound(self) -> float:
        """Upper bound of `usable_capacity` for the cells used."""
        return float(self.packs.usable_bound.sum())

    def certified(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Packs whose groups differ by at most one step: none can be better, shape (pack,)."""
        capacity = np.rint(self.groups.capacity / self.capacity_step)
        return np.asarray(np.ptp(capacity, axis=1) <= 1)
