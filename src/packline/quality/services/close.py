"""Closing a nonconformance: only when what was decided has been done."""

from __future__ import annotations

from datetime import datetime

from packline.foundation.commands import command
from packline.foundation.errors import Blocked, Blocker
from packline.foundation.events import record
from packline.foundation.models import Person
from packline.foundation.states import move
from packline.production.models import Unit
from packline.production.states import DONE
from packline.quality.models import Nonconformance
from packline.quality.services.lot import lot_blockers
from packline.quality.states import NONCONFORMANCE


@command("quality.close_nonconformance")
def close_nonconformance(
    *, nonconformance: Nonconformance, note: str, by: Person, at: datetime
) -> Nonconformance:
    """Close what has been carried out, and say by what that was seen.

    Raises
    ------
    Blocked
        If anything of the decision has still to be done; everything that is missing is named.
    """
    if blockers := _missing(nonconformance):
        raise Blocked(f"closing {nonconformance}", blockers)
    nonconformance.closed_at, nonconformance.closed_by = at, by
    nonconformance.closing_note = note[:500]
    nonconformance.save(update_fields=["closed_at", "closed_by", "closing_note"])
    move(nonconformance, NONCONFORMANCE, to="closed")
    record(
        "quality.nonconformance.closed",
        nonconformance,
        by=by,
        at=at,
        rows=[nonconformance],
        note=nonconformance.closing_note,
    )
    return nonconformance


def _missing(nonconformance: Nonconformance) -> list[Blocker]:
    if nonconformance.state in ("open", "contained"):
        return [Blocker(str(nonconformance), "is not decided", "its disposition")]
    if nonconformance.unit is None:
        return lot_blockers(nonconformance)
    unit = Unit.objects.get(pk=nonconformance.unit.pk)
    found = []
    hold = nonconformance.hold
    if hold is not None and not unit.holds.filter(pk=hold.pk, lifted_at__isnull=False).exists():
        found.append(Blocker(f"hold {hold}", hold.reason, "lifting it"))
    if nonconformance.disposition == "scrap" and unit.state != "scrapped":
        found.append(Blocker(f"unit {unit}", f"is {unit.state}", "scrapping it"))
    if nonconformance.disposition == "rework":
        found += _not_repeated(nonconformance, unit)
    return found


def _not_repeated(nonconformance: Nonconformance, unit: Unit) -> list[Blocker]:
    """After rework the operation that failed must have been done again, and well."""
    step = nonconformance.step
    if step is None or unit.state == "scrapped":
        return []
    again = unit.steps.filter(operation=step.operation, attempt__gt=step.attempt, state__in=DONE)
    if again.exists():
        return []
    return [
        Blocker(
            f"operation {step.operation.number} {step.operation.title}",
            f"was not repeated with success on {unit}",
            "repeating it",
        )
    ]
