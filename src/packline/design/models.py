"""Tables of design: studies with all they tried, and designs with the limits that follow."""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.db.models import F, Q

from packline.catalog.models import CellModel
from packline.design.states import DESIGN, STUDY
from packline.requirements.models import Program

KINDS = (
    "interconnect",
    "fuse",
    "bms",
    "incoming",
    "matching",
    "weld",
    "torque",
    "ageing",
    "eol",
)


class Study(models.Model):
    """One search over the catalogue for packs that meet a program's requirements."""

    key_relations = ("program",)

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="studies")
    number = models.PositiveIntegerField()
    objective = models.CharField(max_length=12)
    targets_text = models.TextField()  # canonical JSON, SI: what was searched for
    state = models.CharField(max_length=12, default=STUDY.initial)

    class Meta:
        default_permissions = ()
        permissions = [("study_designs", "Can search for designs")]
        constraints = [
            models.UniqueConstraint(fields=["program", "number"], name="study_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="study_counts_from_one"),
            models.CheckConstraint(condition=STUDY.condition(), name="study_state_is_declared"),
        ]

    def __str__(self) -> str:
        return f"{self.program}/study/{self.number}"

    @property
    def targets(self) -> dict[str, Any]:
        """What was searched for, in SI: {"targets": ..., "refs": target -> requirements}."""
        return dict(json.loads(self.targets_text))


class Candidate(models.Model):
    """One cell in one series-parallel arrangement: ranked, or rejected with the reason."""

    key_relations = ("study__program", "cell")

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="candidates")
    cell = models.ForeignKey(CellModel, on_delete=models.PROTECT, related_name="candidates")
    sheet_sha256 = models.CharField(max_length=64)  # of the sheet that was searched with
    series = models.PositiveIntegerField()
    parallel = models.PositiveIntegerField()
    feasible = models.BooleanField()
    rank = models.PositiveIntegerField(null=True)
    score = models.FloatField(null=True)
    unit_code = models.CharField(max_length=8)  # of the score
    binding = models.CharField(max_length=40)  # what rejects it, or what is tightest
    margin_ratio = models.FloatField(null=True)  # of the binding limit; null: not stated
    reason = models.TextField()
    assumptions = models.TextField(blank=True)
    energy_wh = models.FloatField()
    capacity_ah = models.FloatField()
    nominal_voltage_v = models.FloatField()
    max_voltage_v = models.FloatField()
    min_voltage_v = models.FloatField()
    continuous_current_a = models.FloatField(null=True)
    peak_current_a = models.FloatField(null=True)
    charge_current_a = models.FloatField(null=True)
    mass_kg = models.FloatField(null=True)
    volume_l = models.FloatField(null=True)
    interconnect_mohm = models.FloatField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["study", "cell", "series", "parallel"], name="candidate_once_per_study"
            ),
            models.UniqueConstraint(fields=["study", "rank"], name="candidate_rank_once"),
            models.CheckConstraint(
                condition=Q(feasible=True, rank__isnull=False)
                | Q(feasible=False, rank__isnull=True),
                name="candidate_ranked_if_feasible",
            ),
            models.CheckConstraint(
                condition=Q(series__gte=1, parallel__gte=1), name="candidate_has_cells"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.study}/{self.cell}/{self.series}S{self.parallel}P"


