"""Who outside is told of which events (webhooks)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from packline.insight.states import SUBSCRIPTION
from packline.requirements.models import Program


class Subscription(models.Model):
    """That a system is told, at its address, of the events of some kinds.

    Its secret is derived from a key of the site, its code and its `secret_number`; it is in no
    table. After a new one was made the one before signs as well, until `old_secret_until`.
    """

    code = models.CharField(max_length=40, unique=True)
    url = models.CharField(max_length=300)
    verbs = models.CharField(max_length=400)  # patterns, sorted, divided by spaces
    everything = models.BooleanField()  # sees every program, and what belongs to none
    state = models.CharField(max_length=10, default=SUBSCRIPTION.initial)
    secret_number = models.PositiveIntegerField(default=1)
    old_secret_until = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        permissions = [
            ("make_subscription", "Can decide who outside is told of events"),
            ("steer_subscription", "Can pause and resume a subscription and send again"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=SUBSCRIPTION.condition(), name="subscription_state_is_declared"
            ),
            models.CheckConstraint(condition=~Q(verbs=""), name="subscription_wants_something"),
            models.CheckConstraint(
                condition=Q(secret_number__gte=1), name="subscription_secrets_count_from_one"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class SubscriptionProgram(models.Model):
    """A program whose events a subscription may see; one without any sees all or nothing."""

    append_only = True

    subscription = models.ForeignKey(
        Subscription, on_delete=models.PROTECT, related_name="programs"
    )
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")

    key_relations = ("subscription", "program")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "program"], name="subscription_program_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subscription}/{self.program}"
