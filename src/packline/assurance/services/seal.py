"""Sealing days: one signature over the heads of all chains that moved on each."""

from __future__ import annotations

from datetime import date, datetime

from packline.assurance.calc.merkle import heads_text, root_of
from packline.assurance.calc.seal import day_statement
from packline.assurance.models import Seal
from packline.assurance.queries.seals import unsealed_days, unsealed_heads
from packline.foundation.commands import command, unchanged
from packline.foundation.errors import Refused
from packline.foundation.events import GENESIS, record
from packline.foundation.files import store
from packline.foundation.keys import key_id, sign
from packline.foundation.models import Person


@command("assurance.seal_day")
def seal_days(*, by: Person, at: datetime) -> list[Seal]:
    """Seal every day, from the last that was sealed on, with what moved and is not sealed yet."""
    days = unsealed_days(at.date())
    if not days:
        return unchanged([])
    return [seal_day(day=day, by=by, at=at) for day in days]


@command("assurance.seal_day")
def seal_day(*, day: date, by: Person, at: datetime) -> Seal:
    """Seal every chain that moved on a day, and was not sealed with this head before.

    Raises
    ------
    Refused
        If there is nothing to seal.
    """
    heads = unsealed_heads(day)
    if not heads:
        raise Refused(f"nothing happened on {day} that is not sealed yet")
    text = heads_text(heads)
    file = store(
        content=text.encode(),
        name=f"heads-{day}.tsv",
        media_type="text/tab-separated-values",
        by=by,
        at=at,
    )
    root = root_of([line.encode() for line in text.splitlines()])
    last = Seal.objects.order_by("-number").first()
    number, previous = (last.number + 1, last.root) if last else (1, GENESIS)
    signed = day_statement(
        day=day.isoformat(), number=number, subjects=len(heads), root=root, previous=previous
    )
    seal = Seal.objects.create(
        number=number,
        day=day,
        subjects=len(heads),
        root=root,
        previous=previous,
        file=file,
        signature=sign(signed).hex(),
        key_id=key_id(),
    )
    record(
        "assurance.day.sealed",
        seal,
        by=by,
        at=at,
        rows=[seal],
        day=day,
        subjects=seal.subjects,
        root=root,
    )
    return seal
