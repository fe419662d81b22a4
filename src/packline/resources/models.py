"""Tables of resources. What has lapsed blocks: the gate of production reads them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Station(models.Model):
    """A place on the line where operations of one kind are done."""

    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=30)
    virtual = models.BooleanField()

    class Meta:
        default_permissions = ()
        permissions = [("register_station", "Can register a station")]

    def __str__(self) -> str:
        return self.code


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


class Qualification(models.Model):
    """That a person was trained for an operation, and until when that holds."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="qualifications"
    )
    operation_code = models.CharField(max_length=20)
    granted_on = models.DateField()
    expires_on = models.DateField()

    key_relations = ("person",)

    class Meta:
        default_permissions = ()
        permissions = [("qualify_person", "Can qualify a person for an operation")]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "operation_code", "granted_on"], name="qualification_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(expires_on__gt=F("granted_on")), name="qualification_expires_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}/{self.operation_code}/{self.granted_on}"
