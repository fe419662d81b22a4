"""Lots of parts that are used by quantity: booked, split, merged, always in whole base units."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from packline.foundation.commands import command
from packline.foundation.errors import DomainError, Refused
from packline.foundation.models import Person
from packline.production.calc.quantities import to_base
from packline.production.models import Link, LotScrap, Part
from packline.production.services.linking import (
    Use,
    _put_into,
    left_of,
    lot_named,
    refuse_more_than_left,
    tell,
)
from packline.production.states import ASSEMBLIES, FIRST_SERIAL_RANK, LOT_SUFFIX
from packline.supply.models import CellLot


@command("production.book_lot")
def book_lot(
    *,
    kind: str,
    number: str,
    amount: str | int | Decimal,
    unit: str = "1",
    supplier: str = "",
    by: Person,
    at: datetime,
) -> Part:
    """Book a lot of nickel, adhesive, cells without serials ..., with its exact quantity."""
    lot = _new_lot(kind, number, *to_base(amount, unit), rank=0)
    tell("production.lot.booked", lot, by=by, at=at, rows=[lot], supplier=supplier)
    return lot


@command("production.book_lot")
def split_lot(
    *,
    kind: str,
    number: str,
    into: Sequence[tuple[str, str | int | Decimal]],
    unit: str = "1",
    by: Person,
    at: datetime,
) -> list[Part]:
    """Split parts off a lot, each with a number and an amount of its own; the rest stays."""
    source = lot_named(kind, number)
    if not into:
        raise Refused(f"{source}: no new lot is named")
    lots, links = [], []
    for name, amount in into:
        quantity, code = to_base(amount, unit)
        _same_unit(source, code)
        lots.append(_new_lot(kind, name, quantity, code, rank=source.rank + 1))
        links += _put_into(lots[-1], [Use(source, kind, 0, quantity)], at)
    tell("production.lot.split", source, by=by, at=at, rows=[*lots, *links], left=left_of(source))
    return lots


@command("production.book_lot")
def merge_lots(*, kind: str, numbers: Sequence[str], into: str, by: Person, at: datetime) -> Part:
    """Merge what is left of several lots into one; a trace of it then leads to all of them."""
    if len(set(numbers)) != len(numbers) or len(numbers) < 2:
        raise DomainError(f"{into}: name two or more lots to merge, each once")
    sources = [lot_named(kind, number) for number in sorted(numbers)]
    for lot in sources[1:]:
        _same_unit(sources[0], lot.unit_code)
    left = [left_of(lot) for lot in sources]
    if empty := [str(lot) for lot, rest in zip(sources, left, strict=True) if rest < 1]:
        raise Refused(f"nothing is left of {', '.join(empty)}")
    rank = max(lot.rank for lot in sources) + 1
    merged = _new_lot(kind, into, sum(left), sources[0].unit_code, rank=rank)
    uses = [Use(lot, kind, 0, rest) for lot, rest in zip(sources, left, strict=True)]
    links: list[Link] = _put_into(merged, uses, at)
    tell("production.lot.merged", merged, by=by, at=at, rows=[merged, *links])
    return merged


@command("production.scrap_lot")
def scrap_from_lot(
    *,
    kind: str,
    number: str,
    amount: str | int | Decimal,
    unit: str = "1",
    reason: str,
    by: Person,
    at: datetime,
) -> LotScrap:
    """Scrap some of what is left of a lot: damaged, spilt, past its use. It is used for nothing.

    Raises
    ------
    Refused
        If less is left, or the lot is of cells with serials: those are set aside one by one.
    """
    if not reason.strip():
        raise DomainError(f"lot {number} of {kind}: say why some of it is scrapped")
    if kind == "cell" and CellLot.objects.filter(number=number).exists():
        raise Refused(f"the cells of lot {number} have serials: set aside those that are meant")
    lot = lot_named(kind, number)
    quantity, code = to_base(amount, unit)
    _same_unit(lot, code)
    refuse_more_than_left(lot, quantity)
    scrap = LotScrap.objects.create(
        lot=lot,
        number=lot.scraps.count() + 1,
        quantity=quantity,
        reason=reason.strip()[:300],
        scrapped_at=at,
        scrapped_by=by,
    )
    tell(
        "production.lot.scrapped",
        lot,
        by=by,
        at=at,
        rows=[scrap],
        quantity=quantity,
        left=left_of(lot),
        reason=scrap.reason,
    )
    return scrap


def _new_lot(kind: str, number: str, quantity: int, unit_code: str, *, rank: int) -> Part:
    if kind in ASSEMBLIES or kind.endswith(LOT_SUFFIX):
        raise DomainError(f"{kind} is not kept in lots")
    if rank >= FIRST_SERIAL_RANK:
        raise Refused(f"lot {number} was split or merged {FIRST_SERIAL_RANK} times over")
    if Part.objects.filter(kind=f"{kind}{LOT_SUFFIX}", number=number).exists():
        raise Refused(f"lot {number} of {kind} is booked already")
    lot = Part(
        kind=f"{kind}{LOT_SUFFIX}",
        number=number,
        rank=rank,
        quantity=quantity,
        unit_code=unit_code,
    )
    lot.save(force_insert=True)
    return lot


def _same_unit(lot: Part, unit_code: str) -> None:
    if lot.unit_code != unit_code:
        raise DomainError(f"{lot} is kept in {lot.unit_code}, not in {unit_code}")
