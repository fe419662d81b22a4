"""Limits that were frozen for a stream of points, and how far that stream has come."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from packline.process.models import Characteristic
from packline.production.models import Step
from packline.resources.models import Gauge, Station

__all__ = ["ControlLimits", "LimitsPoint", "StreamState"]


class ControlLimits(models.Model):
    """Limits of a control chart as somebody froze them: one version of one stream.

    A stream is a characteristic at a station and by a gauge; an empty one means every one that
    has no stream of its own. A new version supersedes the one before it.
    """

    number = models.CharField(max_length=12, unique=True)  # "CL-000001"
    characteristic = models.ForeignKey(
        Characteristic, on_delete=models.PROTECT, related_name="control_limits"
    )
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+", null=True)
    gauge = models.ForeignKey(Gauge, on_delete=models.PROTECT, related_name="+", null=True)
    stream = models.CharField(max_length=120)  # "station|gauge", by which versions are counted
    version = models.PositiveIntegerField()
    kind = models.CharField(max_length=12)
    rules = models.CharField(max_length=40)  # codes of those that ask for a reaction
    baseline_text = models.TextField()  # `packcalc` reads it back to the last digit
    reason = models.CharField(max_length=500)
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        permissions = [
            ("freeze_limits", "Can freeze the limits of a control chart"),
            ("judge_point", "Can have points judged by frozen limits"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["characteristic", "stream", "version"], name="limits_version_once"
            ),
            models.UniqueConstraint(
                fields=["characteristic", "stream"],
                condition=Q(superseded_at__isnull=True),
                name="limits_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1) & ~Q(reason="") & ~Q(rules="") & ~Q(baseline_text=""),
                name="limits_say_why",
            ),
            models.CheckConstraint(
                condition=Q(superseded_at__isnull=True) | Q(superseded_at__gte=F("frozen_at")),
                name="limits_superseded_after_frozen",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class LimitsPoint(models.Model):
    """A point that frozen limits were found from, or one that did not count, and why."""

    append_only = True

    limits = models.ForeignKey(ControlLimits, on_delete=models.PROTECT, related_name="points")
    number = models.PositiveIntegerField()
    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="+")
    excluded_because = models.CharField(max_length=300, blank=True)

    key_relations = ("limits",)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["limits", "number"], name="limitspoint_once"),
            models.UniqueConstraint(fields=["limits", "step"], name="limitspoint_step_once"),
        ]

    def __str__(self) -> str:
        return f"{self.limits}/{self.number}"


class StreamState(models.Model):
    """How far the points judged by frozen limits have come; bookkeeping, no part of the thread."""

    in_thread = False

    limits = models.OneToOneField(ControlLimits, on_delete=models.PROTECT, related_name="state_of")
    n_points = models.PositiveIntegerField(default=0)
    stream_text = models.TextField(blank=True)  # of `packcalc`: the same size whatever came before
    last_step = models.CharField(max_length=160, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.limits}/stream"
