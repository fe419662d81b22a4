"""What stopped a unit and what was decided about it, as facts of its record."""

from __future__ import annotations

from datetime import datetime

from packline.assurance.calc.dhr import (
    DeviationFact,
    HoldFact,
    NonconformanceFact,
    SignatureFact,
)
from packline.assurance.calc.moments import stored, stored_if_any
from packline.foundation.models import Person
from packline.production.models import Deviation, Hold, TwinConcession, Unit
from packline.quality.models import Nonconformance

__all__ = ["deviations_of", "holds_of", "nonconformance_fact", "signed_by"]


def holds_of(unit: Unit) -> tuple[HoldFact, ...]:
    rows = Hold.objects.filter(unit=unit).select_related("unit", "placed_by").order_by("number")
    return tuple(
        HoldFact(
            row=str(hold),
            reason=hold.reason,
            cause=hold.cause,
            placed_at=stored(hold.placed_at),
            placed_by=str(hold.placed_by),
            lifted_at=stored_if_any(hold.lifted_at),
            lifted_because=hold.lifted_because,
        )
        for hold in rows
    )


def deviations_of(unit: Unit) -> tuple[DeviationFact, ...]:
    rows = (
        Deviation.objects.filter(unit=unit)
        .select_related("step__unit", "step__operation", "characteristic", "signed_by")
        .order_by("step__operation__number", "step__attempt", "characteristic__code")
    )
    return tuple(
        DeviationFact(
            row=str(deviation),
            name=deviation.characteristic.name,
            reason=deviation.reason,
            signed=signed_by(
                deviation.signed_by, "accepted as it is", deviation.signed_at, deviation
            ),
            expires_at=stored(deviation.expires_at),
        )
        for deviation in rows
    )


def nonconformance_fact(found: Nonconformance) -> NonconformanceFact:
    signatures = []
    if found.disposed_by and found.disposed_at:
        meaning = f"disposition: {found.disposition}"
        signatures.append(signed_by(found.disposed_by, meaning, found.disposed_at, found))
    if found.closed_by and found.closed_at:
        meaning = f"closed: {found.closing_note}"
        signatures.append(signed_by(found.closed_by, meaning, found.closed_at))
    return NonconformanceFact(
        number=found.number,
        defect=found.defect_code,
        title=found.title,
        cause=found.cause,
        opened_at=stored(found.opened_at),
        state=found.state,
        disposition=found.disposition,
        justification=found.justification,
        signatures=tuple(signatures),
    )


def signed_by(
    person: Person,
    meaning: str,
    at: datetime,
    under: Deviation | Nonconformance | TwinConcession | None = None,
) -> SignatureFact:
    return SignatureFact(
        person=str(person),
        name=person.shown_name,
        role=", ".join(person.groups.order_by("name").values_list("name", flat=True)),
        meaning=meaning,
        at=stored(at),
        statement=under.statement if under is not None else "",
        signature=under.signature if under is not None else "",
    )
