"""Issuing documents: made from the thread, kept as files that cannot be mixed up."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from packline.assurance.models import Document
from packline.assurance.queries.drafts import Draft, draft_document, head_of_unit
from packline.assurance.states import DEVICE_HISTORY
from packline.foundation.commands import command
from packline.foundation.errors import DomainError, StaleObject
from packline.foundation.events import record
from packline.foundation.files import store
from packline.foundation.keys import key_id
from packline.foundation.models import Person
from packline.production.models import Unit

NAMES = {"device_history": "device-history-record", "traveller": "traveller"}


def _drafted(
    *, unit: Unit, kind: str, at: datetime, draft: Draft | None = None, **_: object
) -> Draft:
    if draft is None:
        draft = draft_document(unit=unit, kind=kind, at=at)
    elif (draft.unit, draft.kind, draft.at) != (unit, kind, at):
        raise DomainError(
            f"the draft is the {draft.kind} of {draft.unit} at {draft.at.isoformat()}, "
            f"not the {kind} of {unit} at {at.isoformat()}"
        )
    draft.content.result()  # the transaction waits for nothing
    return draft


@command("assurance.issue_document", prepare=_drafted)
def issue_document(
    *,
    unit: Unit,
    kind: str,
    by: Person,
    at: datetime,
    draft: Draft | None = None,
    prepared: Draft | None = None,
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
    draft : Draft, optional
        The document as it was set meanwhile; without it the command has it set first.
    prepared : Draft
        Set by the command itself, before its transaction.

    Raises
    ------
    Refused
        If a device history record is asked for before the release.
    StaleObject
        If something happened to the unit while its document was set.
    """
    assert prepared is not None
    if prepared.head != head_of_unit(unit):
        raise StaleObject(f"{unit} moved while its {kind} was set: issue it again")
    sealed = kind == DEVICE_HISTORY
    file = store(
        content=prepared.content.result(),
        name=f"{unit.serial}-{NAMES[kind]}.pdf",
        media_type="application/pdf",
        by=by,
        at=at,
    )
    document = Document(
        unit=unit,
        kind=kind,
        number=prepared.number,
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
