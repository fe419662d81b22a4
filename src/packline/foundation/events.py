"""Recording what was done: events, chained per subject, that carry the rows they wrote."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from math import isfinite
from typing import Any

from django.db import IntegrityError, models, transaction

from packline.foundation.chain import GENESIS, canonical, chain_hash
from packline.foundation.commands import count_event
from packline.foundation.errors import NotANumber, StaleObject
from packline.foundation.models import Event, Person
from packline.foundation.prepared import Prepared

__all__ = [
    "GENESIS",
    "canonical",
    "chain_hash",
    "events_of",
    "head_of",
    "record",
    "row_state",
    "subject_of",
]

_heads = Prepared(
    lambda subject: (
        Event.objects.filter(subject=subject).order_by("-seq").values_list("seq", "hash")[:1]
    )
)


def subject_of(instance: models.Model) -> str:
    """Name an object for ever: its table and its natural key, never a database id."""
    return f"{instance._meta.label_lower}:{instance}"


def events_of(instance: models.Model) -> models.QuerySet[Event]:
    """Return the chain of an object, from its first event on, with who did what."""
    return Event.objects.filter(subject=subject_of(instance)).select_related("by").order_by("seq")


def head_of(subject: str) -> tuple[int, str] | None:
    """Return number and hash of the last event of a subject, or None if there is none yet."""
    return _heads.first(subject=subject)


def row_state(instance: models.Model) -> dict[str, Any]:
    """Return every stored field of a row in a form that both databases read back alike."""
    state: dict[str, Any] = {}
    for field in instance._meta.concrete_fields:
        if field.primary_key:
            continue
        if field.is_relation:
            target = getattr(instance, field.name)
            state[field.name] = None if target is None else str(target)
        else:
            value = field.to_python(getattr(instance, field.attname))
            state[field.name] = _plain(value, f"{instance._meta.label}.{field.name}")
    return state


def record(
    verb: str,
    subject: models.Model,
    *,
    by: Person,
    at: datetime,
    rows: Iterable[models.Model] = (),
    **data: Any,
) -> Event:
    """Write one event on the chain of `subject`, inside the caller's transaction.

    `rows` are all the rows that the command created or changed: the event keeps their full
    state, so that a later change behind the application's back can be named. `data` says the
    rest in the words of the trade.

    Raises
    ------
    StaleObject
        If another transaction wrote the next event of this subject first.
    NotANumber
        If a fact or a row holds a number that is not finite.
    """
    name = subject_of(subject)
    last = head_of(name)
    seq, prev_hash = (last[0] + 1, last[1]) if last else (1, GENESIS)
    text = canonical(
        {
            "subject": name,
            "seq": seq,
            "at": _moment(at),
            "by": str(by),
            "verb": verb,
            "data": {key: _deep(value, f"{verb} {key}") for key, value in data.items()},
            "rows": [
                {"table": row._meta.label_lower, "key": str(row), "fields": row_state(row)}
                for row in rows
            ],
        }
    )
    event = Event(
        subject=name,
        seq=seq,
        at=at,
        by=by,
        verb=verb,
        text=text,
        prev_hash=prev_hash,
        hash=chain_hash(prev_hash, text),
    )
    try:
        with transaction.atomic(savepoint=False):  # if it fails, so does the command
            event.save(force_insert=True)
    except IntegrityError as error:
        raise StaleObject(f"{name} was changed by somebody else: reload and try again") from error
    count_event()
    return event


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _plain(value: Any, where: str) -> Any:
    if isinstance(value, float) and not isfinite(value):
        raise NotANumber(f"{where} = {value}: not a finite number, so it is not stored")
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value


def _deep(value: Any, where: str) -> Any:
    if isinstance(value, dict):
        return {str(key): _deep(item, where) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_deep(item, where) for item in value]
    if isinstance(value, models.Model):
        return str(value)
    return _plain(value, where)
