"""Documents: which a unit lacks, and those being set, of which nothing is written yet."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db.models import Exists, Max, OuterRef, QuerySet

from packline.assurance.calc.document import make_document
from packline.assurance.calc.traveller import make_traveller
from packline.assurance.models import Document, Release
from packline.assurance.queries.history import device_history
from packline.assurance.queries.traveller import traveller_of
from packline.assurance.states import DEVICE_HISTORY, DOCUMENT_KINDS
from packline.foundation.errors import DomainError
from packline.foundation.events import head_of, subject_of
from packline.foundation.keys import key_id, signer
from packline.foundation.models import Event
from packline.production.models import Order, Unit
from packline.quality.queries import nonconformances_of_unit

__all__ = [
    "Draft",
    "documents_due",
    "draft_document",
    "head_of_unit",
    "latest_documents",
    "released_without_documents",
]


@dataclass(frozen=True, slots=True)
class Draft:
    """A document that is being set, its number, and the head of the unit's chain that it tells."""

    unit: Unit
    kind: str
    number: int
    at: datetime
    head: str
    content: Future[bytes]


def draft_document(
    *, unit: Unit, kind: str, at: datetime, executor: Executor | None = None
) -> Draft:
    """Read what a document tells and have it set, by `executor` if there is one.

    Raises
    ------
    Refused
        If a device history record is asked for before the release.
    """
    if kind not in DOCUMENT_KINDS:
        raise DomainError(f"{kind} is no document; allowed: {', '.join(DOCUMENT_KINDS)}")
    head = head_of_unit(unit)
    last = latest_documents(unit).get(kind)
    number = last.number + 1 if last else 1
    work: Callable[[], bytes]
    if kind == DEVICE_HISTORY:
        history = device_history(unit, at)
        work = partial(make_document, history, sign=signer(), key_id=key_id())
    else:
        work = partial(make_traveller, traveller_of(unit, at))
    if executor is not None:
        return Draft(unit, kind, number, at, head, executor.submit(work))
    done: Future[bytes] = Future()
    done.set_result(work())
    return Draft(unit, kind, number, at, head, done)


def head_of_unit(unit: Unit) -> str:
    """Return the hash of the last event of a unit's chain."""
    head = head_of(subject_of(unit))
    return "" if head is None else head[1]


def latest_documents(unit: Unit) -> dict[str, Document]:
    """Return the last document of each kind that was issued for a unit."""
    return {d.kind: d for d in unit.documents.select_related("file").order_by("number")}


def documents_due(unit: Unit) -> list[str]:
    """Return the kinds of document that a unit may have now and lacks, or has from before.

    What was issued is out of date once the unit, or a nonconformance of it, has moved since.
    """
    latest = latest_documents(unit)
    released = Release.objects.filter(unit=unit).exists()
    moved = Event.objects.filter(
        subject__in=[subject_of(unit), *map(subject_of, nonconformances_of_unit(unit))]
    )
    last = moved.aggregate(at=Max("at"))["at"]
    return [
        kind
        for kind in DOCUMENT_KINDS
        if (released or kind != DEVICE_HISTORY)
        and (kind not in latest or (last is not None and latest[kind].issued_at < last))
    ]


def released_without_documents(order: Order) -> QuerySet[Unit]:
    """Return the released units of an order of which a document was not issued since."""
    since = Document.objects.filter(
        unit=OuterRef("pk"), issued_at__gte=OuterRef("release__released_at")
    )
    issued = [Exists(since.filter(kind=kind)) for kind in DOCUMENT_KINDS]
    released = order.units.filter(release__isnull=False).order_by("number")
    return released.exclude(*issued)
