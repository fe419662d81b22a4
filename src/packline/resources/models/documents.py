"""Controlled documents: what people work by, revision by revision, and who has read it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from packline.foundation.models import StoredFile
from packline.resources.states import DOCUMENT

PERSON = settings.AUTH_USER_MODEL


class ControlledDocument(models.Model):
    """A document under control; its text stands in its revisions."""

    code = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=160)
    operation_code = models.CharField(max_length=20, blank=True)  # that it governs; else general

    class Meta:
        default_permissions = ()
        permissions = [("register_document", "Can put a document under control")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(code="") & ~Q(title=""), name="controlleddocument_is_named"
            )
        ]

    def __str__(self) -> str:
        return self.code


class DocumentRevision(models.Model):
    """One revision of a controlled document: written, reviewed, in force, then replaced."""

    document = models.ForeignKey(
        ControlledDocument, on_delete=models.PROTECT, related_name="revisions"
    )
    revision = models.PositiveIntegerField()
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    change = models.CharField(max_length=300)  # what is new in it
    author = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", null=True)
    statement = models.TextField(blank=True)  # what was signed, word for word
    signature = models.CharField(max_length=128, blank=True)  # Ed25519, hexadecimal
    key_id = models.CharField(max_length=16, blank=True)
    effective_from = models.DateTimeField(null=True)
    obsolete_from = models.DateTimeField(null=True)
    state = models.CharField(max_length=12, default=DOCUMENT.initial)

    key_relations = ("document",)

    class Meta:
        default_permissions = ()
        permissions = [
            ("draft_document", "Can write a revision of a controlled document"),
            ("approve_document", "Can approve a revision of a controlled document"),
            ("withdraw_document", "Can take a controlled document out of force"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["document", "revision"], name="documentrevision_once"),
            models.UniqueConstraint(
                fields=["document"], condition=Q(state="effective"), name="document_one_in_force"
            ),
            models.UniqueConstraint(
                fields=["document"],
                condition=Q(state__in=("draft", "review")),
                name="document_one_being_written",
            ),
            models.CheckConstraint(
                condition=DOCUMENT.condition(), name="documentrevision_state_is_declared"
            ),
            models.CheckConstraint(
                condition=Q(revision__gte=1) & ~Q(change=""), name="documentrevision_says_what"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "review"), approved_by__isnull=True)
                | (
                    Q(
                        state__in=("effective", "obsolete"),
                        approved_by__isnull=False,
                        effective_from__isnull=False,
                    )
                    & ~Q(approved_by=F("author"))
                    & ~Q(signature="")
                ),
                name="documentrevision_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state="obsolete", obsolete_from__gte=F("effective_from"))
                | (~Q(state="obsolete") & Q(obsolete_from__isnull=True)),
                name="documentrevision_obsolete_after_it_held",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document}@{self.revision}"


class DocumentReading(models.Model):
    """That a person has read and understood a revision. Never changed."""

    append_only = True

    revision = models.ForeignKey(
        DocumentRevision, on_delete=models.PROTECT, related_name="readers"
    )
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="documents_read")
    read_at = models.DateTimeField()

    key_relations = ("revision__document", "person")

    class Meta:
        default_permissions = ()
        permissions = [("read_document", "Can state that a document was read and understood")]
        constraints = [
            models.UniqueConstraint(fields=["revision", "person"], name="documentreading_once")
        ]

    def __str__(self) -> str:
        return f"{self.revision}/read/{self.person}"
