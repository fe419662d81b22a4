"""Stopping a unit, letting it go on, and accepting a departure by signature."""

from __future__ import annotations

from datetime import datetime

from packline.foundation.commands import command
from packline.foundation.errors import DomainError, Refused
from packline.foundation.events import canonical, record
from packline.foundation.keys import key_id, sign
from packline.foundation.models import Person
from packline.foundation.states import move
from packline.process.models import Characteristic
from packline.production.models import Deviation, Hold, Step, Unit
from packline.production.queries.failed import failed_values
from packline.production.states import STEP, UNIT


@command("production.hold_unit")
def hold_unit(*, unit: Unit, reason: str, cause: str, by: Person, at: datetime) -> Hold:
    """Stop a unit where it stands until somebody lifts the hold."""
    return place_hold(unit, reason=reason, cause=cause, by=by, at=at)


def place_hold(unit: Unit, *, reason: str, cause: str, by: Person, at: datetime) -> Hold:
    """Place a hold inside a command that already runs."""
    last = unit.holds.order_by("-number").first()
    first_open = unit.holds.filter(lifted_at__isnull=True).order_by("number").first()
    hold = Hold.objects.create(
        unit=unit,
        number=last.number + 1 if last else 1,
        reason=reason[:300],
        cause=cause,
        was=first_open.was if first_open else unit.state,
        placed_at=at,
        placed_by=by,
    )
    if unit.state != "held":
        move(unit, UNIT, to="held")
    record(
        "production.unit.held",
        unit,
        by=by,
        at=at,
        rows=[unit, hold],
        hold=str(hold),
        reason=hold.reason,
        cause=cause,
    )
    return hold


@command("production.lift_hold")
def lift_hold(*, hold: Hold, because: str, by: Person, at: datetime) -> Unit:
    """Lift one hold; with the last one gone the unit is where it was before."""
    if hold.lifted_at is not None:
        raise Refused(f"{hold} was lifted already, on {hold.lifted_at:%Y-%m-%d %H:%M} UTC")
    hold.lifted_at, hold.lifted_because = at, because[:300]
    hold.save(update_fields=["lifted_at", "lifted_because"])
    unit = hold.unit
    if not unit.holds.filter(lifted_at__isnull=True).exists():
        move(unit, UNIT, to=hold.was)
    record(
        "production.hold.lifted",
        unit,
        by=by,
        at=at,
        rows=[unit, hold],
        hold=str(hold),
        because=hold.lifted_because,
    )
    return unit


@command("production.sign_deviation")
def sign_deviation(
    *,
    step: Step,
    characteristic: Characteristic,
    reason: str,
    expires_at: datetime,
    by: Person,
    at: datetime,
) -> Deviation:
    """Accept the failed readings of one step and characteristic, by signature.

    Nobody signs off their own work. When every failed characteristic of the step is accepted,
    the step counts as done.
    """
    if step.operator == by:
        raise Refused(f"{by} did {step} and so cannot accept its departure from the limits")
    failed = {
        r.characteristic_id: r.characteristic
        for r in step.readings.filter(passed=False).select_related("characteristic")
    } | {
        j.characteristic_id: j.characteristic
        for j in step.joint_sets.filter(n_failed__gt=0).select_related("characteristic")
    }
    if characteristic.pk not in failed:
        raise DomainError(f"{step} has no failed reading of {characteristic.code}")
    statement = canonical(
        {
            "meaning": "I accept the use of this unit as it is, with these readings",
            "unit": str(step.unit),
            "step": str(step),
            "characteristic": characteristic.code,
            "values": failed_values(step, characteristic),
            "reason": reason,
            "signed_by": by.shown_name,
            "signed_at": at.isoformat(),
            "expires_at": expires_at.isoformat(),
        }
    )
    deviation = Deviation.objects.create(
        unit=step.unit,
        step=step,
        characteristic=characteristic,
        reason=reason[:500],
        signed_by=by,
        signed_at=at,
        expires_at=expires_at,
        statement=statement,
        signature=sign(statement.encode()).hex(),
        key_id=key_id(),
    )
    accepted = set(step.deviations.values_list("characteristic_id", flat=True))
    if step.state == "failed" and accepted >= failed.keys():
        move(step, STEP, to="conceded")
    record(
        "production.deviation.signed",
        step.unit,
        by=by,
        at=at,
        rows=[deviation, step],
        step=str(step),
        characteristic=characteristic.code,
        reason=deviation.reason,
    )
    return deviation
