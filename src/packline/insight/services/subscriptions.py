"""Deciding who outside is told of which events, pausing that, and sending again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from packline.foundation.commands import command, unchanged
from packline.foundation.deliveries import (
    drop,
    is_told_from_here,
    receive_from_now,
    send_again,
    tell_from_here,
)
from packline.foundation.errors import InputError, Problem, Refused
from packline.foundation.events import record
from packline.foundation.models import Delivery, Person
from packline.foundation.states import move
from packline.insight.calc.verbs import verbs_of
from packline.insight.models import Subscription, SubscriptionProgram
from packline.insight.queries.subscriptions import receiver_of
from packline.insight.states import SUBSCRIPTION
from packline.requirements.models import Program

__all__ = [
    "OVERLAP",
    "claim_subscription",
    "drop_delivery",
    "end_subscription",
    "make_subscription",
    "move_subscription",
    "pause_subscription",
    "rekey_subscription",
    "resend_deliveries",
    "resume_subscription",
]

CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,38}[a-z0-9]")
OVERLAP = timedelta(days=1)  # how long the last secret signs as well
LONGEST_OVERLAP = timedelta(days=30)


@command("insight.make_subscription")
def make_subscription(
    *,
    code: str,
    url: str,
    verbs: Iterable[str],
    programs: Sequence[Program] = (),
    everything: bool = False,
    from_start: bool = False,
    by: Person,
    at: datetime,
) -> Subscription:
    """Let a system be told of events: of some programs, or of everything in the house.

    It is told of what happens from now on, or `from_start` of everything that ever did.
    """
    wanted = sorted(set(verbs))
    problems = _about_address(url)
    if not CODE.fullmatch(code):
        allowed = "3 to 40 small letters, digits and hyphens"
        problems.append(Problem("subscription", "code", code, "cannot be one", allowed))
    elif Subscription.objects.filter(code=code).exists():
        problems.append(Problem("subscription", "code", code, "is taken"))
    problems += [
        Problem("subscription", "event", p, "matches no event", "see docs/reference/events.md")
        for p in wanted
        if " " in p or not verbs_of([p])
    ]
    if not wanted or len(" ".join(wanted)) > 400:
        allowed = "at least one, 400 characters together"
        problems.append(Problem("subscription", "event", "", "none, or too many", allowed))
    if everything == bool(programs):
        allowed = "programs by code, or everything, one of the two"
        problems.append(Problem("subscription", "program", "", "unclear what it may see", allowed))
    if problems:
        raise InputError(problems)
    made = Subscription.objects.create(
        code=code,
        url=url,
        verbs=" ".join(wanted),
        everything=everything,
        made_at=at,
        made_by=by,
    )
    rows = [
        SubscriptionProgram.objects.create(subscription=made, program=program)
        for program in programs
    ]
    receive_from_now(code, from_start=from_start)
    record("insight.subscription.made", made, by=by, at=at, rows=[made, *rows])
    return made


@command("insight.make_subscription")
def move_subscription(
    *, subscription: Subscription, url: str, by: Person, at: datetime
) -> Subscription:
    """Send to another address from now on; what waits goes there too."""
    _not_ended(subscription)
    if problems := _about_address(url):
        raise InputError(problems)
    if url == subscription.url:
        return unchanged(subscription)
    subscription.url = url
    subscription.save(update_fields=["url"])
    record("insight.subscription.moved", subscription, by=by, at=at, rows=[subscription])
    return subscription


@command("insight.make_subscription")
def rekey_subscription(
    *, subscription: Subscription, overlap: timedelta = OVERLAP, by: Person, at: datetime
) -> Subscription:
    """Give a subscription a new secret; the last one signs as well for a while.

    With no overlap the last one is worth nothing from now on: for one that became known.
    """
    _not_ended(subscription)
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        allowed = f"none to {LONGEST_OVERLAP.days} days"
        raise InputError([Problem("subscription", "overlap", str(overlap), "too long", allowed)])
    subscription.secret_number += 1
    subscription.old_secret_until = at + overlap
    subscription.save(update_fields=["secret_number", "old_secret_until"])
    record("insight.subscription.rekeyed", subscription, by=by, at=at, rows=[subscription])
    return subscription


@command("insight.make_subscription")
def end_subscription(
    *, subscription: Subscription, reason: str, by: Person, at: datetime
) -> Subscription:
    """Tell a receiver nothing any more, for good; what waits is not sent."""
    move(subscription, SUBSCRIPTION, to="ended")
    record(
        "insight.subscription.ended", subscription, by=by, at=at, rows=[subscription],
        reason=_reason(reason),
    )  # fmt: skip
    return subscription


@command("insight.steer_subscription")
def pause_subscription(
    *, subscription: Subscription, reason: str, by: Person, at: datetime
) -> Subscription:
    """Send nothing for now; what happens meanwhile waits."""
    move(subscription, SUBSCRIPTION, to="paused")
    record(
        "insight.subscription.paused", subscription, by=by, at=at, rows=[subscription],
        reason=_reason(reason),
    )  # fmt: skip
    return subscription


@command("insight.steer_subscription")
def resume_subscription(*, subscription: Subscription, by: Person, at: datetime) -> Subscription:
    """Send again, beginning with what waits."""
    move(subscription, SUBSCRIPTION, to="active")
    record("insight.subscription.resumed", subscription, by=by, at=at, rows=[subscription])
    return subscription


@command("insight.steer_subscription")
def claim_subscription(
    *, subscription: Subscription, reason: str, by: Person, at: datetime
) -> Subscription:
    """Tell a receiver from this installation: the record was moved here, or restored for good.

    A copy of a record tells nobody until this was said, so that two do not tell the same.
    """
    _not_ended(subscription)
    receiver = receiver_of(subscription)
    if is_told_from_here(receiver):
        return unchanged(subscription)
    tell_from_here(receiver)
    record("insight.subscription.claimed", subscription, by=by, at=at, reason=_reason(reason))
    return subscription


@command("insight.steer_subscription")
def resend_deliveries(
    *, subscription: Subscription, since: datetime | None = None, by: Person, at: datetime
) -> int:
    """Queue what is parked once more, and what was delivered of events `since` a moment."""
    _not_ended(subscription)
    count = send_again(receiver_of(subscription), since=since, at=at)
    record("insight.subscription.resent", subscription, by=by, at=at, count=count, since=since)
    return count


@command("insight.steer_subscription")
def drop_delivery(
    *, subscription: Subscription, delivery: Delivery, reason: str, by: Person, at: datetime
) -> Delivery:
    """Give a parked delivery up, so that what waits behind it may go."""
    if delivery.receiver.code != subscription.code or not drop(delivery):
        raise Refused(f"{delivery.event} is not parked at {subscription}")
    record(
        "insight.subscription.dropped", subscription, by=by, at=at,
        event=str(delivery.event), reason=_reason(reason),
    )  # fmt: skip
    return delivery


def _not_ended(subscription: Subscription) -> None:
    if subscription.state == "ended":
        raise Refused(f"subscription {subscription} has ended: make another")


def _reason(text: str) -> str:
    if not text.strip():
        raise InputError([Problem("subscription", "reason", text, "says nothing", "why")])
    return text.strip()[:300]


def _about_address(url: str) -> list[Problem]:
    """Say what is wrong with an address as it is written; who is there is looked at in sending."""

    def wrong(message: str, allowed: str) -> list[Problem]:
        return [Problem("subscription", "url", url[:300], message, allowed)]

    if len(url) > 300 or not url.isascii() or not url.isprintable() or " " in url:
        return wrong("cannot be read", "printable ASCII, at most 300 characters")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        return wrong(f"cannot be read: {error}", "https://HOST/PATH")
    if parts.scheme not in ("https", "http") or not parts.hostname or port == 0:
        return wrong("is no address", "https://HOST/PATH; http only on this computer")
    if parts.username is not None or parts.password is not None or parts.fragment:
        return wrong("holds a user, password or fragment", "https://HOST/PATH")
    return []
