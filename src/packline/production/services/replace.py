"""Replacing a part of a unit, whatever it is: one door for pages and stations."""

from __future__ import annotations

from datetime import datetime

from packline.foundation.errors import NotFound, Refused
from packline.foundation.models import Person
from packline.production.models import Link, Unit
from packline.production.queries.genealogy import open_links_of
from packline.production.services.assembly import remove_part, swap_part
from packline.production.services.linking import PartIn
from packline.production.services.parts import swap_cell
from packline.supply.models import Cell


def replace_part(
    *, unit: Unit, kind: str, old: str, new: str, reason: str, by: Person, at: datetime
) -> None:
    """Put a part of the same kind in the place of another; a cell comes from the stock.

    Raises
    ------
    NotFound
        If the old part is not in the unit, or no cell has the new serial.
    Refused
        If the new part is on hold, elsewhere, or no cell that is accepted.
    """
    link = _link_of(unit, kind, old)
    cell = Cell.objects.filter(serial=old).select_related("lot").first()
    if kind != "cell" or cell is None:
        part = PartIn(kind=kind, number=new)
        swap_part(link=link, new=part, reason=reason, by=by, at=at)
        return
    found = Cell.objects.filter(serial=new).select_related("lot").first()
    if found is None:
        raise NotFound(f"no cell {new} was received")
    if found.state != "accepted":
        raise Refused(f"cell {found} is {found.state}: only an accepted cell goes in")
    swap_cell(unit=unit, old=cell, new=found, reason=reason, by=by, at=at)


def take_out(*, unit: Unit, kind: str, number: str, reason: str, by: Person, at: datetime) -> Link:
    """Take a part out of a unit; a cell is replaced instead, for its place must not be empty."""
    if kind == "cell":
        raise Refused(f"cell {number} is not taken out alone: replace it")
    return remove_part(link=_link_of(unit, kind, number), reason=reason, by=by, at=at)


def _link_of(unit: Unit, kind: str, number: str) -> Link:
    found = open_links_of(unit, kind, number)
    if not found:
        raise NotFound(f"no {kind} {number} is in {unit} now")
    if found[0].child.is_lot:
        raise Refused(f"{kind} {number} is a lot, of which a quantity went in: it has no serial")
    return found[0]
