"""Assemblies of any depth: building modules before their pack, rework, boxes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from packline.foundation.commands import command
from packline.foundation.errors import DomainError, Refused
from packline.foundation.models import Person
from packline.production.gate import let_parts_pass
from packline.production.models import Hold, Link, Part, Unit
from packline.production.queries.boxes import BOXES
from packline.production.queries.genealogy import links_below
from packline.production.services.linking import (
    PartIn,
    Use,
    _close_link,
    _put_into,
    _write_parts,
    new_part,
    subject_of_change,
    tell,
    uses_of,
)
from packline.production.states import ASSEMBLIES, FIRST_SERIAL_RANK
from packline.supply import services as supply
from packline.supply.models import Cell

FIXED = ("passed", "released", "scrapped")  # what a unit is made of then changes by rework only
READY = ("passed", "released")


@command("production.install_parts")
def assemble(
    *, kind: str, number: str, parts: Sequence[PartIn], by: Person, at: datetime
) -> list[Link]:
    """Put parts into a group, a module or a pack, which need not be in anything yet.

    Raises
    ------
    Refused
        If a part is elsewhere, would be in itself, or a lot has not enough left.
    """
    if kind not in ASSEMBLIES or kind in BOXES:
        allowed = ", ".join(k for k in ASSEMBLIES if k not in BOXES)
        raise DomainError(f"{kind} {number} is not built of parts; allowed: {allowed}")
    if not parts:
        raise Refused(f"{kind} {number}: no part is named")
    if kind == "pack" and not Unit.objects.filter(serial=number).exists():
        raise Refused(f"no unit has the serial {number}: match its order first")
    (whole,), fresh = _write_parts([new_part(kind, number)])
    subject = subject_of_change(whole)
    _refuse_a_finished_unit(subject)
    uses, new = uses_of(parts)
    let_parts_pass(unit=_unit(subject), parts=[use.part for use in uses], at=at)
    links = _put_into(whole, uses, at)
    _cells_into(uses, subject, by=by, at=at)
    # What is in a part that goes in is told again, so that the chain of the whole is complete.
    below = [link for use in uses for link in _inside(use.part)]
    tell(
        "production.parts.installed",
        subject,
        by=by,
        at=at,
        rows=[*fresh, *new, *links, *below],
        count=len(links),
        into=str(whole),
    )
    return links


@command("production.install_parts")
def remove_part(*, link: Link, reason: str, by: Person, at: datetime) -> Link:
    """Take a part out of its assembly; what was inside it stays inside it."""
    subject = subject_of_change(link.parent)
    _refuse_a_finished_unit(subject)
    _close_link(link, at)
    _cells_out_of([link], subject, reason=reason, by=by, at=at)
    tell(
        "production.part.removed",
        subject,
        by=by,
        at=at,
        rows=[link],
        part=str(link.child),
        out_of=str(link.parent),
        reason=_reason(reason),
    )
    return link


@command("production.install_parts")
def swap_part(*, link: Link, new: PartIn, reason: str, by: Person, at: datetime) -> Link:
    """Replace a part in its place; the old link is closed, not erased."""
    subject = subject_of_change(link.parent)
    _refuse_a_finished_unit(subject)
    if new.kind != link.kind:
        raise DomainError(f"{link.child} is replaced by a {link.kind}, not by a {new.kind}")
    uses, fresh = uses_of([new])
    let_parts_pass(unit=_unit(subject), parts=[use.part for use in uses], at=at, repair=True)
    _close_link(link, at)
    _cells_out_of([link], subject, reason=reason, by=by, at=at)
    put = [Use(use.part, use.kind, link.position, use.quantity) for use in uses]
    (opened,) = _put_into(link.parent, put, at)
    _cells_into(put, subject, by=by, at=at)
    tell(
        "production.part.swapped",
        subject,
        by=by,
        at=at,
        rows=[*fresh, link, opened, *_inside(opened.child)],
        old=str(link.child),
        new=str(opened.child),
        reason=_reason(reason),
    )
    return opened


@command("production.pack_box")
def pack_box(
    *, box: str, units: Sequence[Unit], kind: str = "box", by: Person, at: datetime
) -> list[Link]:
    """Pack passed or released units into a box; one on hold stays out."""
    if kind not in BOXES:
        raise DomainError(f"units are packed into {' or '.join(BOXES)}, not into a {kind}")
    if not units:
        raise Refused(f"{kind} {box}: no unit is named")
    for unit in units:
        if unit.state not in READY:
            raise Refused(f"{unit} is {unit.state}: only {' or '.join(READY)} units are packed")
    hold = Hold.objects.filter(unit__in=units, lifted_at__isnull=True).select_related("unit")
    if found := hold.order_by("unit__serial", "number").first():
        raise Refused(f"{found.unit} is on hold: {found.reason}")
    (whole, *packs), fresh = _write_parts(
        [new_part(kind, box), *(new_part("pack", unit.serial) for unit in units)]
    )
    return _into_box(whole, packs, fresh, "production.box.packed", by=by, at=at)


@command("production.pack_box")
def stack_boxes(*, pallet: str, boxes: Sequence[str], by: Person, at: datetime) -> list[Link]:
    """Put packed boxes on a pallet."""
    known = [Part.objects.filter(kind="box", number=number).first() for number in boxes]
    missing = [number for number, part in zip(boxes, known, strict=True) if part is None]
    if missing or not boxes:
        raise Refused(f"no box {', '.join(missing) or 'is named'}: pack it first")
    (whole,), fresh = _write_parts([new_part("pallet", pallet)])
    parts = [part for part in known if part is not None]
    return _into_box(whole, parts, fresh, "production.pallet.stacked", by=by, at=at)


@command("production.pack_box")
def unpack(*, link: Link, reason: str, by: Person, at: datetime) -> Link:
    """Take a unit out of its box, or a box off its pallet."""
    if link.parent.kind not in BOXES:
        raise DomainError(f"{link.child} is in {link.parent}, which is no box")
    _close_link(link, at)
    tell(
        "production.box.unpacked",
        link.parent,
        by=by,
        at=at,
        rows=[link],
        part=str(link.child),
        reason=_reason(reason),
    )
    return link


@command("production.pack_box")
def repack(
    *, links: Sequence[Link], into: str, reason: str, by: Person, at: datetime
) -> list[Link]:
    """Move units or boxes into another box or pallet: to split one, or to merge two."""
    kinds = {link.parent.kind for link in links}
    if len(kinds) != 1 or not kinds <= set(BOXES):
        raise DomainError("what is repacked comes from boxes, or from pallets, not from both")
    (kind,) = kinds
    for link in links:
        unpack(link=link, reason=reason, by=by, at=at)
    (whole,), fresh = _write_parts([new_part(kind, into)])
    return _into_box(
        whole, [link.child for link in links], fresh, "production.box.repacked", by=by, at=at
    )


def _into_box(
    whole: Part,
    parts: Sequence[Part],
    fresh: Sequence[Part],
    verb: str,
    *,
    by: Person,
    at: datetime,
) -> list[Link]:
    """Give each part the next free place of a box and tell it on the chain of the box."""
    last = (
        Link.objects.filter(parent=whole)
        .order_by("-position")
        .values_list("position", flat=True)
        .first()
    )
    uses = [Use(part, part.kind, k) for k, part in enumerate(parts, start=(last or 0) + 1)]
    links = _put_into(whole, uses, at)
    tell(
        verb,
        whole,
        by=by,
        at=at,
        rows=[*fresh, *links],
        parts=[str(part) for part in parts],
    )
    return links


def _inside(part: Part) -> list[Link]:
    return links_below(part) if part.rank > FIRST_SERIAL_RANK else []


def _unit(subject: Unit | Part) -> Unit | None:
    return subject if isinstance(subject, Unit) else None


def _refuse_a_finished_unit(subject: Unit | Part) -> None:
    if isinstance(subject, Unit) and subject.state in FIXED:
        raise Refused(f"{subject} is {subject.state}: have an operation repeated first")


def _cells_into(uses: Sequence[Use], subject: Unit | Part, *, by: Person, at: datetime) -> None:
    """Move the cells that supply knows by their serial into what they were put in."""
    serials = [u.part.number for u in uses if u.kind == "cell" and not u.part.is_lot]
    cells = list(Cell.objects.filter(serial__in=serials).select_related("lot"))
    stock = [cell for cell in cells if cell.state == "accepted"]
    if stock:
        supply.allot_cells(cells=stock, to=str(subject), by=by, at=at)
    if cells:
        supply.install_cells(cells=cells, into=str(subject), by=by, at=at)


def _cells_out_of(
    links: Sequence[Link], subject: Unit | Part, *, reason: str, by: Person, at: datetime
) -> None:
    serials = [k.child.number for k in links if k.kind == "cell" and not k.child.is_lot]
    cells = list(Cell.objects.filter(serial__in=serials).select_related("lot"))
    if cells:
        supply.remove_cells(cells=cells, out_of=str(subject), reason=reason, by=by, at=at)


def _reason(reason: str) -> str:
    if not reason.strip():
        raise Refused("say why: a reason belongs to every part that is taken out")
    return reason.strip()[:300]
