"""The reports that were written."""

from __future__ import annotations

from django.db import models

from packline.foundation.models import StoredFile
from packline.production.models import Order


class Report(models.Model):
    """A report of an order as it stood at one moment."""

    append_only = True

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="reports")
    number = models.PositiveIntegerField()
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    key_relations = ("order",)

    class Meta:
        default_permissions = ()
        permissions = [("write_report", "Can write a report of an order")]
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="report_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.order}/report/{self.number}"
