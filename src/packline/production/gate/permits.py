"""What a signed deviation permit opens, and nothing else opens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from packline.foundation.errors import Blocker
from packline.foundation.keys import check, key_id, public_key
from packline.foundation.models import Person
from packline.production.calc.permit import covers, statement_of
from packline.production.models import Permit, PermitUse, Unit
from packline.production.states import OPENABLE


@dataclass(frozen=True, slots=True)
class Opened:
    """An obstacle that was passed, and the permit by which it was."""

    permit: Permit
    blocker: Blocker


def opened_by_permit(
    found: Sequence[Blocker],
    *,
    unit: Unit,
    operator: Person,
    at: datetime,
    operation_code: str = "",
) -> tuple[list[Blocker], list[Opened]]:
    """Divide what stands in the way into what still does and what a permit opens.

    A permit counts when it is signed by somebody else than who does the work, is neither expired
    nor revoked, is about this obstacle, operation and serial, and has a place left.
    """
    codes = {blocker.code for blocker in found} & set(OPENABLE)
    permits = _permits(codes, unit, operator, at) if codes else []
    still, opened = [], []
    for blocker in found:
        permit = next(
            (
                permit
                for permit in permits
                if covers(permit, blocker, serial=unit.serial, operation_code=operation_code)
            ),
            None,
        )
        if permit is None:
            still.append(blocker)
        else:
            opened.append(Opened(permit, blocker))
    return still, opened


def _permits(codes: set[str], unit: Unit, operator: Person, at: datetime) -> list[Permit]:
    mine = set(PermitUse.objects.filter(unit=unit).values_list("permit_id", flat=True))
    given = (
        Permit.objects.filter(
            opens__in=codes, signed_at__lte=at, expires_at__gt=at, revoked_at__isnull=True
        )
        .exclude(signed_by=operator)
        .select_related("signed_by")
        .annotate(n_used=Count("uses"))
        .order_by("number")
    )
    return [
        permit
        for permit in given
        if (permit.quantity is None or permit.n_used < permit.quantity or permit.pk in mine)
        and is_signed(permit)
    ]


def is_signed(permit: Permit) -> bool:
    """Say whether the permit is, word for word, what was signed with the site's key."""
    key = public_key()
    return (
        permit.key_id == key_id(key)
        and permit.statement == statement_of(permit)
        and check(key, bytes.fromhex(permit.signature), permit.statement.encode())
    )
