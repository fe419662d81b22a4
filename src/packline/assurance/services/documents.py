"""Issuing documents: made from the thread, kept as files that cannot be mixed up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from packline.assurance.calc.document import make_document
from packline.assurance.calc.traveller import make_traveller
from packline.assurance.models import Document
from packline.assurance.queries.history import device_history
from packline.assurance.queries.traveller import traveller_of
from packline.assurance.states import DEVICE_HISTORY, DOCUMENT_KINDS
from packline.foundation.commands import command
from packline.foundation.errors import DomainError, StaleObject
from packline.foundation.events import record, subject_of
from packline.foundation.files import store
from packline.foundation.keys import key_id, sign
from packline.foundation.models import Event, Person
from packline.production.models import Unit

NAMES = {"device_history": "device-history-record", "traveller": "traveller"}


@dataclass(frozen=True, slots=True)
class Typeset:
    """A document that was set, and the head of the unit's chain that it tells."""

    content: bytes
    head: str


def _typeset(*, unit: Unit, kind: str, at: datetime, **_: object) -> Typeset:
    if kind not in DOCUMENT_KINDS:
        raise DomainError(f"{kind} is no document; allowed: {', '.join(DOCUMENT_KINDS)}")
    head = _head(unit)
    if kind == DEVICE_HISTORY:
        content = make_document(device_history(unit, at), sign=sign, key_id=key_id())
    else:
        content = make_traveller(traveller_of(unit, at))
    return Typeset(content, head)


def _head(unit: Unit) -> str:
    last = Event.objects.filter(subject=subject_of(unit)).order_by("-seq").first()
    return last.hash if last is not None else ""


@command("assurance.issue_document", prepare=_typeset)
def issue_document(
    *, unit: Unit, kind: str, by: Person, at: datetime, prepared: Typeset | None = None
) -> Document:
    """Issue the device history record of a released unit, or a unit's traveller, as PDF/A-3b.

    Parameters
    ----------
    unit : Unit
        The unit that the document is about.
    kind : str
        ``device_history`` (sealed, with its data attached) or ``traveller``.
    by : Person
        Who issues it.
    at : datetime
        When; it is printed on the document.
    prepared : Typeset
        Set by the command itself, before its transaction.

    Raises
    ------
    Refused
        If a device history record is asked for before the release.
    StaleObject
        If something happened to the unit while its document was set.
    """
    assert prepared is not None
    if prepared.head != _head(unit):
        raise StaleObject(f"{unit} moved while its {kind} was set: issue it again")
    sealed = kind == DEVICE_HISTORY
    content = prepared.content
    file = store(
        content=content,
        name=f"{unit.serial}-{NAMES[kind]}.pdf",
        media_type="application/pdf",
        by=by,
        at=at,
    )
    last = unit.documents.filter(kind=kind).order_by("-number").first()
    document = Document(
        unit=unit,
        kind=kind,
        number=last.number + 1 if last else 1,
        file=file,
        issued_at=at,
        issued_by=by,
        key_id=key_id() if sealed else "",
    )
    try:
        with transaction.atomic():
            document.save(force_insert=True)
    except IntegrityError as error:
        raise StaleObject(f"{document} was issued by somebody else meanwhile") from error
    record(
        "assurance.document.issued",
        document,
        by=by,
        at=at,
        rows=[document],
        kind=kind,
        file=file.sha256,
    )
    return document
