"""What becomes of a unit as a whole: passed, released, scrapped."""

from __future__ import annotations

from datetime import datetime

from packline.foundation.commands import command
from packline.foundation.events import record
from packline.foundation.models import Person
from packline.foundation.states import move
from packline.production.gate import let_unit_pass
from packline.production.models import Unit
from packline.production.services.permit import use_permits
from packline.production.states import UNIT


@command("production.pass_unit")
def pass_unit(*, unit: Unit, by: Person, at: datetime) -> Unit:
    """Declare a unit built: every operation of its routing done, and nothing open on it."""
    opened = let_unit_pass(unit=unit, operator=by, at=at)
    use_permits(unit, opened, by=by, at=at)
    move(unit, UNIT, to="passed")
    record("production.unit.passed", unit, by=by, at=at, rows=[unit])
    return unit


@command("production.release_unit")
def release_unit(*, unit: Unit, by: Person, at: datetime) -> Unit:
    """Move a passed unit to released; assurance decides and signs, this only moves."""
    move(unit, UNIT, to="released")
    record("production.unit.released", unit, by=by, at=at, rows=[unit], virtual=unit.virtual)
    return unit


@command("production.scrap_unit")
def scrap_unit(*, unit: Unit, reason: str, by: Person, at: datetime) -> Unit:
    """Take a unit out for good; its holds are lifted, for there is nothing left to hold."""
    holds = list(unit.holds.filter(lifted_at__isnull=True).order_by("number"))
    for hold in holds:
        hold.lifted_at, hold.lifted_because = at, f"scrapped: {reason}"[:300]
        hold.save(update_fields=["lifted_at", "lifted_because"])
    move(unit, UNIT, to="scrapped")
    record("production.unit.scrapped", unit, by=by, at=at, rows=[unit, *holds], reason=reason)
    return unit
