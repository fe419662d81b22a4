"""What was done about a signal of a control chart."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from packline.production.models import Hold, Step
from packline.quality.models.control import ControlLimits
from packline.quality.states import REACTION, VERDICTS

__all__ = ["Reaction", "ReactionHold", "Signal"]


class Reaction(models.Model):
    """The reaction plan of a characteristic at work: opened by a signal, closed by an answer.

    While it is not closed, further signals of the same stream are collected in it.
    """

    number = models.CharField(max_length=12, unique=True)  # "SR-000001"
    limits = models.ForeignKey(ControlLimits, on_delete=models.PROTECT, related_name="reactions")
    title = models.CharField(max_length=300)
    plan = models.TextField()  # what the control plan says is to be done, as it said then
    state = models.CharField(max_length=16, default=REACTION.initial)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )  # whose step gave the point
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    verdict = models.CharField(max_length=20, blank=True)
    found = models.CharField(max_length=500, blank=True)
    done = models.CharField(max_length=500, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )

    class Meta:
        default_permissions = ()
        permissions = [
            ("acknowledge_reaction", "Can take on a signal of a control chart"),
            ("contain_reaction", "Can hold and let go the units behind a signal"),
            ("close_reaction", "Can answer a signal of a control chart"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=REACTION.condition(), name="reaction_state_is_declared"
            ),
            models.UniqueConstraint(
                fields=["limits"],
                condition=~Q(state="closed"),
                name="reaction_one_open_per_stream",
            ),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(plan=""), name="reaction_says_what_to_do"
            ),
            models.CheckConstraint(
                condition=Q(state="open")
                | Q(acknowledged_by__isnull=False, acknowledged_at__gte=F("opened_at")),
                name="reaction_acknowledged_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed")
                | (
                    Q(
                        verdict__in=tuple(VERDICTS),
                        closed_by__isnull=False,
                        closed_at__gte=F("acknowledged_at"),
                    )
                    & ~Q(found="")
                    & ~Q(done="")
                ),
                name="reaction_closed_by_an_answer",
            ),
        ]
        indexes = [models.Index(fields=["state", "opened_at"], name="reaction_open")]

    def __str__(self) -> str:
        return self.number


class Signal(models.Model):
    """A rule that a point completed: one row for each panel and rule, with the lines it met."""

    append_only = True

    reaction = models.ForeignKey(Reaction, on_delete=models.PROTECT, related_name="signals")
    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="signals")
    point = models.PositiveIntegerField()  # counted from 1 since the limits were frozen
    statistic = models.CharField(max_length=20)
    rule_code = models.CharField(max_length=12)
    rule_words = models.CharField(max_length=120)
    value = models.FloatField()
    centre = models.FloatField()
    lower = models.FloatField()
    upper = models.FloatField()
    unit_code = models.CharField(max_length=12)
    taken_at = models.DateTimeField()

    key_relations = ("reaction", "step__unit", "step__operation")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["reaction", "step", "statistic", "rule_code"], name="signal_once"
            ),
            models.CheckConstraint(condition=~Q(rule_words=""), name="signal_says_its_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.reaction}/{self.step}/{self.statistic}/{self.rule_code}"


class ReactionHold(models.Model):
    """A hold that was placed because of a signal."""

    append_only = True

    reaction = models.ForeignKey(Reaction, on_delete=models.PROTECT, related_name="holds")
    hold = models.OneToOneField(Hold, on_delete=models.PROTECT, related_name="reaction_hold")

    key_relations = ("reaction", "hold__unit")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.reaction}/{self.hold}"
