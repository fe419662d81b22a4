"""What stops a unit, and what lets a departure from its limits pass."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from packline.process.models import Characteristic
from packline.production.models.order import Unit
from packline.production.models.step import Step


class Hold(models.Model):
    """A stop on a unit, with what caused it; the unit goes on when none is left."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="holds")
    number = models.PositiveIntegerField()
    reason = models.CharField(max_length=300)
    cause = models.CharField(max_length=160)  # key of what caused it: a step, a nonconformance
    was = models.CharField(max_length=12)  # the unit's state before its first open hold
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True)
    lifted_because = models.CharField(max_length=300, blank=True)

    key_relations = ("unit",)

    class Meta:
        default_permissions = ()
        permissions = [("hold_unit", "Can hold a unit"), ("lift_hold", "Can lift a hold")]
        constraints = [
            models.UniqueConstraint(fields=["unit", "number"], name="hold_once"),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True) | Q(lifted_at__gte=F("placed_at")),
                name="hold_lifted_after_placed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}/hold/{self.number}"


class PartHold(models.Model):
    """A stop on a part by its number, and so on every unit that it is in, or would go into."""

    kind = models.CharField(max_length=20)  # cell, bms, group, a lot of something ...
    part = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    reason = models.CharField(max_length=300)
    cause = models.CharField(max_length=160)
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True)
    lifted_because = models.CharField(max_length=300, blank=True)

    class Meta:
        default_permissions = ()
        permissions = [("hold_part", "Can hold a part"), ("lift_part", "Can lift a part's hold")]
        constraints = [
            models.UniqueConstraint(fields=["kind", "part", "number"], name="parthold_once"),
            models.CheckConstraint(
                condition=~Q(kind="") & ~Q(part="") & ~Q(reason=""), name="parthold_says_why"
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True) | Q(lifted_at__gte=F("placed_at")),
                name="parthold_lifted_after_placed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["part"], condition=Q(lifted_at__isnull=True), name="parthold_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.part}/hold/{self.number}"


class Deviation(models.Model):
    """A signed concession: failed readings of one step and characteristic are accepted."""

    append_only = True

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="deviations")
    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="deviations")
    characteristic = models.ForeignKey(
        Characteristic, on_delete=models.PROTECT, related_name="deviations"
    )
    reason = models.CharField(max_length=500)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    signed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    statement = models.TextField()  # what was signed, word for word
    signature = models.CharField(max_length=128)  # Ed25519 of the site over the statement, hex
    key_id = models.CharField(max_length=16)

    key_relations = ("step__unit", "step__operation", "characteristic")

    class Meta:
        default_permissions = ()
        permissions = [("sign_deviation", "Can sign a deviation")]
        constraints = [
            models.UniqueConstraint(fields=["step", "characteristic"], name="deviation_once"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("signed_at")), name="deviation_expires_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step}/{self.characteristic.code}/deviation"
