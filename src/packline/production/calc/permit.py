"""What a deviation permit says, word for word, and whether it is about what stands in the way."""

from __future__ import annotations

from packline.foundation.chain import canonical
from packline.foundation.errors import Blocker
from packline.process.calc.serials import in_range
from packline.production.models import Permit

__all__ = ["MEANING", "covers", "statement_of"]

MEANING = "I permit that these units are built in this deviation from what is laid down"


def statement_of(permit: Permit) -> str:
    """Return what is signed: everything that limits the permit, and why it is given."""
    return canonical(
        {
            "meaning": MEANING,
            "permit": permit.number,
            "opens": permit.opens,
            "record": permit.record,
            "operation": permit.operation_code,
            "first_serial": permit.first_serial,
            "last_serial": permit.last_serial,
            "quantity": permit.quantity,
            "reason": permit.reason,
            "signed_by": permit.signed_by.shown_name,
            "signed_at": permit.signed_at.isoformat(),
            "expires_at": permit.expires_at.isoformat(),
        }
    )


def covers(permit: Permit, blocker: Blocker, *, serial: str, operation_code: str) -> bool:
    """Say whether a permit is about this obstacle, this unit and this operation."""
    return (
        permit.opens == blocker.code
        and permit.record in ("", blocker.record)
        and permit.operation_code in ("", operation_code)
        and in_range(serial, permit.first_serial, permit.last_serial)
    )
