"""Tables of quality: what was found not to be as it should be, and what was decided."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from packline.production.models import Hold, Step, Unit
from packline.quality.states import DISPOSITIONS, NONCONFORMANCE
from packline.supply.models import Cell, CellLot

__all__ = ["Nonconformance", "NonconformingCell"]

DECIDED = ("dispositioned", "closed")


class Nonconformance(models.Model):
    """A unit or a lot that is not as it should be: found, contained, decided on, closed."""

    number = models.CharField(max_length=12, unique=True)  # "NC-000001"
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="nonconformances", null=True
    )
    lot = models.ForeignKey(
        CellLot, on_delete=models.PROTECT, related_name="nonconformances", null=True
    )
    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="+", null=True)
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="+", null=True)
    defect_code = models.CharField(max_length=40)
    title = models.CharField(max_length=300)
    cause = models.CharField(max_length=200, unique=True)  # the event that it follows from
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    containment = models.CharField(max_length=300, blank=True)
    disposition = models.CharField(max_length=20, blank=True)
    justification = models.CharField(max_length=500, blank=True)
    disposed_at = models.DateTimeField(null=True)
    disposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    statement = models.TextField(blank=True)  # what was signed, word for word
    signature = models.CharField(max_length=128, blank=True)  # Ed25519, hexadecimal
    key_id = models.CharField(max_length=16, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    closing_note = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=16, default=NONCONFORMANCE.initial)

    class Meta:
        default_permissions = ()
        permissions = [
            ("open_nonconformance", "Can open a nonconformance"),
            ("contain_nonconformance", "Can state how a nonconformance is contained"),
            ("dispose_nonconformance", "Can decide what becomes of a nonconforming unit or lot"),
            ("close_nonconformance", "Can close a nonconformance"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=NONCONFORMANCE.condition(), name="nonconformance_state_is_declared"
            ),
            models.CheckConstraint(
                condition=Q(unit__isnull=False, lot__isnull=True)
                | Q(unit__isnull=True, lot__isnull=False),
                name="nonconformance_of_a_unit_or_a_lot",
            ),
            models.CheckConstraint(
                condition=~Q(defect_code="") & ~Q(title="") & ~Q(cause=""),
                name="nonconformance_says_what_and_why",
            ),
            models.CheckConstraint(
                condition=Q(state="open") | ~Q(containment=""),
                name="nonconformance_contained_somehow",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=DECIDED)
                | (
                    Q(
                        disposition__in=DISPOSITIONS,
                        disposed_at__gte=F("opened_at"),
                        disposed_by__isnull=False,
                    )
                    & ~Q(justification="")
                    & ~Q(signature="")
                ),
                name="nonconformance_decided_by_signature",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed")
                | Q(closed_at__gte=F("disposed_at"), closed_by__isnull=False),
                name="nonconformance_closed_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["state", "opened_at"], name="nonconformance_open")]

    def __str__(self) -> str:
        return self.number


class NonconformingCell(models.Model):
    """A cell that a nonconformance is about, with the figure that put it there."""

    append_only = True

    nonconformance = models.ForeignKey(
        Nonconformance, on_delete=models.PROTECT, related_name="cells"
    )
    cell = models.ForeignKey(Cell, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)  # of the incoming limit
    value = models.FloatField()
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    unit_code = models.CharField(max_length=12)

    key_relations = ("nonconformance", "cell")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["nonconformance", "cell", "code"], name="nonconforming_cell_once"
            ),
            models.CheckConstraint(
                condition=Q(low__isnull=False, value__lt=F("low"))
                | Q(high__isnull=False, value__gt=F("high")),
                name="nonconforming_cell_is_out_of_its_limits",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.nonconformance}/{self.cell}/{self.code}"
