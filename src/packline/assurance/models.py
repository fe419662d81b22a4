"""Tables of assurance: what proves the requirements, who let a unit go, and what was issued."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from packline.assurance.states import DOCUMENT_KINDS, OUTCOMES, RELEASED, VERDICTS
from packline.foundation.models import StoredFile
from packline.production.models import Unit
from packline.requirements.models import Program, Requirement

__all__ = ["Document", "Evidence", "Release", "Seal", "Verdict", "VerificationItem"]


class Evidence(models.Model):
    """A report that proves what no line can measure. A sample report proves nothing real."""

    append_only = True
    key_relations = ("program",)

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="evidence")
    key = models.CharField(max_length=80)  # "type:UN38.3", "document:sbom"
    report = models.CharField(max_length=200)
    report_sha256 = models.CharField(max_length=64, blank=True)
    issued_by = models.CharField(max_length=200)
    issued_on = models.DateField()
    sample = models.BooleanField()
    results_text = models.TextField()  # canonical JSON: the figures that the report states

    class Meta:
        default_permissions = ()
        permissions = [("declare_evidence", "Can declare a report as evidence")]
        constraints = [
            models.UniqueConstraint(fields=["program", "key", "report"], name="evidence_once"),
            models.CheckConstraint(
                condition=Q(key__startswith="type:") | Q(key__startswith="document:"),
                name="evidence_is_a_type_test_or_a_document",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program}/evidence/{self.key}/{self.report}"


class VerificationItem(models.Model):
    """One row of the V&V matrix: how a requirement is verified, and what is accepted."""

    append_only = True
    key_relations = ("requirement__program",)

    requirement = models.OneToOneField(
        Requirement, on_delete=models.PROTECT, related_name="verification"
    )
    statement = models.CharField(max_length=200)
    method = models.CharField(max_length=16)
    test = models.CharField(max_length=80)  # "design:energy", "eol:pack_ocv", "type:UN38.3"
    acceptance = models.CharField(max_length=200)

    class Meta:
        default_permissions = ()
        permissions = [("plan_verification", "Can plan how requirements are verified")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(test="") & ~Q(acceptance=""), name="verificationitem_can_be_judged"
            )
        ]

    def __str__(self) -> str:
        return f"{self.requirement}/verification"


class Verdict(models.Model):
    """What a row of the V&V matrix came to for one unit, when it was last judged."""

    key_relations = ("unit", "item__requirement__program")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="verdicts")
    item = models.ForeignKey(VerificationItem, on_delete=models.PROTECT, related_name="verdicts")
    verdict = models.CharField(max_length=10)
    observed = models.CharField(max_length=200)
    evidence = models.CharField(max_length=300)
    sample = models.BooleanField()
    virtual = models.BooleanField()
    judged_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        permissions = [("judge_unit", "Can judge a unit against its requirements")]
        constraints = [
            models.UniqueConstraint(fields=["unit", "item"], name="verdict_once"),
            models.CheckConstraint(condition=Q(verdict__in=VERDICTS), name="verdict_is_known"),
            models.CheckConstraint(
                condition=~Q(verdict__in=("pass", "conceded")) | ~Q(evidence=""),
                name="verdict_passes_only_with_evidence",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}/{self.item.requirement.ref}/verdict"


class Release(models.Model):
    """That somebody let a unit go, with the signed head of its chain."""

    append_only = True
    key_relations = ("unit",)

    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, related_name="release")
    outcome = models.CharField(max_length=40)
    for_shipment = models.BooleanField()
    checklist = models.TextField()  # what was seen to be in order, one a line
    meaning = models.CharField(max_length=200)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    released_at = models.DateTimeField()
    head_seq = models.PositiveIntegerField()
    head_hash = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)  # Ed25519 over the head, hexadecimal
    key_id = models.CharField(max_length=16)

    class Meta:
        default_permissions = ()
        permissions = [("release_unit", "Can release a unit")]
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=OUTCOMES), name="release_is_known"),
            models.CheckConstraint(
                condition=Q(for_shipment=False) | Q(outcome=RELEASED),
                name="release_of_virtual_units_is_not_for_shipment",
            ),
            models.CheckConstraint(
                condition=Q(head_seq__gte=1) & ~Q(signature=""), name="release_signs_a_chain"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}/release"


class Document(models.Model):
    """A document issued for a unit, kept as a file under its own SHA-256."""

    append_only = True
    key_relations = ("unit",)

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=20)
    number = models.PositiveIntegerField()  # from 1 per unit and kind
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    key_id = models.CharField(max_length=16, blank=True)  # of the key that sealed it

    class Meta:
        default_permissions = ()
        permissions = [("issue_document", "Can issue a document")]
        constraints = [
            models.UniqueConstraint(fields=["unit", "kind", "number"], name="document_once"),
            models.CheckConstraint(
                condition=Q(kind__in=DOCUMENT_KINDS), name="document_kind_is_known"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="document_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.unit}/{self.kind}/{self.number}"


class Seal(models.Model):
    """One signed root over the heads of every chain that moved on a day."""

    append_only = True

    number = models.PositiveIntegerField(unique=True)  # from 1, in the order of sealing
    day = models.DateField()
    subjects = models.PositiveIntegerField()
    root = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)  # root of the seal before
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")  # the heads
    signature = models.CharField(max_length=128)
    key_id = models.CharField(max_length=16)

    class Meta:
        default_permissions = ()
        permissions = [("seal_day", "Can seal the heads of a day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(number__gte=1, subjects__gte=1), name="seal_of_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number:06d}"
