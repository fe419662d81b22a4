"""Putting parts into a unit and taking them out; each link keeps from when until when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from packline.foundation.commands import command
from packline.foundation.errors import Refused
from packline.foundation.events import record
from packline.foundation.models import Person
from packline.production.models import Link, Placement, Unit
from packline.supply import services as supply
from packline.supply.models import Cell


@command("production.install_parts")
def install_parts(
    *, unit: Unit, components: Mapping[str, str] = {}, by: Person, at: datetime
) -> list[Link]:
    """Install the cells that the match gave a unit, in their groups, and further components.

    `components` maps a kind to a serial, for example ``{"bms": "BMS-0042"}``.
    """
    placements = list(
        unit.placements.select_related("cell", "cell__lot").order_by("group", "slot")
    )
    if not placements:
        raise Refused(f"{unit} has no cells: match its order first")
    if unit.links.filter(removed_at__isnull=True).exists():
        raise Refused(f"{unit} has its parts already")
    links = []
    for group in sorted({p.group for p in placements}):
        links.append(
            _link(unit, unit.serial, "pack", group_serial(unit, group), "group", group, at)
        )
    for p in placements:
        name = group_serial(unit, p.group)
        links.append(_link(unit, name, "group", p.cell.serial, "cell", p.slot, at))
    for position, (kind, serial) in enumerate(sorted(components.items()), start=1):
        links.append(_link(unit, unit.serial, "pack", serial, kind, position, at))
    Link.objects.bulk_create(links)
    supply.install_cells(cells=[p.cell for p in placements], into=unit.serial, by=by, at=at)
    record("production.parts.installed", unit, by=by, at=at, rows=links, count=len(links))
    return links


@command("production.install_parts")
def swap_cell(
    *, unit: Unit, old: Cell, new: Cell, reason: str, by: Person, at: datetime
) -> Placement:
    """Replace an installed cell; the old link is closed, not erased."""
    placement = unit.placements.select_related("unit").get(cell=old)
    link = unit.links.get(child=old.serial, removed_at__isnull=True)
    link.removed_at = at
    link.save(update_fields=["removed_at"])
    fresh = _link(unit, link.parent, "group", new.serial, "cell", placement.slot, at)
    fresh.save(force_insert=True)
    placement.cell = new
    placement.save(update_fields=["cell"])
    supply.remove_cells(cells=[old], out_of=unit.serial, reason=reason, by=by, at=at)
    supply.allot_cells(cells=[new], to=unit.serial, by=by, at=at)
    supply.install_cells(cells=[new], into=unit.serial, by=by, at=at)
    record(
        "production.cell.swapped",
        unit,
        by=by,
        at=at,
        rows=[link, fresh, placement],
        old=old.serial,
        new=new.serial,
        reason=reason,
    )
    return placement


def group_serial(unit: Unit, group: int) -> str:
    """Name a group: it has no label of its own, so it is named by its pack and place."""
    return f"{unit.serial}/G{group:02d}"


def _link(
    unit: Unit,
    parent: str,
    parent_kind: str,
    child: str,
    child_kind: str,
    position: int,
    at: datetime,
) -> Link:
    return Link(
        unit=unit,
        parent=parent,
        parent_kind=parent_kind,
        child=child,
        child_kind=child_kind,
        position=position,
        installed_at=at,
    )
