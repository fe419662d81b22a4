"""Putting parts into a unit and taking them out; each link keeps from when until when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from packline.foundation.commands import command
from packline.foundation.errors import Refused
from packline.foundation.models import Person
from packline.production.gate import let_parts_pass
from packline.production.models import Link, Part, Placement, Unit
from packline.production.queries.genealogy import links_of_unit, part_of_unit
from packline.production.services.linking import (
    PartIn,
    Use,
    _close_link,
    _open_links,
    _put_into,
    _write_parts,
    known_parts,
    new_part,
    tell,
    uses_of,
)
from packline.supply import services as supply
from packline.supply.models import Cell, CellLot


@command("production.install_parts")
def install_parts(
    *,
    unit: Unit,
    components: Mapping[str, str] = {},
    further: Sequence[PartIn] = (),
    by: Person,
    at: datetime,
) -> list[Link]:
    """Install the cells that the match gave a unit, in their groups, and further components.

    `components` maps a kind to a serial, for example ``{"bms": "BMS-0042"}``; `further` takes
    parts with a place of their own, and quantities of lots.
    """
    placements = list(
        unit.placements.select_related("cell", "cell__lot").order_by("group", "slot")
    )
    if not placements:
        raise Refused(f"{unit} has no cells: match its order first")
    pack = part_of_unit(unit)
    if pack is not None and Link.objects.filter(parent=pack, removed_at__isnull=True).exists():
        raise Refused(f"{unit} has its parts already")
    lots, fresh = _lots_of({p.cell.lot.number: p.cell.lot for p in placements})
    numbers = sorted({p.group for p in placements})
    (own, *groups), new = _write_parts(
        [
            new_part("pack", unit.serial),
            *(new_part("group", group_serial(unit, g)) for g in numbers),
        ]
    )
    cells, new_cells = _write_parts(
        [new_part("cell", p.cell.serial, lots[p.cell.lot.number]) for p in placements]
    )
    more, new_parts = uses_of(
        [
            *(
                PartIn(kind=kind, number=serial, position=k)
                for k, (kind, serial) in enumerate(sorted(components.items()), start=1)
            ),
            *further,
        ]
    )
    let_parts_pass(unit=unit, parts=[use.part for use in more], at=at)
    of_group = dict(zip(numbers, groups, strict=True))
    links = _open_links(
        [
            *((own, Use(part, "group", g)) for g, part in of_group.items()),
            *((own, use) for use in more),
            *(
                (of_group[p.group], Use(part, "cell", p.slot))
                for part, p in zip(cells, placements, strict=True)
            ),
        ],
        at,
    )
    supply.install_cells(cells=[p.cell for p in placements], into=unit.serial, by=by, at=at)
    tell(
        "production.parts.installed",
        unit,
        by=by,
        at=at,
        rows=[*fresh, *new, *new_cells, *new_parts, *links],
        count=len(links),
    )
    return links


@command("production.install_parts")
def swap_cell(
    *, unit: Unit, old: Cell, new: Cell, reason: str, by: Person, at: datetime
) -> Placement:
    """Replace an installed cell; the old link is closed, not erased."""
    placement = unit.placements.select_related("unit").get(cell=old)
    link = next(
        (
            link
            for link in links_of_unit(unit, kinds=("cell",))
            if link.child.number == old.serial and link.removed_at is None
        ),
        None,
    )
    if link is None:
        raise Refused(f"cell {old} is not in {unit}")
    _refuse_what_is_not_of_the_design(new, unit)
    lots, fresh = _lots_of({new.lot.number: new.lot})
    (part,), new_parts = _write_parts([new_part("cell", new.serial, lots[new.lot.number])])
    let_parts_pass(unit=unit, parts=[part], at=at, repair=True)
    _close_link(link, at)
    (opened,) = _put_into(link.parent, [Use(part, "cell", link.position)], at)
    placement.cell = new
    placement.save(update_fields=["cell"])
    supply.remove_cells(cells=[old], out_of=unit.serial, reason=reason, by=by, at=at)
    supply.allot_cells(cells=[new], to=unit.serial, by=by, at=at)
    supply.install_cells(cells=[new], into=unit.serial, by=by, at=at)
    tell(
        "production.cell.swapped",
        unit,
        by=by,
        at=at,
        rows=[*fresh, *new_parts, link, opened, placement],
        old=old.serial,
        new=new.serial,
        reason=reason,
    )
    return placement


@command("production.install_parts")
def replace_planned_cell(
    *, unit: Unit, old: Cell, new: Cell, reason: str, by: Person, at: datetime
) -> Placement:
    """Give a unit another cell in the place of one that was damaged before it was built in.

    One that still lies in the tray is set apart by it, for somebody to decide about.
    """
    placement = unit.placements.select_related("unit").filter(cell=old).first()
    if placement is None:
        raise Refused(f"cell {old} has no place in {unit}")
    if old.state not in ("allotted", "quarantined"):
        raise Refused(f"cell {old} is {old.state}: only one that is not built in is replaced so")
    _refuse_what_is_not_of_the_design(new, unit)
    if old.state == "allotted":
        supply.quarantine_cells(cells=[old], reason=reason, by=by, at=at)
    supply.allot_cells(cells=[new], to=unit.serial, by=by, at=at)
    placement.cell = new
    placement.save(update_fields=["cell"])
    tell(
        "production.cell.swapped",
        unit,
        by=by,
        at=at,
        rows=[placement],
        old=old.serial,
        new=new.serial,
        reason=reason,
    )
    return placement


def _refuse_what_is_not_of_the_design(cell: Cell, unit: Unit) -> None:
    wanted = unit.order.design.cell
    if cell.lot.cell_id != wanted.pk:
        raise Refused(f"cell {cell} is a {cell.lot.cell}, and {unit} is built of {wanted}")
    if cell.lot.virtual and not unit.virtual:
        raise Refused(f"nobody has measured cell {cell}: only a virtual unit is made of such")


def group_serial(unit: Unit, group: int) -> str:
    """Name a group: it has no label of its own, so it is named by its pack and place."""
    return f"{unit.serial}/G{group:02d}"


def _lots_of(lots: Mapping[str, CellLot]) -> tuple[dict[str, Part], list[Part]]:
    """Return the lots of cells as parts, and those that are new to genealogy."""
    known = known_parts("cell-lot", list(lots))
    fresh = [
        Part(kind="cell-lot", number=number, rank=0, quantity=lot.row_count)
        for number, lot in sorted(lots.items())
        if number not in known
    ]
    for part in fresh:
        part.save(force_insert=True)
    return known | {part.number: part for part in fresh}, fresh
