"""What is in a unit, and where its lots went besides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from packline.production.models import Link, Placement, Unit
from packline.production.queries.genealogy import links_of_unit
from packline.supply.models import Cell, CellLot

__all__ = ["Group", "InstalledCell", "LotUse", "Parts", "parts_of"]


@dataclass(frozen=True, slots=True)
class InstalledCell:
    """A cell with the link that put it in."""

    link: Link
    cell: Cell | None


@dataclass(frozen=True, slots=True)
class Group:
    """A parallel group with what is and what was in it."""

    name: str
    position: int
    cells: Sequence[InstalledCell]

    @property
    def capacity_ah(self) -> float:
        """The sum of the capacities of the cells that are in it."""
        return sum(c.cell.capacity_ah for c in self.cells if c.cell and not c.link.removed_at)

    @property
    def count(self) -> int:
        """How many cells are in it."""
        return sum(not c.link.removed_at for c in self.cells)


@dataclass(frozen=True, slots=True)
class LotUse:
    """A lot of which cells are in the unit, and in how many units in all."""

    lot: CellLot
    here: int
    units: int


@dataclass(frozen=True, slots=True)
class Parts:
    """All parts of a unit, and the way back from its lots."""

    groups: Sequence[Group]
    components: Sequence[Link]
    lots: Sequence[LotUse]
    removed: int
    planned: int  # cells with a place, before anything is installed


def parts_of(unit: Unit) -> Parts:
    """Return what a unit is made of, what was taken out of it, and the use of its lots."""
    links = links_of_unit(unit)
    cell_links = [link for link in links if link.kind == "cell"]
    serials = [link.child.number for link in cell_links if not link.child.is_lot]
    cells = {
        cell.serial: cell
        for cell in Cell.objects.filter(serial__in=serials).select_related("lot__cell")
    }
    groups = [
        Group(
            link.child.number,
            link.position,
            [
                InstalledCell(inner, cells.get(inner.child.number))
                for inner in cell_links
                if inner.parent_id == link.child_id
            ],
        )
        for link in links
        if link.kind == "group"
    ]
    return Parts(
        sorted(groups, key=lambda group: group.position),
        [link for link in links if link.kind not in ("cell", "group")],
        _lots(cells),
        sum(link.removed_at is not None for link in links),
        0 if links else unit.placements.count(),
    )


def _lots(cells: dict[str, Cell]) -> list[LotUse]:
    lots = {cell.lot_id: cell.lot for cell in cells.values()}
    counted = dict(
        Placement.objects.filter(cell__lot__in=lots)
        .values_list("cell__lot")
        .annotate(n=Count("unit", distinct=True))
        .order_by()
    )
    here = [cell.lot_id for cell in cells.values()]
    uses = [LotUse(lot, here.count(pk), counted.get(pk, 0)) for pk, lot in lots.items()]
    return sorted(uses, key=lambda use: use.lot.number)
