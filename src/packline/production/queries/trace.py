"""Genealogy in both directions: what is in a unit, and where a cell or a lot went."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from packline.production.models import Link, Unit
from packline.supply.models import Cell, CellLot

__all__ = ["Trace", "TracedPart", "trace"]


@dataclass(frozen=True, slots=True)
class TracedPart:
    """One part on the way of a trace."""

    serial: str
    kind: str  # pack, group, cell, bms ... or lot
    within: str  # what it is or was installed in
    position: int
    installed_at: str
    removed_at: str  # empty while it is installed
    lot: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """Everything that a serial or a lot is connected with, complete, with its count."""

    subject: str
    kind: str
    units: tuple[TracedPart, ...]  # packs it is in, or the pack itself
    parts: tuple[TracedPart, ...]  # what the pack is made of, removed parts included
    lots: tuple[str, ...]
    not_installed: tuple[TracedPart, ...] = ()  # cells of a lot that are in no pack

    @property
    def count(self) -> int:
        """How many packs and parts the trace holds."""
        return len(self.units) + len(self.parts) + len(self.not_installed)


def trace(name: str) -> Trace | None:
    """Trace a pack, a cell, a component or a lot by its serial or number; None if unknown."""
    if unit := Unit.objects.filter(serial=name).first():
        return _of_unit(unit)
    if lot := CellLot.objects.filter(number=name).first():
        return _of_lot(lot)
    if cell := Cell.objects.filter(serial=name).select_related("lot").first():
        return _of_cell(cell)
    links = Link.objects.filter(child=name).select_related("unit").order_by("installed_at")
    if not links:
        return None
    return Trace(name, links[0].child_kind, _packs(links), (), ())


def _of_unit(unit: Unit) -> Trace:
    links = list(unit.links.order_by("parent", "position", "installed_at"))
    lots = _lots_of([link.child for link in links if link.child_kind == "cell"])
    parts = tuple(_part(link, lots.get(link.child, "")) for link in links)
    own = TracedPart(unit.serial, "pack", unit.order.number, unit.number, "", "", "", unit.state)
    return Trace(unit.serial, "pack", (own,), parts, tuple(sorted(set(lots.values()))))


def _of_cell(cell: Cell) -> Trace:
    links = Link.objects.filter(child=cell.serial).select_related("unit").order_by("installed_at")
    own = TracedPart(cell.serial, "cell", "", 0, "", "", cell.lot.number, cell.state)
    alone = () if links else (own,)
    return Trace(cell.serial, "cell", _packs(links), (), (cell.lot.number,), alone)


def _of_lot(lot: CellLot) -> Trace:
    links = list(
        Link.objects.filter(
            child_kind="cell", child__in=Cell.objects.filter(lot=lot).values("serial")
        )
        .select_related("unit")
        .order_by("unit__serial", "parent", "position", "installed_at")
    )
    installed = {link.child for link in links}
    rest = tuple(
        TracedPart(cell.serial, "cell", "", 0, "", "", lot.number, cell.state)
        for cell in Cell.objects.filter(lot=lot).order_by("serial")
        if cell.serial not in installed
    )
    parts = tuple(_part(link, lot.number) for link in links)
    return Trace(lot.number, "lot", _packs(links), parts, (lot.number,), rest)


def _packs(links: Iterable[Link]) -> tuple[TracedPart, ...]:
    found: dict[str, TracedPart] = {}
    for link in links:
        part = TracedPart(
            link.unit.serial,
            "pack",
            link.parent,
            link.position,
            link.installed_at.isoformat(),
            _when(link),
            "",
            link.unit.state,
        )
        known = found.get(link.unit.serial)
        if known is None or not part.removed_at:
            found[link.unit.serial] = part
    return tuple(found[serial] for serial in sorted(found))


def _part(link: Link, lot: str) -> TracedPart:
    return TracedPart(
        link.child,
        link.child_kind,
        link.parent,
        link.position,
        link.installed_at.isoformat(),
        _when(link),
        lot,
    )


def _when(link: Link) -> str:
    return link.removed_at.isoformat() if link.removed_at else ""


def _lots_of(serials: list[str]) -> dict[str, str]:
    cells = Cell.objects.filter(Q(serial__in=serials)).values_list("serial", "lot__number")
    return dict(cells)
