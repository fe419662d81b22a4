"""Day seals: which heads are not covered yet, and whether the seals still hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import Count, Max, Min, Q

from packline.assurance.calc.merkle import root_of
from packline.assurance.calc.seal import day_statement
from packline.assurance.models import Seal
from packline.foundation.chain import GENESIS
from packline.foundation.events import subject_of
from packline.foundation.files import DamagedFile, read
from packline.foundation.keys import check
from packline.foundation.models import Event
from packline.foundation.verification import Difference

__all__ = ["Unsealed", "seal_differences", "unsealed", "unsealed_days", "unsealed_heads"]

OWN = ("assurance.seal:", "foundation.storedfile:")  # chains that sealing itself moves


@dataclass(frozen=True, slots=True)
class Unsealed:
    """How many chains moved since the last sealing, and when the first of them did."""

    chains: int
    since: datetime | None


def unsealed() -> Unsealed:
    """Return what the next sealing will cover."""
    sealed = Event.objects.filter(verb="assurance.day.sealed").aggregate(last=Max("pk"))["last"]
    own = Q(subject__startswith=OWN[0]) | Q(subject__startswith=OWN[1])
    moved = Event.objects.filter(pk__gt=sealed or 0).exclude(own)
    return Unsealed(**moved.aggregate(chains=Count("subject", distinct=True), since=Min("at")))


def unsealed_days(until: date) -> list[date]:
    """Return the days, from the last that was sealed on, with chains that no seal covers."""
    last = Seal.objects.aggregate(day=Max("day"))["day"]
    events = Event.objects.all() if last is None else Event.objects.filter(at__gte=_start(last))
    return [
        moment.date()
        for moment in events.datetimes("at", "day", tzinfo=UTC)
        if moment.date() <= until
        and any(not head[0].startswith(OWN) for head in unsealed_heads(moment.date()))
    ]


def unsealed_heads(day: date) -> list[tuple[str, int, str]]:
    """Return subject, seq and hash of the last event of every chain that moved on a day.

    A chain of which an earlier seal of the day has the same head is left out.
    """
    start = _start(day)
    on_day = Event.objects.filter(at__gte=start, at__lt=start + timedelta(days=1))
    lasts = on_day.values("subject").annotate(last=Max("seq")).values_list("subject", "last")
    heads = {
        (subject, seq): head
        for subject, seq, head in on_day.values_list("subject", "seq", "hash").iterator()
    }
    covered = {
        line
        for seal in Seal.objects.filter(day=day).select_related("file").order_by("number")
        for line in _lines(seal)
    }
    found = [(subject, seq, heads[subject, seq]) for subject, seq in lasts.order_by("subject")]
    return [head for head in found if head not in covered]


def seal_differences(public_key: bytes) -> list[Difference]:
    """Check every day seal: its signature, its list of heads, and that each head still stands."""
    differences: list[Difference] = []
    previous = GENESIS
    for seal in Seal.objects.select_related("file").order_by("number"):
        differences += _differences(seal, previous, public_key)
        previous = seal.root
    return differences


def _differences(seal: Seal, previous: str, public_key: bytes) -> Iterator[Difference]:
    def differs(field: str, expected: str, found: str, message: str) -> Difference:
        return Difference(subject_of(seal), "", field, expected, found, message)

    signed = day_statement(
        day=seal.day.isoformat(),
        number=seal.number,
        subjects=seal.subjects,
        root=seal.root,
        previous=seal.previous,
    )
    if not check(public_key, bytes.fromhex(seal.signature), signed):
        yield differs("signature", "valid", "invalid", "not the signature of this seal;")
    if seal.previous != previous:
        yield differs("previous", previous, seal.previous, "a seal before it is missing;")
    try:
        lines = _lines(seal)
    except DamagedFile as error:
        yield differs("", "", "", str(error))
        return
    root = root_of([f"{subject}\t{seq}\t{head}".encode() for subject, seq, head in lines])
    if root != seal.root:
        yield differs("root", seal.root, root, "the list of heads is not the sealed one;")
    for subject, seq, head in lines:
        stands = Event.objects.filter(subject=subject, seq=seq).values_list("hash").first()
        found = stands[0] if stands else "no such event"
        if found != head:
            yield Difference(
                subject, f"event {seq}", "hash", head, found, f"not the head in seal {seal};"
            )


def _start(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _lines(seal: Seal) -> list[tuple[str, int, str]]:
    rows = [line.split("\t") for line in read(seal.file.sha256).decode().splitlines()]
    return [(subject, int(seq), head) for subject, seq, head in rows]
