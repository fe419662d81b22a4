"""Controlled documents: in force by another's signature, one at a time, read by each."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from packline.foundation.errors import IllegalTransition, NotAllowed, Refused
from packline.foundation.keys import check, public_key
from packline.foundation.verification import verify_record
from packline.resources.models import DocumentRevision
from packline.resources.queries import effective_revision, unread_revisions
from packline.resources.services import (
    approve_revision,
    confirm_reading,
    draft_revision,
    register_document,
    rewrite_revision,
    submit_revision,
    withdraw_revision,
)


@pytest.fixture
def document(people, now):
    return register_document(
        code="WI-40", title="Welding", operation_code="welding", by=people.engineer, at=now
    )


def draft(document, people, at, text=b"first", by=None):
    return draft_revision(
        document=document, content=text, name="wi.pdf", media_type="application/pdf",
        change="new", by=by or people.engineer, at=at,
    )  # fmt: skip


def in_force(document, people, at, text=b"first"):
    made = draft(document, people, at, text)
    submit_revision(revision=made, by=people.engineer, at=at)
    return approve_revision(revision=made, by=people.approver, at=at)


def test_a_revision_is_in_force_by_anothers_signature_and_ends_the_one_before(
    document, people, now
):
    first = in_force(document, people, now)
    later = now + timedelta(days=30)
    second = in_force(document, people, later, b"second")
    first.refresh_from_db()
    assert (first.state, first.obsolete_from, second.state) == ("obsolete", later, "effective")
    assert effective_revision("WI-40", now - timedelta(1)) is None
    assert effective_revision("WI-40", now + timedelta(1)) == first
    assert effective_revision("WI-40", later) == second
    said = json.loads(second.statement)
    assert (said["file"], said["signed_by"]) == (second.file.sha256, people.approver.shown_name)
    signature = bytes.fromhex(second.signature)
    assert check(public_key(), signature, second.statement.encode())
    assert verify_record().proven


def test_an_author_approves_nothing_of_their_own(document, people, now):
    made = draft(document, people, now)
    with pytest.raises(Refused, match="only what is in review"):
        approve_revision(revision=made, by=people.approver, at=now)
    submit_revision(revision=made, by=people.engineer, at=now)
    with pytest.raises(Refused, match="emil wrote WI-40@1"):
        approve_revision(revision=made, by=people.engineer, at=now)
    with pytest.raises(NotAllowed):
        approve_revision(revision=made, by=people.operator, at=now)
    with pytest.raises(IntegrityError, match="approved_by_another"), transaction.atomic():
        DocumentRevision.objects.filter(pk=made.pk).update(
            state="effective", approved_by=people.engineer, effective_from=now, signature="00"
        )


def test_one_revision_is_written_at_a_time_and_may_be_rewritten(document, people, now):
    made = draft(document, people, now)
    with pytest.raises(Refused, match="is being written already"):
        draft(document, people, now)
    submit_revision(revision=made, by=people.engineer, at=now)
    told = {"content": b"better", "name": "wi.pdf", "media_type": "text/plain", "change": "typo"}
    again = rewrite_revision(revision=made, **told, by=people.inspector, at=now)
    assert (again.state, again.author) == ("draft", people.inspector)
    with pytest.raises(IllegalTransition):
        submit_revision(revision=submit_revision(revision=again, by=people.engineer, at=now),
                        by=people.engineer, at=now)  # fmt: skip
    done = approve_revision(revision=again, by=people.engineer, at=now)
    with pytest.raises(Refused, match="write a new revision"):
        rewrite_revision(revision=done, **told, by=people.inspector, at=now)


def test_who_has_not_read_what_is_in_force_is_known(document, people, now):
    first = in_force(document, people, now)
    unread = unread_revisions(people.operator, "welding", now)
    assert list(unread) == [first]
    confirm_reading(revision=first, by=people.operator, at=now)
    confirm_reading(revision=first, by=people.operator, at=now)  # once is enough
    assert first.readers.count() == 1
    assert not unread_revisions(people.operator, "welding", now).exists()
    assert unread_revisions(people.inspector, "welding", now).exists()
    later = now + timedelta(days=1)
    in_force(document, people, later, b"second")
    assert unread_revisions(people.operator, "welding", later).exists()
    first.refresh_from_db()
    with pytest.raises(Refused, match="is obsolete: what is in force is read"):
        confirm_reading(revision=first, by=people.inspector, at=later)


def test_what_is_withdrawn_is_in_force_no_more(document, people, now):
    first = in_force(document, people, now)
    with pytest.raises(Refused, match="say why"):
        withdraw_revision(revision=first, reason=" ", by=people.approver, at=now)
    withdraw_revision(revision=first, reason="unsafe", by=people.approver, at=now)
    assert effective_revision("WI-40", now + timedelta(1)) is None
    assert verify_record().proven
