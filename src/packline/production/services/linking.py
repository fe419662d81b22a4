"""What every change of genealogy shares: parts found or written, links opened and told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, Q

from packline.foundation.errors import DomainError, Refused
from packline.foundation.events import record
from packline.foundation.models import Person
from packline.production.calc.quantities import in_words, to_base
from packline.production.models import Link, Part, Unit
from packline.production.queries.genealogy import units_holding
from packline.production.queries.lots import quantity_scrapped, quantity_used
from packline.production.states import ASSEMBLIES, LOT_SUFFIX, PIECE_RANK

PER_EVENT = 1000  # rows in one event: what a pack of 4,000 cells is made of takes several
PER_LOOKUP = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class PartIn:
    """What is put in: a serialised part, or with an `amount` that much of a lot."""

    kind: str
    number: str  # a serial; the number of the lot if an amount is given
    position: int = 0  # within the assembly, from 1; 0 where it has no place of its own
    amount: str | int | Decimal | None = None
    unit: str = "1"


@dataclass(frozen=True, slots=True)
class Use:
    """A part that is on record, with where and how much of it goes in."""

    part: Part
    kind: str
    position: int
    quantity: int = 1


def rank_of(kind: str) -> int:
    """Return the rank of a serialised part; what is no assembly is a piece."""
    return ASSEMBLIES.get(kind, PIECE_RANK)


def new_part(kind: str, number: str, lot: Part | None = None) -> Part:
    """Return a serialised part that is not written yet."""
    if kind.endswith(LOT_SUFFIX):
        raise DomainError(f"{kind} {number}: a lot is booked with its quantity first")
    return Part(kind=kind, number=number, rank=rank_of(kind), lot=lot)


def known_parts(kind: str, numbers: Sequence[str]) -> dict[str, Part]:
    """Return the parts of one kind that are on record, by their number."""
    found: dict[str, Part] = {}
    for start in range(0, len(numbers), PER_LOOKUP):
        some = Part.objects.filter(kind=kind, number__in=numbers[start : start + PER_LOOKUP])
        found |= {part.number: part for part in some.select_related("lot")}
    return found


def _write_parts(wanted: Sequence[Part]) -> tuple[list[Part], list[Part]]:
    """Write the parts that are not on record; return all in order, and those that are new."""
    known: dict[tuple[str, str], Part] = {}
    for kind in {part.kind for part in wanted}:
        numbers = [part.number for part in wanted if part.kind == kind]
        known |= {(kind, n): part for n, part in known_parts(kind, numbers).items()}
    fresh = [part for part in wanted if (part.kind, part.number) not in known]
    Part.objects.bulk_create(fresh, batch_size=PER_EVENT)
    known |= {(part.kind, part.number): part for part in fresh}
    return [known[part.kind, part.number] for part in wanted], fresh


def uses_of(items: Iterable[PartIn]) -> tuple[list[Use], list[Part]]:
    """Return what is to be put in as parts on record, and the serials that are new."""
    uses, fresh = [], []
    for item in items:
        if item.amount is None:
            (part,), new = _write_parts([new_part(item.kind, item.number)])
            uses.append(Use(part, item.kind, item.position))
            fresh += new
            continue
        quantity, unit_code = to_base(item.amount, item.unit)
        lot = lot_named(item.kind, item.number)
        if lot.unit_code != unit_code:
            raise DomainError(f"{lot} is kept in {lot.unit_code}, not in {unit_code}")
        uses.append(Use(lot, item.kind, item.position, quantity))
    return uses, fresh


def lot_named(kind: str, number: str) -> Part:
    """Return a lot of parts of a kind, locked, so that nobody uses the same rest of it."""
    lots = Part.objects.select_for_update()
    lot = lots.filter(kind=f"{kind}{LOT_SUFFIX}", number=number).first()
    if lot is None:
        raise Refused(f"no lot {number} of {kind} is booked: book it with its quantity first")
    return lot


def left_of(lot: Part) -> int:
    """Return what is left of a lot; what was taken out of an assembly again is not used twice."""
    return (lot.quantity or 0) - quantity_used(lot) - quantity_scrapped(lot)


def refuse_more_than_left(lot: Part, wanted: int) -> None:
    """Refuse to take more of a lot than is left of it; the lot was locked when it was found."""
    left = left_of(lot)
    if wanted > left:
        raise Refused(
            f"{lot} has {in_words(left, lot.unit_code)} left, "
            f"not {in_words(wanted, lot.unit_code)}"
        )


def _put_into(parent: Part, uses: Sequence[Use], at: datetime) -> list[Link]:
    """Write the links of what is put into an assembly now."""
    return _open_links([(parent, use) for use in uses], at)


def _open_links(together: Sequence[tuple[Part, Use]], at: datetime) -> list[Link]:
    """Write the links of what is put into assemblies now, each use with its assembly.

    Raises
    ------
    Refused
        If a part would be in itself, is in another assembly then, or a lot has not enough left.
    """
    for parent, use in together:
        if use.part.rank >= parent.rank:
            raise Refused(f"{use.part} cannot be in {parent}: what holds a part ranks above it")
    _refuse_two_places(
        {use.part.pk: parent for parent, use in together if not use.part.is_lot}, at
    )
    uses = [use for _, use in together]
    wanted: dict[int, int] = {}
    for use in uses:
        if use.part.is_lot:
            wanted[use.part.pk] = wanted.get(use.part.pk, 0) + use.quantity
    for lot in {use.part.pk: use.part for use in uses if use.part.is_lot}.values():
        refuse_more_than_left(lot, wanted[lot.pk])
    links = [
        Link(
            parent=parent,
            child=use.part,
            lot=use.part if use.part.is_lot else use.part.lot,
            kind=use.kind,
            parent_rank=parent.rank,
            child_rank=use.part.rank,
            position=use.position,
            quantity=use.quantity,
            unit_code=use.part.unit_code,
            installed_at=at,
        )
        for parent, use in together
    ]
    Link.objects.bulk_create(links, batch_size=PER_EVENT)
    return links


def _refuse_two_places(into: Mapping[int, Part], at: datetime) -> None:
    """Refuse a part (its key) that is in an assembly now, or was there until later than `at`."""
    keys = list(into)
    for start in range(0, len(keys), PER_LOOKUP):
        elsewhere = (
            Link.objects.filter(child__in=keys[start : start + PER_LOOKUP])
            .filter(Q(removed_at__isnull=True) | Q(removed_at__gt=at))
            .select_related("parent", "child")
            .order_by(F("removed_at").desc(nulls_first=True), "pk")
        )
        for link in elsewhere[:1]:
            if link.removed_at is None:
                raise Refused(f"{link.child} is in {link.parent}: take it out there first")
            until = f"{link.removed_at:%Y-%m-%d %H:%M} UTC"
            raise Refused(f"{link.child}, for {into[link.child_id]}, was elsewhere until {until}")


def _close_link(link: Link, at: datetime) -> Link:
    """End a link; it stays on record."""
    if link.removed_at is not None:
        raise Refused(f"{link.child} was taken out of {link.parent} already")
    if at < link.installed_at:
        raise Refused(f"{link.child} went into {link.parent} only at {link.installed_at} UTC")
    link.removed_at = at
    link.save(update_fields=["removed_at"])
    return link


def subject_of_change(parent: Part) -> Unit | Part:
    """Return on whose chain a change is told: the unit that the assembly is in, else itself."""
    serials = [parent.number] if parent.kind == "pack" else units_holding(parent)
    unit = Unit.objects.filter(serial__in=serials).select_related("order").first()
    return unit if unit is not None else parent


def tell(
    verb: str,
    subject: Unit | Part,
    *,
    by: Person,
    at: datetime,
    rows: Sequence[Any],
    **data: Any,
) -> None:
    """Record a change, a thousand rows an event."""
    for start in range(0, max(len(rows), 1), PER_EVENT):
        record(verb, subject, by=by, at=at, rows=rows[start : start + PER_EVENT], **data)
