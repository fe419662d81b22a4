"""What was lost of a lot of parts: damaged, spilt, past its use."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from packline.production.models.genealogy import Part


class LotScrap(models.Model):
    """That some of what was left of a lot is never used, and why."""

    append_only = True

    lot = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="scraps")
    number = models.PositiveIntegerField()
    quantity = models.BigIntegerField()  # in the base unit of the lot
    reason = models.CharField(max_length=300)
    scrapped_at = models.DateTimeField()
    scrapped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    key_relations = ("lot",)

    class Meta:
        default_permissions = ()
        permissions = [("scrap_lot", "Can scrap some of a lot of parts")]
        constraints = [
            models.UniqueConstraint(fields=["lot", "number"], name="lotscrap_once"),
            models.CheckConstraint(
                condition=Q(number__gte=1, quantity__gte=1) & ~Q(reason=""),
                name="lotscrap_is_of_something_and_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lot}/scrap/{self.number}"
