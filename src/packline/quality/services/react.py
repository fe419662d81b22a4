"""Answering a signal: taking it on, fencing in what it may concern, saying what it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from packline.foundation.commands import command
from packline.foundation.errors import Blocked, Blocker, DomainError, Refused
from packline.foundation.events import record
from packline.foundation.models import Person
from packline.foundation.states import move
from packline.production import services as production
from packline.production.models import Hold, Unit
from packline.quality.models import Reaction, ReactionHold
from packline.quality.states import REACTION, VERDICTS

__all__ = ["acknowledge_reaction", "close_reaction", "contain_reaction", "let_units_go"]


@command("quality.acknowledge_reaction")
def acknowledge_reaction(*, reaction: Reaction, by: Person, at: datetime) -> Reaction:
    """Take a signal on: from now on everybody knows who looks after it."""
    reaction.acknowledged_at, reaction.acknowledged_by = at, by
    reaction.save(update_fields=["acknowledged_at", "acknowledged_by"])
    move(reaction, REACTION, to="acknowledged")
    record("quality.reaction.acknowledged", reaction, by=by, at=at, rows=[reaction])
    return reaction


@command("quality.contain_reaction")
def contain_reaction(
    *, reaction: Reaction, units: Sequence[Unit], reason: str, by: Person, at: datetime
) -> list[Hold]:
    """Hold units that the cause of a signal may have touched, until it is known."""
    if reaction.state == "closed":
        raise Refused(f"{reaction} is closed: what it concerns was judged then")
    if not units:
        raise DomainError("name the units that are to be held")
    if not reason.strip():
        raise DomainError("say why these units are held")
    held = set(_in_force(reaction).values_list("unit__serial", flat=True))
    if twice := sorted(u.serial for u in units if u.serial in held):
        raise Refused(f"{reaction} holds {', '.join(twice)} already")
    holds = [
        production.hold_unit(
            unit=unit,
            reason=f"{reaction}: {reason.strip()}"[:300],
            cause=f"quality.reaction:{reaction}",
            by=by,
            at=at,
        )
        for unit in units
    ]
    rows = [ReactionHold(reaction=reaction, hold=hold) for hold in holds]
    ReactionHold.objects.bulk_create(rows)
    record(
        "quality.reaction.contained",
        reaction,
        by=by,
        at=at,
        rows=[reaction, *rows],
        units=[unit.serial for unit in units],
        reason=reason.strip(),
    )
    return holds


@command("quality.contain_reaction")
def let_units_go(*, reaction: Reaction, because: str, by: Person, at: datetime) -> list[Unit]:
    """Lift every hold that a signal placed, and say what cleared the units."""
    if not because.strip():
        raise DomainError("say by what the units were cleared")
    holds = list(_in_force(reaction))
    if not holds:
        raise Refused(f"{reaction} holds no unit")
    units = [
        production.lift_hold(hold=hold, because=f"{reaction}: {because.strip()}", by=by, at=at)
        for hold in holds
    ]
    record(
        "quality.reaction.cleared",
        reaction,
        by=by,
        at=at,
        rows=[reaction],
        units=[unit.serial for unit in units],
        because=because.strip(),
    )
    return units


@command("quality.close_reaction")
def close_reaction(
    *, reaction: Reaction, verdict: str, found: str, done: str, by: Person, at: datetime
) -> Reaction:
    """Close a signal with an answer: what was found, and what was done.

    Raises
    ------
    DomainError
        If the answer is missing or its verdict unknown.
    Blocked
        If units are still held for it: a unit waits for somebody who no longer looks.
    """
    if verdict not in VERDICTS:
        raise DomainError(f"{verdict!r} is no verdict; allowed: {', '.join(VERDICTS)}")
    for words, said in (("what was found", found), ("what was done", done)):
        if not said.strip():
            raise DomainError(f"{reaction} cannot be closed without saying {words}")
    if blockers := [
        Blocker(f"unit {hold.unit}", f"is held for it: {hold.reason}", "letting it go, or scrap")
        for hold in _in_force(reaction)
    ]:
        raise Blocked(f"closing {reaction}", blockers)
    reaction.verdict = verdict
    reaction.found, reaction.done = found.strip()[:500], done.strip()[:500]
    reaction.closed_at, reaction.closed_by = at, by
    reaction.save(update_fields=["verdict", "found", "done", "closed_at", "closed_by"])
    move(reaction, REACTION, to="closed")
    record(
        "quality.reaction.closed",
        reaction,
        by=by,
        at=at,
        rows=[reaction],
        verdict=verdict,
        found=reaction.found,
        done=reaction.done,
    )
    return reaction


def _in_force(reaction: Reaction) -> QuerySet[Hold]:
    return (
        Hold.objects.filter(reaction_hold__reaction=reaction, lifted_at__isnull=True)
        .exclude(unit__state="scrapped")
        .select_related("unit")
        .order_by("unit__serial")
    )
