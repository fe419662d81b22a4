"""What a unit must show as it was built, beside what it showed; and what was accepted of it."""

from __future__ import annotations

import json

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value

from packline.production.models.order import Unit
from packline.production.models.step import Step
from packline.production.states import TWIN_STAGES


class Twin(models.Model):
    """One simulation of a unit from its own cells and joints, as they were known then."""

    append_only = True

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="twins")
    number = models.PositiveIntegerField()  # of the unit, from 1
    stage = models.CharField(max_length=12)  # matched, welded, tested
    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="twins", null=True)
    method = models.CharField(max_length=12)  # circuit, simulator
    model_version = models.CharField(max_length=40)
    parameter_set = models.CharField(max_length=60, blank=True)
    parameter_sha256 = models.CharField(max_length=64, blank=True)
    inputs_sha256 = models.CharField(max_length=64)  # of cells, joints, links and readings
    coverage_ratio = models.FloatField()  # tolerance over standard uncertainty
    not_predicted = models.TextField(blank=True)  # a line for each thing that cannot be said
    passed = models.BooleanField()  # no residual out of its tolerance
    simulated_at = models.DateTimeField()

    key_relations = ("unit",)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["unit", "number"], name="twin_once"),
            models.CheckConstraint(condition=Q(stage__in=TWIN_STAGES), name="twin_stage_is_known"),
            models.CheckConstraint(
                condition=Q(stage="matched") | Q(step__isnull=False), name="twin_is_of_a_step"
            ),
            models.CheckConstraint(
                condition=Q(coverage_ratio__gt=0), name="twin_tolerance_covers_something"
            ),
            models.CheckConstraint(
                condition=Q(method="circuit", parameter_sha256="")
                | Q(method="simulator") & ~Q(parameter_sha256=""),
                name="twin_simulated_with_a_parameter_set",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}/twin/{self.number}"


class TwinFigure(models.Model):
    """One quantity at one place: predicted, measured where it was, and what is left between."""

    append_only = True

    twin = models.ForeignKey(Twin, on_delete=models.PROTECT, related_name="figures")
    code = models.CharField(max_length=40)  # of the characteristic that measures it
    position = models.PositiveIntegerField()  # group from 1; 0: the pack
    unit_code = models.CharField(max_length=12)
    predicted = models.FloatField()
    measured = models.FloatField(null=True)
    shift = models.FloatField(null=True)  # what the other groups show of errors that all share
    residual = models.FloatField(null=True)  # measured less predicted less shift
    tolerance = models.FloatField(null=True)
    one_way = models.BooleanField(default=False)  # predicted is a bound: less is no surprise
    agrees = models.BooleanField(null=True)
    parts_text = models.TextField(blank=True)  # JSON: standard uncertainty by source of error

    key_relations = ("twin__unit",)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["twin", "code", "position"], name="twinfigure_once"),
            models.CheckConstraint(
                condition=Q(
                    measured__isnull=True,
                    shift__isnull=True,
                    residual__isnull=True,
                    tolerance__isnull=True,
                    agrees__isnull=True,
                )
                | Q(
                    measured__isnull=False,
                    shift__isnull=False,
                    residual__isnull=False,
                    tolerance__gt=0,
                    agrees__isnull=False,
                ),
                name="twinfigure_compared_or_not",
            ),
            models.CheckConstraint(
                condition=~Q(agrees=True)
                | Q(residual__lte=F("tolerance"))
                & (Q(one_way=True) | Q(residual__gte=Value(0.0) - F("tolerance"))),
                name="twinfigure_agrees_only_within_tolerance",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.twin}/{self.code}/{self.position}"

    @property
    def expected(self) -> float:
        """What was to be read: predicted, and what the others show of errors that all share."""
        return float(self.predicted + (self.shift or 0.0))

    @property
    def parts(self) -> dict[str, float]:
        """Standard uncertainty of the residual, by source of error."""
        return dict(json.loads(self.parts_text or "{}"))


class TwinConcession(models.Model):
    """A signed acceptance of what one simulation could not explain of a unit."""

    append_only = True

    twin = models.OneToOneField(Twin, on_delete=models.PROTECT, related_name="concession")
    reason = models.CharField(max_length=500)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    signed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    statement = models.TextField()  # what was signed, word for word
    signature = models.CharField(max_length=128)  # Ed25519 of the site over the statement, hex
    key_id = models.CharField(max_length=16)

    key_relations = ("twin__unit",)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("signed_at")), name="twinconcession_expires_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.twin}/concession"
