"""What was done to a unit, and what was measured while doing it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from packline.foundation.models import StoredFile
from packline.process.models import Characteristic, Operation, Recipe
from packline.production.models.order import Unit
from packline.production.states import STEP
from packline.resources.models import Gauge, GaugeStudy, Station


def _within(low: str, high: str, least: str = "value", greatest: str = "value") -> Q:
    return (Q(**{f"{low}__isnull": True}) | Q(**{f"{least}__gte": F(low)})) & (
        Q(**{f"{high}__isnull": True}) | Q(**{f"{greatest}__lte": F(high)})
    )


# Acceptance limits lie inside the limits, and only where there is a study that sets them so.
GUARDED = (
    (Q(accept_low__isnull=True) | Q(low__isnull=False, accept_low__gte=F("low")))
    & (Q(accept_high__isnull=True) | Q(high__isnull=False, accept_high__lte=F("high")))
    & (
        Q(accept_low__isnull=True)
        | Q(accept_high__isnull=True)
        | Q(accept_low__lte=F("accept_high"))
    )
    & (Q(accept_low__isnull=True, accept_high__isnull=True) | Q(guard_study__isnull=False))
    & (Q(guard_study__isnull=True) | Q(gauge__isnull=False))
)


class Step(models.Model):
    """One attempt at one operation on one unit."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="steps")
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="steps")
    attempt = models.PositiveIntegerField()
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="steps"
    )
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="steps")
    recipe = models.ForeignKey(
        Recipe, on_delete=models.PROTECT, related_name="steps", null=True
    )  # what the machine had loaded
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=12, default=STEP.initial)

    key_relations = ("unit", "operation")

    class Meta:
        default_permissions = ()
        permissions = [
            ("start_step", "Can start a step"),
            ("finish_step", "Can finish a step"),
            ("take_readings", "Can take readings"),
            ("reopen_operation", "Can have an operation repeated"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["unit", "operation", "attempt"], name="step_once"),
            models.CheckConstraint(condition=STEP.condition(), name="step_state_is_declared"),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=F("started_at")),
                name="step_finished_after_started",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}/{self.operation.number}-{self.operation.code}/{self.attempt}"


class Reading(models.Model):
    """One measured value, with the limits that applied when it was taken."""

    append_only = True

    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="readings")
    characteristic = models.ForeignKey(
        Characteristic, on_delete=models.PROTECT, related_name="readings"
    )
    position = models.PositiveIntegerField(default=0)  # group, fastener ... from 1; 0: the pack
    value = models.FloatField()
    unit_code = models.CharField(max_length=12)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    accept_low = models.FloatField(null=True)  # less the guard band of the gauge; None: as `low`
    accept_high = models.FloatField(null=True)
    passed = models.BooleanField()
    gauge = models.ForeignKey(Gauge, on_delete=models.PROTECT, related_name="readings", null=True)
    guard_study = models.ForeignKey(
        GaugeStudy, on_delete=models.PROTECT, related_name="+", null=True
    )  # where the guard band comes from; None: the gauge's error is unknown
    characteristic_revision = models.CharField(max_length=12)
    program_version = models.CharField(max_length=40)  # of what took the reading
    taken_at = models.DateTimeField()
    virtual = models.BooleanField()

    key_relations = ("step__unit", "step__operation", "characteristic")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["step", "characteristic", "position"], name="reading_once"
            ),
            models.CheckConstraint(
                condition=Q(low__isnull=False) | Q(high__isnull=False), name="reading_has_a_limit"
            ),
            models.CheckConstraint(
                condition=Q(low__isnull=True) | Q(high__isnull=True) | Q(low__lte=F("high")),
                name="reading_limits_in_order",
            ),
            models.CheckConstraint(
                condition=Q(passed=False)
                | (_within("low", "high") & _within("accept_low", "accept_high")),
                name="reading_passes_only_within_limits",
            ),
            models.CheckConstraint(condition=GUARDED, name="reading_guarded_by_a_study"),
        ]

    def __str__(self) -> str:
        return f"{self.step}/{self.characteristic.code}/{self.position}"

    @property
    def judged_low(self) -> float | None:
        """The lower limit of the verdict: less the guard band, if there is one."""
        return self.low if self.accept_low is None else self.accept_low

    @property
    def judged_high(self) -> float | None:
        """The upper limit of the verdict: less the guard band, if there is one."""
        return self.high if self.accept_high is None else self.accept_high


class JointSet(models.Model):
    """Joints of one step in one quantity: the values in a file, what is asked for here."""

    append_only = True

    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="joint_sets")
    characteristic = models.ForeignKey(
        Characteristic, on_delete=models.PROTECT, related_name="joint_sets"
    )
    batch = models.PositiveIntegerField(default=1)  # a welder may hand over its log in parts
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    waveform = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, related_name="+", null=True
    )  # curves of these joints as the machine wrote them
    column = models.CharField(max_length=40)  # of the Parquet file
    n = models.PositiveIntegerField()
    n_failed = models.PositiveIntegerField()
    unit_code = models.CharField(max_length=12)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    accept_low = models.FloatField(null=True)  # less the guard band of the gauge; None: as `low`
    accept_high = models.FloatField(null=True)
    least_value = models.FloatField()
    median_value = models.FloatField()
    greatest_value = models.FloatField()
    worst_position = models.PositiveIntegerField()  # row of the file, from 1
    gauge = models.ForeignKey(Gauge, on_delete=models.PROTECT, related_name="+", null=True)
    guard_study = models.ForeignKey(
        GaugeStudy, on_delete=models.PROTECT, related_name="+", null=True
    )  # where the guard band comes from; None: the gauge's error is unknown
    characteristic_revision = models.CharField(max_length=12)
    program_version = models.CharField(max_length=40)
    taken_at = models.DateTimeField()
    virtual = models.BooleanField()

    key_relations = ("step__unit", "step__operation", "characteristic")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["step", "characteristic", "batch"], name="joints_once"
            ),
            models.CheckConstraint(
                condition=Q(n__gte=1, batch__gte=1) & Q(n_failed__lte=F("n")),
                name="joints_counted",
            ),
            models.CheckConstraint(
                condition=Q(n_failed__gt=0)
                | (
                    _within("low", "high", "least_value", "greatest_value")
                    & _within("accept_low", "accept_high", "least_value", "greatest_value")
                ),
                name="joints_pass_only_within_limits",
            ),
            models.CheckConstraint(condition=GUARDED, name="joints_guarded_by_a_study"),
        ]

    def __str__(self) -> str:
        more = f"/{self.batch}" if self.batch > 1 else ""
        return f"{self.step}/{self.characteristic.code}/joints{more}"

    @property
    def passed(self) -> bool:
        """Whether every joint is within its limits."""
        return self.n_failed == 0

    @property
    def judged_low(self) -> float | None:
        """The lower limit of the verdict: less the guard band, if there is one."""
        return self.low if self.accept_low is None else self.accept_low

    @property
    def judged_high(self) -> float | None:
        """The upper limit of the verdict: less the guard band, if there is one."""
        return self.high if self.accept_high is None else self.accept_high
