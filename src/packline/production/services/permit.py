"""Signing in advance that an obstacle may be passed, and keeping account of who passed by it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from packline.foundation.commands import command
from packline.foundation.errors import DomainError, Refused
from packline.foundation.events import record
from packline.foundation.keys import key_id, sign
from packline.foundation.models import Person
from packline.process.calc.serials import range_fault
from packline.production.calc.permit import statement_of
from packline.production.gate import Opened
from packline.production.models import Permit, PermitUse, Unit
from packline.production.states import OPENABLE


@command("production.sign_permit")
def sign_permit(
    *,
    opens: str,
    record_named: str = "",
    operation_code: str = "",
    first_serial: str,
    last_serial: str,
    quantity: int | None = None,
    reason: str,
    expires_at: datetime,
    by: Person,
    at: datetime,
) -> Permit:
    """Permit by signature that units of a range are built although something is not as laid down.

    Parameters
    ----------
    opens : str
        Code of the obstacle that is opened, for example ``recipe_not_effective``.
    record_named : str, optional
        The one record that it is opened for, as the gate names it ("recipe weld@B"); without it
        every record of this kind.
    operation_code : str, optional
        The operation at which it is opened; without it everywhere.
    first_serial, last_serial : str
        The serials that it is meant for, both ends included.
    quantity : int, optional
        How many of them may pass; without it all.
    reason : str
        Why; it is part of what is signed.
    expires_at : datetime
        From when on it opens nothing any more.
    by : Person
        Who signs. The gate does not open for work that this person does.
    at : datetime
        When.

    Raises
    ------
    DomainError
        If the obstacle is one that no permit opens, or the scope is none.
    """
    if opens not in OPENABLE:
        raise DomainError(f"no permit opens {opens}; allowed: {', '.join(OPENABLE)}")
    if not first_serial or not last_serial:
        raise DomainError("a permit names the serials that it is for: the first and the last")
    if fault := range_fault(first_serial, last_serial):
        raise DomainError(fault)
    if not reason.strip():
        raise DomainError("a permit says why: it is part of what is signed")
    if expires_at <= at:
        raise DomainError("a permit expires later than it is signed")
    if quantity is not None and quantity < 1:
        raise DomainError("a permit is for at least one unit")
    last = Permit.objects.order_by("-number").values_list("number", flat=True).first()
    permit = Permit(
        number=f"DP-{int(last.removeprefix('DP-')) + 1 if last else 1:06d}",
        opens=opens,
        record=record_named.strip(),
        operation_code=operation_code,
        first_serial=first_serial,
        last_serial=last_serial,
        quantity=quantity,
        reason=reason.strip()[:500],
        signed_by=by,
        signed_at=at.astimezone(UTC),
        expires_at=expires_at.astimezone(UTC),
        key_id=key_id(),
    )
    permit.statement = statement_of(permit)
    permit.signature = sign(permit.statement.encode()).hex()
    permit.save(force_insert=True)
    record("production.permit.signed", permit, by=by, at=at, rows=[permit])
    return permit


@command("production.revoke_permit")
def revoke_permit(*, permit: Permit, because: str, by: Person, at: datetime) -> Permit:
    """Take a permit back: from now on it opens nothing."""
    if permit.revoked_at is not None:
        raise Refused(f"{permit} was revoked already, on {permit.revoked_at:%Y-%m-%d %H:%M} UTC")
    if not because.strip():
        raise DomainError(f"{permit}: say why it is revoked")
    permit.revoked_at, permit.revoked_because = at, because.strip()[:300]
    permit.save(update_fields=["revoked_at", "revoked_because"])
    record("production.permit.revoked", permit, by=by, at=at, rows=[permit])
    return permit


def use_permits(unit: Unit, opened: Iterable[Opened], *, by: Person, at: datetime) -> None:
    """Write down which permits let a unit pass, inside the command that passes by them.

    A permit for so many units has that many places; two who take the last one at the same moment
    do not both pass, for a place is taken once.
    """
    passed: dict[str, list[Opened]] = {}
    for one in opened:
        passed.setdefault(one.permit.number, []).append(one)
    for number in sorted(passed):
        permit = passed[number][0].permit
        rows = []
        if not permit.uses.filter(unit=unit).exists():
            place = permit.uses.count() + 1
            if permit.quantity is not None and place > permit.quantity:
                raise Refused(f"{permit} was for {permit.quantity} units, and they have passed")
            rows = [PermitUse.objects.create(permit=permit, unit=unit, place=place, used_at=at)]
        record(
            "production.permit.used",
            unit,
            by=by,
            at=at,
            rows=rows,
            permit=number,
            opened=[str(one.blocker) for one in passed[number]],
        )
