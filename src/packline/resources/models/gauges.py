"""Gauges: what readings are taken with."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Gauge(models.Model):
    """An instrument that readings are taken with, and until when its calibration holds."""

    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=30)
    calibrated_on = models.DateField()
    due_on = models.DateField()
    virtual = models.BooleanField()

    class Meta:
        default_permissions = ()
        permissions = [("register_gauge", "Can register a gauge")]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__gt=F("calibrated_on")), name="gauge_due_after_calibration"
            )
        ]

    def __str__(self) -> str:
        return self.code
