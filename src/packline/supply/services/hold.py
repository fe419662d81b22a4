"""Stopping the use of a lot, and allowing it again."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from packline.foundation.commands import command
from packline.foundation.errors import StaleObject
from packline.foundation.events import record
from packline.foundation.models import Person
from packline.supply.models import CellLot, LotHold
from packline.supply.services.cells import _reason


@command("supply.hold_lot")
def place_lot_hold(*, lot: CellLot, reason: str, cause: str, by: Person, at: datetime) -> LotHold:
    """Stop the use of a lot: none of its cells can be allotted or installed until it is lifted.

    `cause` names the record behind it ("quality.nonconformance:NC-7").
    """
    hold = LotHold(
        lot=lot,
        number=lot.holds.count() + 1,
        reason=_reason(reason),
        cause=cause,
        placed_at=at,
    )
    try:
        with transaction.atomic():
            hold.save(force_insert=True)
    except IntegrityError as error:
        raise StaleObject(f"lot {lot} was put on hold by somebody else: reload") from error
    record("supply.lot.held", lot, by=by, at=at, rows=[hold], reason=hold.reason, cause=cause)
    return hold


@command("supply.lift_lot")
def lift_lot(*, hold: LotHold, reason: str, by: Person, at: datetime) -> LotHold:
    """Lift one hold of a lot, only if it is still in force.

    Raises
    ------
    StaleObject
        If it was lifted before.
    """
    reason = _reason(reason)
    open_one = LotHold.objects.filter(pk=hold.pk, lifted_at__isnull=True)
    if not open_one.update(lifted_at=at, lifted_because=reason):
        raise StaleObject(f"hold {hold} was lifted already: reload and try again")
    hold.lifted_at, hold.lifted_because = at, reason
    record("supply.lot.freed", hold.lot, by=by, at=at, rows=[hold], reason=reason)
    return hold
