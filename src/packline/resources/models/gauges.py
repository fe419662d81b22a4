"""Gauges, what readings are taken with, and each of their calibrations."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from packline.foundation.models import StoredFile
from packline.resources.states import AS_FOUND, AS_LEFT, EQUIPMENT, OUT_OF_TOLERANCE


class Gauge(models.Model):
    """An instrument that readings are taken with, and until when its calibration holds."""

    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=30)
    calibrated_on = models.DateField()  # of the last calibration that left it in tolerance
    due_on = models.DateField()
    virtual = models.BooleanField()
    state = models.CharField(max_length=16, default=EQUIPMENT.initial)
    state_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        default_permissions = ()
        permissions = [
            ("register_gauge", "Can register a gauge"),
            ("recall_gauge", "Can recall a gauge or take it out of service"),
            ("return_gauge", "Can put a gauge back into service"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__gt=F("calibrated_on")), name="gauge_due_after_calibration"
            ),
            models.CheckConstraint(
                condition=EQUIPMENT.condition(), name="gauge_state_is_declared"
            ),
            models.CheckConstraint(
                condition=Q(state="in_service") | ~Q(state_reason=""),
                name="gauge_is_not_set_aside_without_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Calibration(models.Model):
    """One calibration of a gauge: how it was found, how it was left, and until when it holds."""

    append_only = True

    gauge = models.ForeignKey(Gauge, on_delete=models.PROTECT, related_name="calibrations")
    number = models.PositiveIntegerField()
    calibrated_on = models.DateField()
    due_on = models.DateField()
    as_found = models.CharField(max_length=16)
    as_left = models.CharField(max_length=16)
    laboratory = models.CharField(max_length=80, blank=True)  # who calibrated it
    note = models.CharField(max_length=300, blank=True)
    certificate = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, related_name="+", null=True
    )

    key_relations = ("gauge",)

    class Meta:
        default_permissions = ()
        permissions = [("calibrate_gauge", "Can record the calibration of a gauge")]
        constraints = [
            models.UniqueConstraint(fields=["gauge", "number"], name="calibration_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="calibration_from_one"),
            models.CheckConstraint(
                condition=Q(due_on__gt=F("calibrated_on")), name="calibration_holds_for_a_while"
            ),
            models.CheckConstraint(
                condition=Q(as_found__in=AS_FOUND) & Q(as_left__in=AS_LEFT),
                name="calibration_finding_is_known",
            ),
        ]
        indexes = [models.Index(fields=["gauge", "calibrated_on"], name="calibration_by_day")]

    def __str__(self) -> str:
        return f"{self.gauge}/calibration/{self.number}"

    @property
    def result(self) -> str:
        """Whether the gauge passed as it was, had to be adjusted, or failed."""
        if self.as_left == OUT_OF_TOLERANCE:
            return "failed"
        return "adjusted" if self.as_found == OUT_OF_TOLERANCE else "passed"
