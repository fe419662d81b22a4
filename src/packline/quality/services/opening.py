"""Opening a nonconformance, with a stop on what it is about, and fencing it in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from packline.foundation.commands import command, unchanged
from packline.foundation.errors import DomainError, StaleObject
from packline.foundation.events import record
from packline.foundation.models import Person
from packline.foundation.states import move
from packline.production.models import Hold, Step, Unit
from packline.production.services import hold_unit
from packline.quality.calc.defects import defects
from packline.quality.models import Nonconformance, NonconformingCell
from packline.quality.states import NONCONFORMANCE
from packline.supply.models import Cell, CellLot


@dataclass(frozen=True, slots=True)
class OutOfLimits:
    """A cell outside an incoming limit."""

    cell: Cell
    code: str
    value: float
    low: float | None
    high: float | None
    unit_code: str


@command("quality.open_nonconformance")
def open_nonconformance(
    *,
    cause: str,
    defect_code: str,
    title: str,
    unit: Unit | None = None,
    step: Step | None = None,
    hold: Hold | None = None,
    lot: CellLot | None = None,
    cells: Sequence[OutOfLimits] = (),
    by: Person,
    at: datetime,
) -> Nonconformance:
    """Book that a unit or a lot is not as it should be; the same cause is booked once.

    A unit that no hold stops yet is held. Held units and quarantined cells count as contained.
    """
    if defect_code not in defects():
        raise DomainError(
            f"{defect_code} is no defect code; allowed: {', '.join(sorted(defects()))}"
        )
    if (unit is None) == (lot is None):
        raise DomainError("a nonconformance is about a unit or about a lot")
    known = Nonconformance.objects.filter(cause=cause).first()
    if known is not None:
        return unchanged(known)
    number = _next_number()
    if unit is not None and hold is None:
        subject = f"quality.nonconformance:{number}"
        hold = hold_unit(unit=unit, reason=title, cause=subject, by=by, at=at)
    nonconformance = Nonconformance(
        number=number,
        unit=unit,
        lot=lot,
        step=step,
        hold=hold,
        defect_code=defect_code,
        title=title[:300],
        cause=cause,
        opened_at=at,
        opened_by=by,
        containment=_containment(hold, cells),
    )
    _insert(nonconformance)
    rows = [
        NonconformingCell(
            nonconformance=nonconformance,
            cell=out.cell,
            code=out.code,
            value=out.value,
            low=out.low,
            high=out.high,
            unit_code=out.unit_code,
        )
        for out in cells
    ]
    NonconformingCell.objects.bulk_create(rows)
    if nonconformance.containment:
        move(nonconformance, NONCONFORMANCE, to="contained")
    record(
        "quality.nonconformance.opened",
        nonconformance,
        by=by,
        at=at,
        rows=[nonconformance, *rows],
        about=str(unit or lot),
        defect=defect_code,
        cause=cause,
    )
    return nonconformance


@command("quality.contain_nonconformance")
def contain_nonconformance(
    *, nonconformance: Nonconformance, containment: str, by: Person, at: datetime
) -> Nonconformance:
    """State how everything that may be affected is kept from going on."""
    nonconformance.containment = containment[:300]
    nonconformance.save(update_fields=["containment"])
    move(nonconformance, NONCONFORMANCE, to="contained")
    record(
        "quality.nonconformance.contained",
        nonconformance,
        by=by,
        at=at,
        rows=[nonconformance],
        containment=nonconformance.containment,
    )
    return nonconformance


def _insert(nonconformance: Nonconformance) -> None:
    """Number and cause are unique: of two who book at the same moment one has to try again."""
    try:
        with transaction.atomic():
            nonconformance.save(force_insert=True)
    except IntegrityError as error:
        raise StaleObject(
            f"{nonconformance} was taken by somebody else: reload and try again"
        ) from error


def _next_number() -> str:
    last = Nonconformance.objects.order_by("-number").values_list("number", flat=True).first()
    return f"NC-{int(last.removeprefix('NC-')) + 1 if last else 1:06d}"


def _containment(hold: Hold | None, cells: Sequence[OutOfLimits]) -> str:
    if hold is not None:
        return f"the unit is stopped by hold {hold}"
    if cells:
        return f"{len({out.cell.serial for out in cells})} cells are in quarantine"
    return ""
