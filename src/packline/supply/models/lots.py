"""Tables of supply: lots with their file, every cell with its figures, frozen limits, holds."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from packline.catalog.models import CellModel
from packline.foundation.models import StoredFile
from packline.supply.states import CELL, LOT

__all__ = ["LIMIT_CODES", "Cell", "CellLot", "LotHold", "LotLimit"]

# The figures that incoming limits may judge; `calc.measures` says where each is stored.
LIMIT_CODES = ("cell_capacity", "cell_ocv", "cell_ac_ir", "cell_dc_resistance")


class CellLot(models.Model):
    """A delivery of cells of one model, with the file that states what was measured."""

    number = models.CharField(max_length=60, unique=True)
    supplier = models.CharField(max_length=80)
    cell = models.ForeignKey(CellModel, on_delete=models.PROTECT, related_name="lots")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    rejects = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, related_name="+", null=True
    )  # the rows that could not be read
    received_on = models.DateField()
    use_by = models.DateField(null=True)  # last day of its shelf life; None: none is stated
    row_count = models.PositiveIntegerField()  # imported
    rejected_count = models.PositiveIntegerField()
    skipped_count = models.PositiveIntegerField()  # not selected by the filter of the import
    warnings = models.TextField(blank=True)  # what looked implausible, one a line
    virtual = models.BooleanField(default=False)  # drawn from a population, not measured
    state = models.CharField(max_length=12, default=LOT.initial)

    class Meta:
        default_permissions = ()
        permissions = [
            ("receive_cells", "Can receive a lot of cells"),
            ("inspect_lot", "Can judge a lot by its incoming limits"),
            ("hold_lot", "Can put a lot on hold"),
            ("lift_lot", "Can lift a hold of a lot"),
        ]
        constraints = [
            models.CheckConstraint(condition=LOT.condition(), name="celllot_state_is_declared"),
            models.CheckConstraint(condition=~Q(number=""), name="celllot_has_a_number"),
            models.CheckConstraint(
                condition=Q(use_by__isnull=True) | Q(use_by__gte=F("received_on")),
                name="celllot_is_received_before_its_last_day",
            ),
            models.CheckConstraint(
                condition=Q(rejected_count=0, rejects__isnull=True)
                | Q(rejected_count__gte=1, rejects__isnull=False),
                name="celllot_keeps_its_reject_file",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Cell(models.Model):
    """One cell as it was measured at receipt, and what became of it. AC and DC are not mixed."""

    serial = models.CharField(max_length=60, unique=True)
    lot = models.ForeignKey(CellLot, on_delete=models.PROTECT, related_name="cells")
    sublot = models.CharField(max_length=60, blank=True)
    row_number = models.PositiveIntegerField()  # line of the lot's file
    capacity_ah = models.FloatField()
    ocv_v = models.FloatField()
    ac_ir_mohm = models.FloatField(null=True)  # at 1 kHz
    dc_resistance_mohm = models.FloatField(null=True)  # from a current pulse
    made_on = models.DateField(null=True)
    state = models.CharField(max_length=12, default=CELL.initial)
    reason = models.CharField(max_length=300, blank=True)  # why it is quarantined, scrapped, ...

    class Meta:
        default_permissions = ()
        permissions = [
            ("allot_cells", "Can allot cells to a unit"),
            ("install_cells", "Can install allotted cells"),
            ("remove_cells", "Can remove installed cells"),
            ("restock_cells", "Can put allotted or removed cells back into stock"),
            ("quarantine_cells", "Can quarantine cells"),
            ("concede_cells", "Can accept quarantined cells by concession"),
            ("dispose_cells", "Can scrap or return cells"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["lot", "row_number"], name="cell_once_per_row"),
            models.CheckConstraint(condition=CELL.condition(), name="cell_state_is_declared"),
            models.CheckConstraint(condition=~Q(serial=""), name="cell_has_a_serial"),
            models.CheckConstraint(condition=Q(row_number__gte=1), name="cell_row_from_one"),
            models.CheckConstraint(condition=Q(capacity_ah__gt=0), name="cell_holds_charge"),
            models.CheckConstraint(condition=Q(ocv_v__gte=0), name="cell_is_not_reversed"),
            models.CheckConstraint(
                condition=(Q(ac_ir_mohm__isnull=True) | Q(ac_ir_mohm__gt=0))
                & (Q(dc_resistance_mohm__isnull=True) | Q(dc_resistance_mohm__gt=0)),
                name="cell_resistance_is_positive",
            ),
            models.CheckConstraint(
                condition=Q(ac_ir_mohm__isnull=False) | Q(dc_resistance_mohm__isnull=False),
                name="cell_has_a_resistance",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["quarantined", "scrapped", "returned"]) | ~Q(reason=""),
                name="cell_is_not_set_aside_without_reason",
            ),
        ]
        indexes = [models.Index(fields=["lot", "state"], name="cell_by_lot_and_state")]

    def __str__(self) -> str:
        return self.serial


class LotLimit(models.Model):
    """An incoming limit as it was when the lot was judged by it. Never changed."""

    append_only = True

    lot = models.ForeignKey(CellLot, on_delete=models.PROTECT, related_name="limits")
    code = models.CharField(max_length=40)
    unit_code = models.CharField(max_length=12)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    basis = models.CharField(max_length=200)  # where the limit comes from
    n_checked = models.PositiveIntegerField()
    n_out = models.PositiveIntegerField()

    key_relations = ("lot",)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["lot", "code"], name="lotlimit_once_per_code"),
            models.CheckConstraint(
                condition=Q(code__in=LIMIT_CODES), name="lotlimit_code_is_known"
            ),
            models.CheckConstraint(
                condition=Q(low__isnull=False) | Q(high__isnull=False), name="lotlimit_limits"
            ),
            models.CheckConstraint(
                condition=Q(low__isnull=True) | Q(high__isnull=True) | Q(low__lte=F("high")),
                name="lotlimit_low_is_not_above_high",
            ),
            models.CheckConstraint(
                condition=Q(n_out__lte=F("n_checked")), name="lotlimit_counts_fit"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lot}/limit/{self.code}"


class LotHold(models.Model):
    """That nothing of a lot may be used, why, and until when."""

    lot = models.ForeignKey(CellLot, on_delete=models.PROTECT, related_name="holds")
    number = models.PositiveIntegerField()
    reason = models.CharField(max_length=300)
    cause = models.CharField(max_length=160)  # the record behind it: "quality.nonconformance:NC-7"
    placed_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_because = models.CharField(max_length=300, blank=True)

    key_relations = ("lot",)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["lot", "number"], name="lothold_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="lothold_counts_from_one"),
            models.CheckConstraint(condition=~Q(reason=""), name="lothold_has_a_reason"),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_because="")
                | (
                    Q(lifted_at__isnull=False, lifted_at__gte=F("placed_at"))
                    & ~Q(lifted_because="")
                ),
                name="lothold_lifted_later_and_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lot}/hold/{self.number}"
