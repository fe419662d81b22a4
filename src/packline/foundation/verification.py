"""Proving the record: every chain recomputed, every row compared with what its event says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from packline.foundation.events import GENESIS, canonical, chain_hash, row_state
from packline.foundation.files import DamagedFile, read
from packline.foundation.models import Event, StoredFile

__all__ = ["Difference", "Verification", "thread_models", "verify_record"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the record does not agree with itself."""

    subject: str  # "production.unit:EB48-000001"
    event: str  # "event 12 production.reading.taken", or "" when no event is at fault
    field: str
    expected: str
    found: str
    message: str

    def __str__(self) -> str:
        what = " ".join(part for part in (self.subject, self.event) if part)
        field = f" field {self.field}:" if self.field else ":"
        values = f" expected {self.expected}, found {self.found}" if self.field else ""
        return f"{what}:{field if self.field else ''} {self.message}{values}"


@dataclass(frozen=True, slots=True)
class Verification:
    """What was looked at, and every difference found."""

    events: int
    subjects: int
    rows: int
    differences: tuple[Difference, ...]

    @property
    def proven(self) -> bool:
        """Whether the record agrees with itself everywhere."""
        return not self.differences


@dataclass(slots=True)
class _Told:
    """The last event that told the state of a row."""

    order: int
    subject: str
    event: str
    fields: dict[str, Any]


def thread_models() -> list[type[models.Model]]:
    """Return the tables of the thread: every Packline table but its own bookkeeping."""
    return [
        model
        for model in apps.get_models()
        if model.__module__.startswith("packline.") and getattr(model, "in_thread", True)
    ]


def verify_record(subject: str | None = None) -> Verification:
    """Recompute the chains and compare the rows with them.

    Parameters
    ----------
    subject : str, optional
        Look only at this subject's chain and at the rows which it told last, for example
        ``"production.unit:EB48-000001"``. A row that no event tells is then not looked for.
    """
    differences: list[Difference] = []
    told: dict[tuple[str, str], _Told] = {}
    events = Event.objects.select_related("by").order_by("subject", "seq")
    if subject is not None:
        events = events.filter(subject=subject)
    count, subjects, previous = 0, 0, None
    for event in events.iterator(chunk_size=500):
        if previous is None or previous.subject != event.subject:
            previous, subjects = None, subjects + 1
        differences.extend(_chain_differences(event, previous))
        _collect(event, told)
        previous, count = event, count + 1
    if subject is None:
        differences.extend(_file_differences())
    rows = 0
    for model in thread_models():
        if subject is not None and not any(t == model._meta.label_lower for t, _ in told):
            continue
        seen, found = _row_differences(model, told, everything=subject is None)
        rows += seen
        differences.extend(found)
    return Verification(count, subjects, rows, tuple(differences))


def _named(event: Event) -> str:
    return f"event {event.seq} {event.verb}"


def _chain_differences(event: Event, previous: Event | None) -> Iterator[Difference]:
    def differs(field: str, expected: object, found: object, message: str) -> Difference:
        return Difference(event.subject, _named(event), field, str(expected), str(found), message)

    seq = previous.seq + 1 if previous else 1
    if event.seq != seq:
        yield differs("seq", seq, event.seq, "an event before this one is missing;")
    if event.prev_hash != (previous.hash if previous else GENESIS):
        yield differs(
            "prev_hash", previous.hash if previous else GENESIS, event.prev_hash, "broken chain;"
        )
    computed = chain_hash(event.prev_hash, event.text)
    if event.hash != computed:
        yield differs("text", event.hash, computed, "the text was changed after it was hashed;")
    try:
        said = json.loads(event.text)
        columns = {
            "subject": event.subject,
            "seq": event.seq,
            "at": row_state(event)["at"],
            "by": str(event.by),
            "verb": event.verb,
        }
        for field, value in columns.items():
            if said[field] != value:
                yield differs(field, said[field], value, "the column was changed;")
    except (ValueError, KeyError, TypeError) as error:
        yield differs("text", "an event", type(error).__name__, "the text cannot be read;")


def _collect(event: Event, told: dict[tuple[str, str], _Told]) -> None:
    try:
        rows = json.loads(event.text)["rows"]
        for row in rows:
            known = told.get((row["table"], row["key"]))
            if known is None or known.order < event.pk:
                told[row["table"], row["key"]] = _Told(
                    event.pk, event.subject, _named(event), row["fields"]
                )
    except (ValueError, KeyError, TypeError):
        return  # already named as a difference of the chain


def _row_differences(
    model: type[models.Model], told: dict[tuple[str, str], _Told], *, everything: bool
) -> tuple[int, list[Difference]]:
    table = model._meta.label_lower
    expected = {key: value for (name, key), value in told.items() if name == table}
    differences: list[Difference] = []
    seen = 0
    for row in _rows(model):
        key = str(row)
        known = expected.pop(key, None)
        if known is None:
            if everything:
                differences.append(
                    Difference(f"{table}:{key}", "", "", "", "", "a row that no event has written")
                )
            continue
        seen += 1
        state = row_state(row)
        for field, value in known.fields.items():
            if canonical(state.get(field)) != canonical(value):
                differences.append(
                    Difference(
                        known.subject,
                        known.event,
                        field,
                        canonical(value),
                        canonical(state.get(field)),
                        f"row {table}:{key} was changed;",
                    )
                )
    for key, known in sorted(expected.items()):
        differences.append(
            Difference(
                known.subject, known.event, "", "", "", f"row {table}:{key} is gone or renamed"
            )
        )
    return seen, differences


def _file_differences() -> Iterator[Difference]:
    for sha256 in StoredFile.objects.order_by("sha256").values_list("sha256", flat=True):
        try:
            read(sha256)
        except DamagedFile as error:
            yield Difference(f"foundation.storedfile:{sha256}", "", "", "", "", str(error))


def _rows(model: type[models.Model]) -> Iterator[models.Model]:
    """Yield every row of a table with all that its natural key needs, in few queries."""
    paths = _relations(model)
    rows = model._default_manager.order_by("pk")
    yield from (rows.select_related(*paths) if paths else rows).iterator(chunk_size=2000)


def _relations(model: type[models.Model]) -> list[str]:
    """Return the foreign keys whose natural keys a row states.

    A model whose own natural key is built from that of others names them in `key_relations`.
    """
    paths: list[str] = list(getattr(model, "key_relations", ()))
    for field in model._meta.concrete_fields:
        target = field.related_model
        if field.is_relation and isinstance(target, type):
            paths.append(field.name)
            paths.extend(f"{field.name}__{path}" for path in getattr(target, "key_relations", ()))
    return paths
