"""Telling others of events: at least once, those of one stream in order, until they took it.

Events become deliveries, and each delivery is tried until the receiver has taken it. What was
tried too often is parked where people see it, and holds back only what follows in its stream.
All of it survives a crash at any point: what is not known to be taken is sent again. Only the
installation that a receiver is bound to tells it: a restored copy of the record tells nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet

from packline.foundation.installation import here
from packline.foundation.models import Delivery, Event, Receiver

__all__ = [
    "LIMIT",
    "drop",
    "failed",
    "feed",
    "forget_deliveries",
    "give_back",
    "is_told_from_here",
    "next_due",
    "receive_from_now",
    "send_again",
    "standing",
    "standings",
    "take",
    "taken_up",
    "tell_from_here",
    "wait_after",
]

FIRST = timedelta(seconds=5)
FACTOR = 4
LONGEST = timedelta(hours=6)
LIMIT = 18  # attempts: with these waits a receiver may be away for a long weekend (68 h)
HELD = timedelta(seconds=90)  # how long a process may send to a receiver without a sign of life
# On PostgreSQL a smaller id may be committed after a larger one, as late as its transaction ends.
LATE = timedelta(hours=1)
AT_ONCE = 500  # events


def receive_from_now(code: str, *, from_start: bool = False) -> Receiver:
    """Begin to keep account of a receiver: of all events, or of those after this moment."""
    newest = Event.objects.aggregate(newest=Max("pk"))["newest"] or 0
    return Receiver.objects.create(
        code=code, told_from=here(), heard_to=0 if from_start else newest
    )


def is_told_from_here(receiver: Receiver) -> bool:
    """Say whether this installation is the one that tells a receiver; a copy of it is not."""
    return receiver.told_from == here()


def tell_from_here(receiver: Receiver) -> None:
    """Let this installation be the one that tells a receiver from now on."""
    Receiver.objects.filter(pk=receiver.pk).update(told_from=here())


def take(receiver: Receiver, who: str, at: datetime) -> bool:
    """Become the one process that sends to a receiver, or stay it; False if another one is."""
    free = Q(taken_until__isnull=True) | Q(taken_until__lt=at) | Q(taken_by=who)
    ours = Receiver.objects.filter(free, pk=receiver.pk)
    return bool(ours.update(taken_by=who, taken_until=at + HELD))


def give_back(receiver: Receiver, who: str) -> None:
    """Let another process send to a receiver."""
    Receiver.objects.filter(pk=receiver.pk, taken_by=who).update(taken_by="", taken_until=None)


def feed(
    receiver: Receiver,
    *,
    verbs: Collection[str],
    sees: Callable[[Event], bool],
    stream: Callable[[Event], str],
    at: datetime,
) -> int:
    """Make a delivery of every event of these verbs that has none yet; return how many.

    `stream` names what an event is told in order with. Only the process that has taken the
    receiver does so: deliveries of one stream are then made in the order of its events.
    """
    made = 0
    while True:
        fresh = list(
            Event.objects.filter(verb__in=verbs, pk__gt=receiver.heard_to)
            .exclude(deliveries__receiver=receiver)
            .select_related("by")
            .order_by("pk")[:AT_ONCE]
        )
        with transaction.atomic():
            rows = [
                Delivery(
                    receiver=receiver,
                    event=event,
                    stream=stream(event),
                    state="waiting" if sees(event) else "passed_over",
                    heard_at=at,
                    next_at=at,
                )
                for event in fresh
            ]
            Delivery.objects.bulk_create(rows)
            _advance(receiver, at)
        made += sum(row.state == "waiting" for row in rows)
        if len(fresh) < AT_ONCE:
            return made


def _advance(receiver: Receiver, at: datetime) -> None:
    """Move the mark below which nothing is looked for any more."""
    heard = Delivery.objects.filter(receiver=receiver, event_id__gt=receiver.heard_to)
    if connection.vendor == "postgresql":
        heard = heard.filter(heard_at__lt=at - LATE)
    newest = heard.aggregate(newest=Max("event_id"))["newest"]
    if newest is None:
        return
    receiver.heard_to = newest
    Receiver.objects.filter(pk=receiver.pk).update(heard_to=newest)
    below = Delivery.objects.filter(receiver=receiver, event_id__lte=newest)
    below.filter(state="passed_over").delete()


def next_due(receiver: Receiver, at: datetime) -> Delivery | None:
    """Return what is to be sent next: never before what precedes it in its stream."""
    if receiver.rests_until is not None and at < receiver.rests_until:
        return None
    return _due(receiver, at).first()


def _due(receiver: Receiver, at: datetime) -> QuerySet[Delivery]:
    before = Delivery.objects.filter(
        receiver=receiver,
        stream=OuterRef("stream"),
        event_id__lt=OuterRef("event_id"),
        state__in=("waiting", "parked"),
    )
    return (
        Delivery.objects.filter(receiver=receiver, state="waiting", next_at__lte=at)
        .filter(~Exists(before))
        .select_related("event__by")
        .order_by("next_at", "event_id")
    )


def taken_up(delivery: Delivery, *, status: int, at: datetime) -> None:
    """Note that the receiver took a delivery: it is well again, if it was not."""
    with transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk).update(
            state="delivered", attempts=delivery.attempts + 1, tried_at=at, status=status, note=""
        )
        receiver = delivery.receiver
        receiver.failures, receiver.failing_since, receiver.rests_until = 0, None, None
        receiver.answered_at = at
        receiver.save(update_fields=["failures", "failing_since", "rests_until", "answered_at"])


def failed(
    delivery: Delivery,
    *,
    status: int | None,
    note: str,
    at: datetime,
    chance: float,
    receiver_too: bool,
    not_before: timedelta = timedelta(0),
) -> bool:
    """Note that a delivery was not taken; say whether it is parked now.

    With `receiver_too` it was not about this delivery: the receiver is left alone for a while.
    `chance`, from 0 to 1, spreads the attempts of many. `not_before` is what the receiver asks.
    """
    attempts = delivery.attempts + 1
    parked = attempts >= LIMIT
    with transaction.atomic():
        wait = max(wait_after(attempts, chance), min(not_before, LONGEST))
        Delivery.objects.filter(pk=delivery.pk).update(
            state="parked" if parked else "waiting",
            attempts=attempts,
            next_at=at + wait,
            tried_at=at,
            status=status,
            note=note[:200],
        )
        receiver = delivery.receiver
        receiver.failures += 1
        receiver.failing_since = receiver.failing_since or at
        if receiver_too:
            pause = max(wait_after(receiver.failures, chance), min(not_before, LONGEST))
            receiver.rests_until = at + pause
        receiver.save(update_fields=["failures", "failing_since", "rests_until"])
    return parked


def wait_after(attempts: int, chance: float) -> timedelta:
    """Return how long to wait after so many failures in a row: four times longer each time."""
    whole = min(FIRST * int(FACTOR ** min(attempts - 1, 10)), LONGEST)
    return whole * (0.8 + 0.2 * chance)


def send_again(
    receiver: Receiver, *, at: datetime, parked: bool = True, since: datetime | None = None
) -> int:
    """Queue what was parked, and what was delivered of events `since`, once more; return how many.

    Everything waiting is tried at once, and the receiver is no longer left alone.
    """
    chosen = Q(state="parked") if parked else Q(pk__isnull=True)
    if since is not None:
        chosen |= Q(state="delivered", event__at__gte=since)
    mine = Delivery.objects.filter(receiver=receiver)
    with transaction.atomic():
        count = mine.filter(chosen).update(state="waiting", attempts=0, next_at=at)
        mine.filter(state="waiting", next_at__gt=at).update(next_at=at)
        Receiver.objects.filter(pk=receiver.pk).update(rests_until=None, failures=0)
    return count


def drop(delivery: Delivery) -> bool:
    """Give a parked delivery up, so that what follows it may go; False if it is not parked."""
    return bool(Delivery.objects.filter(pk=delivery.pk, state="parked").update(state="dropped"))


def standing(receiver: Receiver) -> dict[str, int]:
    """Return how many deliveries of a receiver wait, are parked, were taken and were dropped."""
    return standings([receiver])[receiver.code]


def standings(receivers: Iterable[Receiver]) -> dict[str, dict[str, int]]:
    """Return the same of several receivers, by their codes."""
    found = {r.code: {"waiting": 0, "parked": 0, "delivered": 0, "dropped": 0} for r in receivers}
    rows = (
        Delivery.objects.filter(receiver__code__in=found)
        .exclude(state="passed_over")
        .values_list("receiver__code", "state")
        .annotate(Count("pk"))
    )
    for code, state, count in rows:
        found[code][state] = count
    return found


def forget_deliveries(*, before: datetime) -> int:
    """Forget deliveries heard of before a moment that came to an end; return how many."""
    old = Delivery.objects.filter(
        state__in=("delivered", "dropped"),
        heard_at__lt=before,
        event_id__lte=F("receiver__heard_to"),  # behind the mark, or it would be made again
    )
    forgotten, _ = old.delete()
    return forgotten
