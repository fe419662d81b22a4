"""Acceptance sampling: how closely a supplier's lots are looked at, and what was found in each."""

from __future__ import annotations

import json

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from packline.catalog.models import CellModel
from packline.supply.models.lots import LIMIT_CODES, Cell, CellLot
from packline.supply.states import SAMPLE, SEVERITY

LEVELS = ("S-1", "S-2", "S-3", "S-4", "I", "II", "III")
# What a sample answers: what the file of a lot does not say, and what it claims, measured again.
SAMPLE_CODES = ("visual", *LIMIT_CODES)


class SamplingScheme(models.Model):
    """How lots of one cell from one supplier are sampled, and how severely just now.

    The state is the severity of the next lot; `recent`, `refused` and `score` are what the
    switching rules of ISO 2859-1 count.
    """

    supplier = models.CharField(max_length=80)
    cell = models.ForeignKey(CellModel, on_delete=models.PROTECT, related_name="schemes")
    aql = models.CharField(max_length=8)  # percent nonconforming, one of the preferred values
    level = models.CharField(max_length=4)
    checks = models.CharField(max_length=200)  # codes of `SAMPLE_CODES`, separated by commas
    agreement_pct = models.FloatField()  # a re-measured value may differ from the claim by this
    state = models.CharField(max_length=16, default=SEVERITY.initial)
    recent = models.CharField(
        max_length=80, blank=True
    )  # "+" accepted, "-" not, the last at the end
    refused = models.PositiveIntegerField(default=0)
    score = models.PositiveIntegerField(default=0)
    why = models.CharField(max_length=200, blank=True)  # what the last lot led to

    key_relations = ("cell",)

    class Meta:
        default_permissions = ()
        permissions = [
            ("set_sampling", "Can set how the lots of a supplier are sampled"),
            ("resume_inspection", "Can resume inspection that was discontinued"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["supplier", "cell"], name="samplingscheme_once"),
            models.CheckConstraint(
                condition=SEVERITY.condition(), name="samplingscheme_state_is_declared"
            ),
            models.CheckConstraint(
                condition=Q(level__in=LEVELS), name="samplingscheme_level_is_known"
            ),
            models.CheckConstraint(
                condition=Q(agreement_pct__gt=0), name="samplingscheme_agreement_is_positive"
            ),
            models.CheckConstraint(
                condition=~Q(checks=""), name="samplingscheme_checks_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier}/{self.cell}"

    @property
    def codes(self) -> tuple[str, ...]:
        """What is looked at on each cell of a sample."""
        return tuple(self.checks.split(","))


class LotSample(models.Model):
    """The sample of a lot: the plan it is judged by, the cells that were drawn, the verdict."""

    lot = models.ForeignKey(CellLot, on_delete=models.PROTECT, related_name="samples")
    number = models.PositiveIntegerField()  # a lot that comes back is sampled again
    aql = models.CharField(max_length=8)
    level = models.CharField(max_length=4)
    severity = models.CharField(max_length=16)
    letter = models.CharField(max_length=2)  # of the plan used, after the arrows
    size = models.PositiveIntegerField()
    accept_up_to = models.PositiveIntegerField()
    reject_from = models.PositiveIntegerField()
    inspect_all = models.BooleanField()
    edition = models.CharField(max_length=120)
    checks = models.CharField(max_length=200)
    agreement_pct = models.FloatField()
    seed = models.BigIntegerField()  # the draw can be repeated: PCG64, cells by serial
    serials_text = models.TextField()  # canonical JSON: the cells drawn, by serial
    drawn_at = models.DateTimeField()
    judged_at = models.DateTimeField(null=True)
    nonconforming = models.PositiveIntegerField(null=True)
    next_severity = models.CharField(max_length=16, blank=True)
    why = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=12, default=SAMPLE.initial)

    key_relations = ("lot",)

    class Meta:
        default_permissions = ()
        permissions = [
            ("draw_sample", "Can draw the sample of a lot"),
            ("measure_sample", "Can record what was found in a sample"),
            ("judge_sample", "Can judge a lot by its sample"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["lot", "number"], name="lotsample_number_once"),
            models.UniqueConstraint(
                fields=["lot"], condition=Q(state="drawn"), name="lotsample_one_open"
            ),
            models.CheckConstraint(
                condition=SAMPLE.condition(), name="lotsample_state_is_declared"
            ),
            models.CheckConstraint(
                condition=Q(severity__in=("normal", "tightened", "reduced")),
                name="lotsample_severity_is_known",
            ),
            models.CheckConstraint(
                condition=Q(size__gte=1, reject_from__gt=F("accept_up_to")),
                name="lotsample_plan_decides",
            ),
            models.CheckConstraint(
                condition=Q(state="drawn", judged_at__isnull=True, nonconforming__isnull=True)
                | Q(
                    state="accepted",
                    judged_at__gte=F("drawn_at"),
                    nonconforming__isnull=False,
                    nonconforming__lt=F("reject_from"),
                )
                | Q(
                    state="rejected",
                    judged_at__gte=F("drawn_at"),
                    nonconforming__isnull=False,
                    nonconforming__gte=F("reject_from"),
                ),
                name="lotsample_judged_by_its_numbers",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lot}/sample/{self.number}"

    @property
    def serials(self) -> list[str]:
        """The cells that were drawn."""
        return list(json.loads(self.serials_text))

    @property
    def codes(self) -> tuple[str, ...]:
        """What is looked at on each cell."""
        return tuple(self.checks.split(","))


class SampleReading(models.Model):
    """What was found on one cell of a sample, against the limits of that moment.

    A visual check is 1 for good and 0 for not good.
    """

    append_only = True

    sample = models.ForeignKey(LotSample, on_delete=models.PROTECT, related_name="readings")
    cell = models.ForeignKey(Cell, on_delete=models.PROTECT, related_name="sample_readings")
    code = models.CharField(max_length=40)
    value = models.FloatField()
    unit_code = models.CharField(max_length=12)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    claimed_value = models.FloatField(null=True)  # by the file of the lot
    passed = models.BooleanField()
    note = models.CharField(max_length=200, blank=True)
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    virtual = models.BooleanField()

    key_relations = ("sample__lot", "cell")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["sample", "cell", "code"], name="samplereading_once"),
            models.CheckConstraint(
                condition=Q(code__in=SAMPLE_CODES), name="samplereading_code_is_known"
            ),
            models.CheckConstraint(
                condition=Q(low__isnull=False) | Q(high__isnull=False),
                name="samplereading_has_a_limit",
            ),
            models.CheckConstraint(
                condition=Q(passed=False)
                | (
                    (Q(low__isnull=True) | Q(value__gte=F("low")))
                    & (Q(high__isnull=True) | Q(value__lte=F("high")))
                ),
                name="samplereading_passes_only_within_limits",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sample}/{self.cell}/{self.code}"
