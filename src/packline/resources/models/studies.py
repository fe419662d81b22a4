"""What is known of a gauge's error at a characteristic: its studies, with the readings kept."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from packline.foundation.models import StoredFile
from packline.resources.models.gauges import Gauge

# kind: what it is called
STUDY_KINDS: dict[str, str] = {
    "type1": "Type 1 (Cg, Cgk)",
    "crossed": "GR&R crossed, ANOVA",
    "range": "GR&R crossed, average and range",
    "nested": "GR&R nested, ANOVA",
    "bias": "Bias",
    "linearity": "Linearity",
    "stability": "Stability",
    "attribute": "Attribute agreement",
}
WITHOUT_SIGMA = ("stability", "attribute")  # they speak of the gauge, not of its error
STUDY_VERDICTS: dict[str, str] = {
    "accepted": "accepted",
    "guarded": "accepted with a guard band",
    "rejected": "rejected",
}


class GaugeStudy(models.Model):
    """One study of one gauge at one characteristic. Never changed: a new one takes its place.

    `low`, `high`, `reference_value`, `repeatability_value`, `uncertainty_value` and `guard_value`
    are in `unit_code`; the uncertainty is a standard uncertainty of one reading.
    """

    append_only = True

    gauge = models.ForeignKey(Gauge, on_delete=models.PROTECT, related_name="studies")
    number = models.PositiveIntegerField()
    characteristic_code = models.CharField(max_length=40)
    kind = models.CharField(max_length=12)
    unit_code = models.CharField(max_length=12)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    reference_value = models.FloatField(null=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    n_readings = models.PositiveIntegerField()
    repeatability_value = models.FloatField(null=True)
    uncertainty_value = models.FloatField(null=True)
    share_pct = models.FloatField(null=True)  # of the tolerance: 6 standard uncertainties
    guard_value = models.FloatField(default=0.0)  # acceptance limits lie inside by this
    confidence_ratio = models.FloatField()  # that an accepted piece conforms
    convention = models.TextField()
    figures_text = models.TextField()  # canonical JSON: [[name, value, unit], ...]
    suggested = models.CharField(max_length=12)  # by the figures
    verdict = models.CharField(max_length=12)  # by the person
    reason = models.CharField(max_length=300)
    taken_on = models.DateField()
    valid_until = models.DateField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    virtual = models.BooleanField()

    key_relations = ("gauge",)

    class Meta:
        default_permissions = ()
        permissions = [("record_study", "Can record the study of a gauge")]
        constraints = [
            models.UniqueConstraint(fields=["gauge", "number"], name="gaugestudy_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="gaugestudy_from_one"),
            models.CheckConstraint(
                condition=Q(kind__in=list(STUDY_KINDS)), name="gaugestudy_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=list(STUDY_VERDICTS))
                & Q(suggested__in=list(STUDY_VERDICTS)),
                name="gaugestudy_verdict_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(characteristic_code="") & ~Q(reason="") & ~Q(convention=""),
                name="gaugestudy_says_what_and_why",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=WITHOUT_SIGMA, uncertainty_value__isnull=True)
                | Q(
                    repeatability_value__isnull=False,
                    uncertainty_value__isnull=False,
                    repeatability_value__gte=0,
                    uncertainty_value__gt=0,
                    uncertainty_value__gte=F("repeatability_value"),
                ),
                name="gaugestudy_states_its_error",
            ),
            models.CheckConstraint(
                condition=Q(verdict="guarded", guard_value__gt=0)
                | (~Q(verdict="guarded") & Q(guard_value=0)),
                name="gaugestudy_guards_as_it_says",
            ),
            models.CheckConstraint(
                condition=Q(confidence_ratio__gte=0.5, confidence_ratio__lt=1),
                name="gaugestudy_confidence_is_one",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("taken_on")), name="gaugestudy_valid_from_its_day"
            ),
        ]
        indexes = [
            models.Index(fields=["gauge", "characteristic_code"], name="gaugestudy_by_task")
        ]

    def __str__(self) -> str:
        return f"{self.gauge}/study/{self.number}"

    @property
    def figures(self) -> list[tuple[str, Any, str]]:
        """What the study came to: (name, value, unit)."""
        return [(name, value, unit) for name, value, unit in json.loads(self.figures_text)]

    @property
    def kind_name(self) -> str:
        """What the kind of study is called."""
        return STUDY_KINDS[self.kind]

    @property
    def verdict_name(self) -> str:
        """What the verdict is called."""
        return STUDY_VERDICTS[self.verdict]
