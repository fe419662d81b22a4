"""How many cells stand side by side, behind each other and in layers, and how big that is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, isqrt

from packcalc.design.cell import CellSpec, cell_box
from packcalc.design.targets import DesignRules

__all__ = ["Layout", "lay_out_cells"]

LAYERS = 4  # more are not tried: such a pack would be built of modules


@dataclass(frozen=True, slots=True)
class Layout:
    """A block of cells in rows, columns and layers, with its enclosure.

    Parameters
    ----------
    columns, rows, layers : int
        Cells along the length, the width and the height. [1]
    length, width, height : float
        Outer dimensions, `length` never below `width`. [m]
    sides : tuple of float
        A cell along the columns, the rows and the layers. [m]
    """

    columns: int
    rows: int
    layers: int
    length: float
    width: float
    height: float
    sides: tuple[float, float, float]

    @property
    def volume(self) -> float:
        """Outer volume. [m^3]"""
        return self.length * self.width * self.height

    def fits(self, length: float | None, width: float | None, height: float | None) -> bool:
        """Say whether the block goes into a box, the two horizontal sides in either order."""
        if height is not None and self.height > height:
            return False
        return any(
            (length is None or a <= length) and (width is None or b <= width)
            for a, b in ((self.length, self.width), (self.width, self.length))
        )


def lay_out_cells(
    cell: CellSpec,
    count: int,
    rules: DesignRules,
    length_max: float | None = None,
    width_max: float | None = None,
    height_max: float | None = None,
) -> Layout | None:
    """Find the smallest block that holds the cells and, if one does, fits the box.

    Parameters
    ----------
    cell : CellSpec
        The cell. [-]
    count : int
        How many cells. [1]
    rules : DesignRules
        Gap, wall and room for electronics. [-]
    length_max, width_max, height_max : float or None
        Inner limits of the box, `None` where open. [m]

    Returns
    -------
    layout : Layout or None
        The block of least volume among those that fit, else of least volume at all; `None` if
        the sheet leaves out a dimension of the cell. [-]

    Derivation
    ----------
    Cells stand on a square grid (or box to box) with `gap` between them; `wall` is added on every
    side and `electronics_height` on top. Cylinders and pouches may lie down, prismatic cells
    stand upright with their vents on top. All splits of the count into up to four layers and any
    number of rows are compared; empty places are allowed.

    Examples
    --------
    >>> size = {"diameter": 0.021, "height": 0.07}
    >>> cell = CellSpec("x", "NMC", "cylindrical", 18e3, 3.6, 4.2, 2.5, **size)
    >>> block = lay_out_cells(cell, 52, DesignRules())
    >>> (block.columns, block.rows, block.layers), round(block.volume * 1000, 2)
    ((6, 3, 3), 2.63)
    """
    box = cell_box(cell)
    if box is None:
        return None
    blocks = (
        _block(way, columns, rows, layers, rules)
        for way in _orientations(cell, box)
        for layers in range(1, min(LAYERS, count) + 1)
        for columns, rows in _grids(ceil(count / layers))
    )
    return min(
        blocks, key=lambda b: (not b.fits(length_max, width_max, height_max), round(b.volume, 12))
    )


def _orientations(
    cell: CellSpec, box: tuple[float, float, float]
) -> tuple[tuple[float, float, float], ...]:
    a, b, c = box
    return (box,) if cell.format == "prismatic" else (box, (a, c, b), (b, c, a))


def _grids(count: int) -> Iterator[tuple[int, int]]:
    """Yield columns and rows of every grid that holds a layer and wastes no row."""
    for few in range(1, isqrt(count) + 1):
        many = ceil(count / few)
        yield many, few
        yield few, many


def _block(
    box: tuple[float, float, float], columns: int, rows: int, layers: int, rules: DesignRules
) -> Layout:
    a, b, c = box
    along = columns * (a + rules.gap) - rules.gap + 2 * rules.wall
    across = rows * (b + rules.gap) - rules.gap + 2 * rules.wall
    up = layers * (c + rules.gap) - rules.gap + 2 * rules.wall + rules.electronics_height
    return Layout(columns, rows, layers, max(along, across), min(along, across), up, box)
