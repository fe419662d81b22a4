"""What can be asked about subscriptions, and about what their receivers were told."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, QuerySet

from packline.foundation.events import subject_of
from packline.foundation.keys import shared_secret
from packline.foundation.listeners import facts
from packline.foundation.models import Delivery, Event, Receiver
from packline.insight.calc.message import message
from packline.insight.calc.verbs import verbs_of
from packline.insight.models import Subscription
from packline.insight.queries.programs import program_of

__all__ = [
    "all_receivers",
    "all_subscriptions",
    "deliveries_of",
    "message_of",
    "receiver_of",
    "secrets_of",
    "sees",
    "wanted_by",
]


def all_subscriptions() -> QuerySet[Subscription]:
    """Return every subscription, ended ones last."""
    return (
        Subscription.objects.select_related("made_by")
        .annotate(n_programs=Count("programs"))
        .order_by("state", "code")
    )


def all_receivers() -> QuerySet[Receiver]:
    """Return how it goes with the receivers of all subscriptions."""
    return Receiver.objects.order_by("code")


def receiver_of(subscription: Subscription) -> Receiver:
    """Return how it goes with the receiver of a subscription."""
    return Receiver.objects.get(code=subscription.code)


def deliveries_of(subscription: Subscription) -> QuerySet[Delivery]:
    """Return what the receiver was or is to be told, the newest event first."""
    return (
        Delivery.objects.filter(receiver__code=subscription.code)
        .exclude(state="passed_over")
        .select_related("event")
        .order_by("-event_id")
    )


def wanted_by(subscription: Subscription) -> frozenset[str]:
    """Return the verbs that a subscription asks for."""
    return verbs_of(subscription.verbs.split())


def sees(subscription: Subscription, event: Event) -> bool:
    """Say whether a subscription may be told of an event; of itself it is not told."""
    if event.subject == subject_of(subscription):
        return False
    if subscription.everything:
        return True
    code = program_of(event)
    return code is not None and subscription.programs.filter(program__code=code).exists()


def message_of(subscription: Subscription, event: Event) -> bytes:
    """Return the body of the message of an event."""
    return message(
        verb=event.verb,
        at=event.at,
        subject=event.subject,
        seq=event.seq,
        digest=event.hash,
        program=program_of(event),
        by=str(event.by) if subscription.everything else None,
        facts=facts(event),
    )


def secrets_of(subscription: Subscription, at: datetime) -> list[bytes]:
    """Return the secrets that sign for a subscription now: its own, and for a while the last."""
    number = subscription.secret_number
    numbers = [number]
    until = subscription.old_secret_until
    if number > 1 and until is not None and at < until:
        numbers.append(number - 1)
    return [shared_secret(f"webhook/{subscription}/{n}") for n in numbers]
