"""Stopping a part by its number, wherever it is, and letting it go on."""

from __future__ import annotations

from datetime import datetime

from packline.foundation.commands import command
from packline.foundation.errors import DomainError, Refused
from packline.foundation.events import record
from packline.foundation.models import Person
from packline.production.models import PartHold


@command("production.hold_part")
def hold_part(
    *, kind: str, part: str, reason: str, cause: str = "", by: Person, at: datetime
) -> PartHold:
    """Hold a part or a lot of parts: no unit with it goes on, and it goes into none."""
    kind, part = kind.strip(), part.strip()
    if not kind or not part or not reason.strip():
        raise DomainError("the hold of a part names its kind and its number, and says why")
    last = PartHold.objects.filter(kind=kind, part=part).order_by("-number").first()
    hold = PartHold.objects.create(
        kind=kind,
        part=part,
        number=last.number + 1 if last else 1,
        reason=reason.strip()[:300],
        cause=cause,
        placed_at=at,
        placed_by=by,
    )
    record("production.part.held", hold, by=by, at=at, rows=[hold])
    return hold


@command("production.lift_part")
def lift_part(*, hold: PartHold, because: str, by: Person, at: datetime) -> PartHold:
    """Lift the hold of a part."""
    if hold.lifted_at is not None:
        raise Refused(f"{hold} was lifted already, on {hold.lifted_at:%Y-%m-%d %H:%M} UTC")
    if not because.strip():
        raise DomainError(f"{hold}: say why it is lifted")
    hold.lifted_at, hold.lifted_because = at, because.strip()[:300]
    hold.save(update_fields=["lifted_at", "lifted_because"])
    record("production.part.lifted", hold, by=by, at=at, rows=[hold])
    return hold
