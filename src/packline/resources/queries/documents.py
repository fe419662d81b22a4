"""Which revision of a document is in force at a moment, and who has not read it yet."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from packline.foundation.models import Person
from packline.foundation.prepared import Prepared
from packline.resources.models import ControlledDocument, DocumentRevision

__all__ = [
    "all_documents",
    "effective_revision",
    "effective_revisions",
    "revisions_of_document",
    "unread_now",
    "unread_revisions",
]


def effective_revision(code: str, at: datetime) -> DocumentRevision | None:
    """Return the revision of a document that was in force at a moment, if one was."""
    return _in_force(at).filter(document__code=code).first()


def effective_revisions(operation_code: str, at: datetime) -> QuerySet[DocumentRevision]:
    """Return what an operation is governed by at a moment, the oldest document first."""
    return (
        _in_force(at)
        .filter(document__operation_code=operation_code)
        .select_related("document", "file")
        .order_by("document__code")
    )


def unread_revisions(
    person: Person, operation_code: str, at: datetime
) -> QuerySet[DocumentRevision]:
    """Return what governs an operation at a moment and was not read by a person until then."""
    return _unread(person, operation_code, at)


def _unread(person: Any, code: Any, at: Any) -> QuerySet[DocumentRevision]:
    read = DocumentRevision.objects.filter(readers__person=person, readers__read_at__lte=at)
    return effective_revisions(code, at).exclude(pk__in=read.values("pk"))


unread_now = Prepared(_unread)  # asked at every start


def all_documents() -> QuerySet[ControlledDocument]:
    """Return every document with its revisions at hand."""
    revisions = DocumentRevision.objects.select_related("author").order_by("-revision")
    return ControlledDocument.objects.order_by("code").prefetch_related(
        Prefetch("revisions", queryset=revisions)
    )


def revisions_of_document(document: ControlledDocument) -> QuerySet[DocumentRevision]:
    """Return every revision of a document, the latest first."""
    return (
        document.revisions.select_related("document", "file", "author", "approved_by")
        .annotate(n_readers=Count("readers"))
        .order_by("-revision")
    )


def _in_force(at: datetime) -> QuerySet[DocumentRevision]:
    return DocumentRevision.objects.filter(
        Q(obsolete_from__isnull=True) | Q(obsolete_from__gt=at), effective_from__lte=at
    )
