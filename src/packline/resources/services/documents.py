"""Controlled documents: written, reviewed, approved by another, read, replaced."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from packline.foundation.commands import command, unchanged
from packline.foundation.errors import Refused
from packline.foundation.events import canonical, record
from packline.foundation.files import store
from packline.foundation.keys import key_id, sign
from packline.foundation.models import Person
from packline.foundation.states import move
from packline.resources.models import ControlledDocument, DocumentReading, DocumentRevision
from packline.resources.states import DOCUMENT


@command("resources.register_document")
def register_document(
    *, code: str, title: str, operation_code: str = "", by: Person, at: datetime
) -> ControlledDocument:
    """Put a document under control; the same code again changes title and operation."""
    code, title = code.strip(), title.strip()
    if not code or not title:
        raise Refused("a controlled document has a code and a title")
    document = ControlledDocument.objects.filter(code=code).first()
    if document is None:
        document = ControlledDocument(code=code)
    elif (document.title, document.operation_code) == (title, operation_code):
        return unchanged(document)
    document.title, document.operation_code = title, operation_code
    document.save()
    record("resources.document.registered", document, by=by, at=at, rows=[document])
    return document


@command("resources.draft_document")
def draft_revision(
    *,
    document: ControlledDocument,
    content: bytes,
    name: str,
    media_type: str,
    change: str,
    by: Person,
    at: datetime,
) -> DocumentRevision:
    """Write the next revision of a document; one is written at a time.

    Raises
    ------
    Refused
        If it says not what is new, the file is empty, or another revision is being written.
    """
    if not change.strip():
        raise Refused(f"{document}: say what is new in this revision")
    if not content:
        raise Refused(f"{document}: the file is empty")
    last = document.revisions.order_by("-revision").first()
    if last is not None and last.state in ("draft", "review"):
        raise Refused(f"{last} is being written already: it is in state {last.state}")
    file = store(content=content, name=name, media_type=media_type, by=by, at=at)
    revision = DocumentRevision(
        document=document,
        revision=last.revision + 1 if last is not None else 1,
        file=file,
        change=change.strip()[:300],
        author=by,
    )
    try:
        with transaction.atomic():
            revision.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(f"{document} is being revised by somebody else: reload") from error
    record("resources.document.drafted", document, by=by, at=at, rows=[revision])
    return revision


@command("resources.draft_document")
def submit_revision(*, revision: DocumentRevision, by: Person, at: datetime) -> DocumentRevision:
    """Hand a draft over for review."""
    move(revision, DOCUMENT, to="review")
    record("resources.document.submitted", revision.document, by=by, at=at, rows=[revision])
    return revision


@command("resources.draft_document")
def rewrite_revision(
    *,
    revision: DocumentRevision,
    content: bytes,
    name: str,
    media_type: str,
    change: str,
    by: Person,
    at: datetime,
) -> DocumentRevision:
    """Put another text into a revision that was not approved yet; it is a draft again."""
    if revision.state not in ("draft", "review"):
        raise Refused(f"{revision} is {revision.state}: write a new revision")
    if not content or not change.strip():
        raise Refused(f"{revision}: there is no file, or it says not what is new")
    file = store(content=content, name=name, media_type=media_type, by=by, at=at)
    revision.file, revision.change, revision.author = file, change.strip()[:300], by
    revision.save(update_fields=["file", "change", "author"])
    if revision.state == "review":
        move(revision, DOCUMENT, to="draft")
    record("resources.document.rewritten", revision.document, by=by, at=at, rows=[revision])
    return revision


@command("resources.approve_document")
def approve_revision(*, revision: DocumentRevision, by: Person, at: datetime) -> DocumentRevision:
    """Approve a revision by signature: it is in force at once, and the one before is obsolete.

    Raises
    ------
    Refused
        If the author approves, or the revision is not in review.
    """
    if by == revision.author:
        raise Refused(f"{by} wrote {revision} and so cannot approve it")
    if revision.state != "review":
        raise Refused(f"{revision} is {revision.state}: only what is in review is approved")
    before = revision.document.revisions.filter(state="effective").first()
    rows = [revision]
    if before is not None:
        _end(before, at)
        rows.append(before)
    statement = canonical(
        {
            "meaning": "I approve this revision: people work by it from now on",
            "document": str(revision.document),
            "title": revision.document.title,
            "revision": revision.revision,
            "file": revision.file.sha256,
            "author": str(revision.author),
            "signed_by": by.shown_name,
            "signed_at": at.isoformat(),
        }
    )
    told = {
        "approved_by": by,
        "statement": statement,
        "signature": sign(statement.encode()).hex(),
        "key_id": key_id(),
        "effective_from": at,
    }
    _become(revision, "effective", **told)
    record("resources.document.approved", revision.document, by=by, at=at, rows=rows)
    return revision


@command("resources.withdraw_document")
def withdraw_revision(
    *, revision: DocumentRevision, reason: str, by: Person, at: datetime
) -> DocumentRevision:
    """Take a revision out of force without another one in its place; say why."""
    if not reason.strip():
        raise Refused(f"{revision}: say why it is withdrawn")
    if revision.state != "effective":
        raise Refused(f"{revision} is {revision.state}: it is not in force")
    _end(revision, at)
    record(
        "resources.document.withdrawn",
        revision.document,
        by=by,
        at=at,
        rows=[revision],
        reason=reason.strip()[:300],
    )
    return revision


@command("resources.read_document")
def confirm_reading(*, revision: DocumentRevision, by: Person, at: datetime) -> DocumentReading:
    """State that one has read and understood a revision that is in force, each for oneself."""
    if revision.state != "effective":
        raise Refused(f"{revision} is {revision.state}: what is in force is read")
    known = revision.readers.filter(person=by).first()
    if known is not None:
        return unchanged(known)
    reading = DocumentReading(revision=revision, person=by, read_at=at)
    reading.save(force_insert=True)
    record("resources.document.read", revision.document, by=by, at=at, rows=[reading])
    return reading


def _end(revision: DocumentRevision, at: datetime) -> None:
    _become(revision, "obsolete", obsolete_from=at)


def _become(revision: DocumentRevision, state: str, **told: object) -> None:
    """Write state and what goes with it at once: the database holds one to the other."""
    was = revision.state
    moved = DocumentRevision.objects.filter(pk=revision.pk, state=was).update(state=state, **told)
    if not moved or not DOCUMENT.allows(was, state):
        raise Refused(f"{revision} is no longer {was}: reload and try again")
    revision.state = state
    for name, value in told.items():
        setattr(revision, name, value)
