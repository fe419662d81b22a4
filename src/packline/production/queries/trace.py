"""Genealogy in both directions: what is in a pack, and where a part or a lot went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from packline.production.calc.complete import places_of
from packline.production.models import Link, LotScrap, Part, Unit
from packline.production.queries.genealogy import (
    PackWith,
    contents_at,
    links_below,
    lots_below,
    packs_above,
    part_of_unit,
    place_at,
)
from packline.production.queries.lots import links_of_lot, quantity_used, scraps_of
from packline.production.states import FIRST_SERIAL_RANK
from packline.supply.models import Cell, CellLot

__all__ = ["Trace", "TracedPart", "stood_at", "trace"]

PER_LOOKUP = 500


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
    quantity: int = 1  # in the base unit
    unit_code: str = "1"


@dataclass(frozen=True, slots=True)
class Trace:
    """Everything that a serial or a lot is connected with, with its count and what is missing."""

    subject: str
    kind: str
    units: tuple[TracedPart, ...]  # packs it is in, or the pack itself
    parts: tuple[TracedPart, ...]  # what it is made of, removed parts included
    lots: tuple[str, ...]
    not_installed: tuple[
        TracedPart, ...
    ] = ()  # of a lot, in no pack: cells, and what was scrapped
    gaps: tuple[str, ...] = ()  # what the record cannot account for; none: it is complete

    @property
    def count(self) -> int:
        """How many packs and parts the trace holds."""
        return len(self.units) + len(self.parts) + len(self.not_installed)

    @property
    def complete(self) -> bool:
        """Whether everything that must be there is."""
        return not self.gaps


def trace(name: str) -> Trace | None:
    """Trace a pack, a part, a box or a lot by its serial or number; None if it is unknown.

    Where several parts bear the same number, a BMS and a cell for example, all are traced.
    """
    if unit := Unit.objects.filter(serial=name).select_related("order__design").first():
        return _of_unit(unit)
    if lot := CellLot.objects.filter(number=name).first():
        return _of_cell_lot(lot)
    parts = list(Part.objects.filter(number=name).select_related("lot").order_by("rank", "kind"))
    if parts:
        return _of_parts(name, parts)
    if cell := Cell.objects.filter(serial=name).select_related("lot").first():
        own = _stock(cell)
        return Trace(name, "cell", (), (), (cell.lot.number,), (own,), _astray([cell], set()))
    return None


def stood_at(name: str, at: datetime) -> Trace | None:
    """Return what was in a pack at a moment, or what a part was in then; None if it is unknown."""
    if unit := Unit.objects.filter(serial=name).select_related("order__design").first():
        pack = part_of_unit(unit)
        inside = [] if pack is None else contents_at(pack, at)
        return Trace(name, "pack", (_own(unit),), tuple(map(_part, inside)), _lots_of(inside))
    part = Part.objects.filter(number=name, rank__gte=FIRST_SERIAL_RANK).order_by("rank").first()
    if part is None:
        return None
    around = place_at(part, at)
    return Trace(name, part.kind, (), tuple(map(_part, around)), _lots_of(around))


def _lots_of(links: Sequence[Link]) -> tuple[str, ...]:
    return tuple(sorted({link.lot.number for link in links if link.lot is not None}))


def _own(unit: Unit) -> TracedPart:
    return TracedPart(unit.serial, "pack", unit.order.number, unit.number, "", "", "", unit.state)


def _of_unit(unit: Unit) -> Trace:
    pack = part_of_unit(unit)
    links = [] if pack is None else links_below(pack)
    lots = [] if pack is None else lots_below(pack)
    design = unit.order.design
    wanted = places_of("cell", design.series, design.parallel)
    have = sum(k.quantity for k in links if k.kind == "cell" and k.removed_at is None)
    gaps = []
    if pack is not None and have != wanted:
        gaps.append(f"{have} cells are linked with {unit}, its design has {wanted}")
    return Trace(
        unit.serial,
        "pack",
        (_own(unit),),
        tuple(map(_part, links)),
        tuple(sorted({lot.number for lot in lots})),
        gaps=tuple(gaps),
    )


def _of_cell_lot(lot: CellLot) -> Trace:
    cells = list(Cell.objects.filter(lot=lot).select_related("lot").order_by("serial"))
    part = Part.objects.filter(kind="cell-lot", number=lot.number).first()
    links = [] if part is None else links_of_lot(part)
    linked = {link.child.number for link in links if not link.child.is_lot}
    rest = tuple(_stock(cell) for cell in cells if cell.serial not in linked)
    return Trace(
        lot.number,
        "lot",
        () if part is None else _units(packs_above(part)),
        tuple(map(_part, links)),
        (lot.number,),
        rest,
        _astray(cells, linked),
    )


def _of_parts(name: str, parts: list[Part]) -> Trace:
    packs: dict[str, PackWith] = {}
    found: list[Link] = []
    lots: set[str] = set()
    lost: list[TracedPart] = []
    gaps: list[str] = []
    for part in parts:
        packs |= {pack.serial: pack for pack in packs_above(part)}
        found += links_of_lot(part) if part.is_lot else links_below(part)
        lots |= {lot.number for lot in lots_below(part)}
        if part.is_lot:
            lots.add(part.number)
            scrapped = [_scrapped(scrap, part) for scrap in scraps_of(part)]
            lost += scrapped
            used = quantity_used(part) + sum(row.quantity for row in scrapped)
            if used > (part.quantity or 0):
                gaps.append(
                    f"{used} {part.unit_code} of {part} are used or scrapped, "
                    f"{part.quantity} were booked"
                )
        elif part.lot is not None:
            lots.add(part.lot.number)
    kind = "lot" if parts[0].is_lot else parts[0].kind
    serials = [part.number for part in parts if part.kind == "cell"]
    loose = [
        _stock(cell)
        for cell in Cell.objects.filter(serial__in=serials).select_related("lot")
        if cell.state != "installed"
    ]
    return Trace(
        name,
        kind,
        _units(list(packs.values())),
        tuple(map(_part, found)),
        tuple(sorted(lots)),
        (*loose, *lost),
        tuple(gaps),
    )


def _units(packs: list[PackWith]) -> tuple[TracedPart, ...]:
    """Return the packs with their order and state."""
    serials = [pack.serial for pack in packs]
    known: dict[str, tuple[str, int, str]] = {}
    for start in range(0, len(serials), PER_LOOKUP):
        rows = Unit.objects.filter(serial__in=serials[start : start + PER_LOOKUP])
        known |= {
            serial: (order, number, state)
            for serial, order, number, state in rows.values_list(
                "serial", "order__number", "number", "state"
            )
        }
    return tuple(
        TracedPart(
            pack.serial,
            "pack",
            known.get(pack.serial, ("", 0, ""))[0],
            known.get(pack.serial, ("", 0, ""))[1],
            pack.since.isoformat(),
            pack.until.isoformat() if pack.until else "",
            "",
            known.get(pack.serial, ("", 0, ""))[2],
            pack.quantity,
        )
        for pack in sorted(packs, key=lambda pack: pack.serial)
    )


def _part(link: Link) -> TracedPart:
    return TracedPart(
        link.child.number,
        link.kind,
        link.parent.number,
        link.position,
        link.installed_at.isoformat(),
        link.removed_at.isoformat() if link.removed_at else "",
        link.lot.number if link.lot is not None else "",
        "",
        link.quantity,
        link.unit_code,
    )


def _stock(cell: Cell) -> TracedPart:
    return TracedPart(cell.serial, "cell", "", 0, "", "", cell.lot.number, cell.state)


def _scrapped(scrap: LotScrap, lot: Part) -> TracedPart:
    return TracedPart(
        serial=lot.number,
        kind=lot.kind,
        within="",
        position=0,
        installed_at="",
        removed_at=scrap.scrapped_at.isoformat(),
        lot=lot.number,
        state="scrapped",
        quantity=scrap.quantity,
        unit_code=lot.unit_code,
    )


def _astray(cells: list[Cell], linked: set[str]) -> tuple[str, ...]:
    """Name cells that are said to be installed and of which no link says where."""
    lost = [
        cell.serial for cell in cells if cell.state == "installed" and cell.serial not in linked
    ]
    if not lost:
        return ()
    return (f"{len(lost)} cells are said to be installed and no link says where: {lost[0]} ...",)
