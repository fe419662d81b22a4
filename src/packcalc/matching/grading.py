"""Grading into classes of capacity and resistance: for leftovers, and for shops that sell bins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from packcalc.matching.rules import Topology
from packcalc.matching.stock import CellArrays, Floats, Ints

__all__ = ["Grade", "Grades", "grade"]


@dataclass(frozen=True, slots=True)
class Grade:
    """One class: its bounds, its cells, and how many packs they would still make."""

    name: str
    capacity: tuple[float, float]
    resistance: tuple[float, float]
    cells: Ints
    packs: int

    def suits(self, topology: Topology) -> str:
        """What the cells of this class are still good for, in a sentence."""
        if self.packs:
            return f"{self.packs} more {topology} pack(s)"
        groups = len(self.cells) // topology.parallel
        if groups and topology.parallel > 1:
            return f"{groups} group(s) of {topology.parallel}, or replacements"
        return "replacements"


@dataclass(frozen=True, slots=True)
class Grades:
    """The classes of a stock, best first: high capacity, then low resistance."""

    grades: tuple[Grade, ...]
    capacity_edges: Floats
    resistance_edges: Floats


def grade(
    cells: CellArrays,
    which: Ints,
    topology: Topology,
    capacity_width: float | None = None,
    resistance_width: float | None = None,
) -> Grades:
    """Sort cells into classes of capacity and resistance.

    Parameters
    ----------
    cells : CellArrays
        The stock. [units of the readings]
    which : ndarray, shape (graded,)
        Indices of the cells to grade, such as the leftover of a matching. [1]
    topology : Topology
        Pack that the classes are judged by. [1]
    capacity_width : float, optional
        Width of a capacity class; 1 % of the median, rounded, when left out. [unit of capacity]
    resistance_width : float, optional
        Width of a resistance class; 5 % of the median, rounded, when left out. [unit of
        resistance]

    Returns
    -------
    Grades
        The classes that have cells. Edges are multiples of the width, so that classes of
        different lots are the same classes. [units of the readings]

    Raises
    ------
    ValueError
        If a width is not positive.

    Derivation
    ----------
    Class k holds readings in [k width, (k + 1) width).

    Examples
    --------
    >>> cells = CellArrays(np.array([5.01, 4.99, 5.02]), np.array([15.1, 15.2, 16.2]))
    >>> found = grade(cells, np.arange(3), Topology(1, 1), 0.05, 1.0)
    >>> [(one.name, one.cells.tolist()) for one in found.grades]
    [('C1R1', [0]), ('C1R2', [2]), ('C2R1', [1])]
    """
    resistance = np.zeros(len(cells)) if cells.resistance is None else cells.resistance
    capacity_width = _width(capacity_width, cells.capacity[which], 0.01, "capacity")
    resistance_width = _width(resistance_width, resistance[which], 0.05, "resistance")
    c = np.floor(cells.capacity[which] / capacity_width + 1e-9).astype(np.int64)
    r = np.floor(resistance[which] / resistance_width + 1e-9).astype(np.int64)
    classes_c, classes_r = np.unique(c)[::-1].tolist(), np.unique(r).tolist()
    found = []
    for i, high in enumerate(classes_c):
        for j, low in enumerate(classes_r):
            members = which[(c == high) & (r == low)]
            if len(members):
                bounds_c = (high * capacity_width, (high + 1) * capacity_width)
                bounds_r = (low * resistance_width, (low + 1) * resistance_width)
                packs = len(members) // topology.cells
                found.append(Grade(f"C{i + 1}R{j + 1}", bounds_c, bounds_r, members, packs))
    edges_c = np.array(sorted({e for g in found for e in g.capacity}))
    return Grades(
        tuple(found), edges_c, np.array(sorted({e for g in found for e in g.resistance}))
    )


def _width(asked: float | None, values: Floats, ratio: float, name: str) -> float:
    if asked is not None:
        if not asked > 0:
            raise ValueError(f"a class of {name} {asked!r} wide holds nothing")
        return asked
    middle = float(np.median(values)) if len(values) else 0.0
    return float(f"{ratio * middle:.1g}") if middle > 0 else 1.0
