"""People: who was trained for what."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Qualification(models.Model):
    """That a person was trained for an operation by one revision of its instruction."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="qualifications"
    )
    operation_code = models.CharField(max_length=20)
    instruction_revision = models.PositiveIntegerField(default=1)  # that the training was on
    granted_on = models.DateField()
    expires_on = models.DateField()

    key_relations = ("person",)

    class Meta:
        default_permissions = ()
        permissions = [("qualify_person", "Can qualify a person for an operation")]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "operation_code", "instruction_revision", "granted_on"],
                name="qualification_once_a_day",
            ),
            models.CheckConstraint(
                condition=Q(instruction_revision__gte=1), name="qualification_is_on_a_revision"
            ),
            models.CheckConstraint(
                condition=Q(expires_on__gt=F("granted_on")), name="qualification_expires_later"
            ),
        ]

    def __str__(self) -> str:
        revision = f"@{self.instruction_revision}" if self.instruction_revision > 1 else ""
        return f"{self.person}/{self.operation_code}{revision}/{self.granted_on}"