class Course(models.Model):
    """What a candidate does under load, simulated; all empty where it could not be."""

    append_only = True
    key_relations = ("candidate__study__program", "candidate__cell")

    candidate = models.OneToOneField(Candidate, on_delete=models.PROTECT, related_name="course")
    front = models.BooleanField()  # feasible, and no other feasible one beats it in everything
    identified = models.BooleanField()  # its circuit comes from tests of the cell, not the sheet
    energy_c5_wh = models.FloatField(null=True)
    energy_c1_wh = models.FloatField(null=True)
    sag_v = models.FloatField(null=True)  # under the peak, at half charge
    peak_voltage_v = models.FloatField(null=True)
    rise_k = models.FloatField(null=True)  # under the continuous current, from full to empty
    spread_k = models.FloatField(null=True)
    limit_after_s = models.FloatField(null=True)  # until the sheet's warmest; null: never
    retention_ratio = models.FloatField(null=True)
    curves_text = models.TextField(blank=True)  # canonical JSON, see calc.courses
    notes = models.TextField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(energy_c5_wh__isnull=True, energy_c1_wh__isnull=True, front=False)
                | Q(
                    energy_c5_wh__isnull=False,
                    energy_c1_wh__isnull=False,
                    energy_c5_wh__gt=0,
                    energy_c1_wh__gt=0,
                ),
                name="course_was_run_or_not",
            ),
            models.CheckConstraint(condition=~Q(notes=""), name="course_says_what_it_rests_on"),
        ]

    def __str__(self) -> str:
        return f"{self.candidate}/course"


class Design(models.Model):
    """A pack as it is to be built: cell, arrangement, figures; released once, then superseded."""

    key_relations = ("program",)

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="designs")
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="designs")
    revision = models.PositiveIntegerField()
    cell = models.ForeignKey(CellModel, on_delete=models.PROTECT, related_name="designs")
    series = models.PositiveIntegerField()
    parallel = models.PositiveIntegerField()
    figures_text = models.TextField()  # canonical JSON, see the property `figures`
    state = models.CharField(max_length=12, default=DESIGN.initial)

    class Meta:
        default_permissions = ()
        permissions = [("release_design", "Can release a design")]
        constraints = [
            models.UniqueConstraint(fields=["program", "revision"], name="design_revision_once"),
            models.UniqueConstraint(
                fields=["program"],
                condition=Q(state="released"),
                name="design_released_once_per_program",
            ),
            models.CheckConstraint(
                condition=Q(series__gte=1, parallel__gte=1, revision__gte=1),
                name="design_has_cells",
            ),
            models.CheckConstraint(condition=DESIGN.condition(), name="design_state_is_declared"),
        ]

    def __str__(self) -> str:
        return f"{self.program}/design/{self.revision}"

    @property
    def figures(self) -> dict[str, Any]:
        """What the pack has: quantity -> {"si", "value", "unit", "note"}; si null: not stated."""
        return dict(json.loads(self.figures_text)["figures"])

    @property
    def assumptions(self) -> list[str]:
        """Where a figure rests on a convention or a derivation instead of the maker's word."""
        return list(json.loads(self.figures_text)["assumptions"])


class DesignLimit(models.Model):
    """One limit that follows from a design; the control plan and the BMS take it from here."""

    key_relations = ("design__program",)

    design = models.ForeignKey(Design, on_delete=models.PROTECT, related_name="limits")
    code = models.CharField(max_length=40)
    kind = models.CharField(max_length=12)
    quantity = models.CharField(max_length=120)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    target = models.FloatField(null=True)
    alarm = models.FloatField(null=True)
    trip = models.FloatField(null=True)
    delay_s = models.FloatField(null=True)
    release = models.FloatField(null=True)
    unit_code = models.CharField(max_length=8)
    reason = models.TextField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["design", "code"], name="designlimit_code_once"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="designlimit_kind_is_known"),
            models.CheckConstraint(
                condition=Q(low__isnull=True) | Q(high__isnull=True) | Q(low__lte=F("high")),
                name="designlimit_in_order",
            ),
            models.CheckConstraint(
                condition=Q(low__isnull=False)
                | Q(high__isnull=False)
                | Q(target__isnull=False)
                | Q(trip__isnull=False),
                name="designlimit_says_something",
            ),
            models.CheckConstraint(
                condition=Q(delay_s__isnull=True) | Q(delay_s__gte=0),
                name="designlimit_delay_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.design}/{self.code}"
