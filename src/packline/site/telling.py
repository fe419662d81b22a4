"""Telling other systems of events while the server runs: webhooks, signed, until they are taken.

Nothing here happens inside a request: what was done is committed, its event is in the log, and
this sends it. One process at a time sends to one receiver.
"""

from __future__ import annotations

import logging
import os
import random
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial

from django.db import DatabaseError, close_old_connections, connection
from django.db.models import Max
from django.utils import timezone

from packline.foundation import deliveries
from packline.foundation.errors import InputError, Problem
from packline.foundation.models import Delivery, Event, Receiver
from packline.insight.models import Subscription
from packline.insight.queries.programs import stream_of
from packline.insight.queries.subscriptions import (
    message_of,
    receiver_of,
    secrets_of,
    sees,
    wanted_by,
)
from packlink.webhooks import Answer, Network, networks_of, post, sign

__all__ = ["PRIVATE", "Telling", "allowed_networks", "headers_of", "tell"]

PRIVATE = "PACKLINE_WEBHOOK_NETWORKS"
EVERY = 1.0  # s
AT_ONCE = 4  # receivers that are told at the same time
A_TURN = 200  # deliveries until others have their turn
log = logging.getLogger("django.request")

Send = Callable[[str, bytes, dict[str, str]], Answer]


def allowed_networks() -> tuple[Network, ...]:
    """Return the networks that are not public and may be sent to all the same.

    Raises
    ------
    InputError
        If the setting cannot be read.
    """
    text = os.environ.get(PRIVATE, "")
    try:
        return networks_of(text)
    except ValueError as error:
        allowed = "10.1.0.0/16,127.0.0.1"
        raise InputError([Problem(PRIVATE, "", text, str(error), allowed)]) from error


def headers_of(
    subscription: Subscription, message_id: str, body: bytes, at: datetime
) -> dict[str, str]:
    """Return the headers of a message sent at a moment."""
    stamp = int(at.timestamp())
    return {
        "Content-Type": "application/json",
        "User-Agent": "Packline-Webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(stamp),
        "webhook-signature": sign(message_id, stamp, body, secrets_of(subscription, at)),
    }


def tell(
    subscription: Subscription,
    *,
    who: str,
    clock: Callable[[], datetime] = timezone.now,
    send: Send | None = None,
    going: Callable[[], bool] = lambda: True,
) -> int:
    """Tell a receiver of what it is to be told now; return how many messages it took.

    `who` names this process: another one does nothing while it sends, and takes over when it has
    shown no sign of life for a while. In a copy of the record nothing is sent at all.
    """
    send = send or partial(post, allowed=allowed_networks())
    receiver = receiver_of(subscription)
    if not deliveries.is_told_from_here(receiver) or not deliveries.take(receiver, who, clock()):
        return 0
    try:
        receiver.refresh_from_db()
        deliveries.feed(
            receiver,
            verbs=wanted_by(subscription),
            sees=partial(sees, subscription),
            stream=stream_of,
            at=clock(),
        )
        return _send_due(subscription, receiver, who, clock, send, going)
    finally:
        deliveries.give_back(receiver, who)


def _send_due(
    subscription: Subscription,
    receiver: Receiver,
    who: str,
    clock: Callable[[], datetime],
    send: Send,
    going: Callable[[], bool],
) -> int:
    taken = 0
    for _ in range(A_TURN):
        subscription.refresh_from_db()
        at = clock()
        if subscription.state != "active" or not going():
            break
        if not deliveries.take(receiver, who, at):
            break  # this process was away for too long
        receiver.refresh_from_db()
        delivery = deliveries.next_due(receiver, at)
        if delivery is None:
            break
        body = message_of(subscription, delivery.event)
        headers = headers_of(subscription, delivery.event.hash, body, at)
        answer = send(subscription.url, body, headers)
        _settle(delivery, answer, clock())
        taken += answer.taken
    return taken


def _settle(delivery: Delivery, answer: Answer, at: datetime) -> None:
    if answer.taken:
        deliveries.taken_up(delivery, status=answer.status or 0, at=at)
        return
    parked = deliveries.failed(
        delivery,
        status=answer.status,
        note=answer.note,
        at=at,
        chance=random.random(),
        receiver_too=not answer.about_message,
        not_before=timedelta(seconds=answer.retry_after_s),
    )
    if parked:
        told = "webhook %s did not take %s (%s): parked, see the page of the webhook"
        log.error(told, delivery.receiver, delivery.event, answer.status or answer.note)


class Telling:
    """A thread that tells every receiver, several at a time; a slow one keeps no other waiting."""

    def __init__(self, every: float = EVERY) -> None:
        self._every = every
        self._stop = threading.Event()
        self._who = f"{os.uname().nodename[:40]}/{os.getpid()}/{secrets.token_hex(4)}"
        self._heard: dict[str, int | None] = {}
        self._busy: dict[str, Future[None]] = {}
        self._silent: set[str] = set()
        self._thread = threading.Thread(target=self._run, name="telling", daemon=True)

    def __enter__(self) -> Telling:
        allowed_networks()  # a setting that cannot be read is said at the start
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(timeout=15)

    def _run(self) -> None:
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="telling") as pool:
            while not self._stop.wait(self._every):
                close_old_connections()
                try:
                    self._round(pool)
                except DatabaseError as error:
                    log.error("webhooks wait for the database: %s", str(error).strip())
                    connection.close()
                except Exception:
                    log.exception("webhooks cannot be sent")
        connection.close()

    def _round(self, pool: ThreadPoolExecutor) -> None:
        subscriptions = list(Subscription.objects.exclude(state="ended"))
        if not subscriptions:
            return
        newest = Event.objects.aggregate(newest=Max("pk"))["newest"]
        for subscription in subscriptions:
            running = self._busy.get(subscription.code)
            if running is not None and not running.done():
                continue
            fresh = self._heard.get(subscription.code) != newest
            if fresh or _waits(subscription, timezone.now()):
                self._heard[subscription.code] = newest
                self._busy[subscription.code] = pool.submit(self._tell, subscription)

    def _tell(self, subscription: Subscription) -> None:
        close_old_connections()
        try:
            self._say_if_silent(subscription)
            tell(subscription, who=self._who, going=lambda: not self._stop.is_set())
        except Exception as error:
            self._heard.pop(subscription.code, None)
            if isinstance(error, DatabaseError):
                log.error("webhook %s waits for the database: %s", subscription, error)
                connection.close()
            else:
                log.exception("webhook %s cannot be told", subscription)

    def _say_if_silent(self, subscription: Subscription) -> None:
        """Tell whoever runs a copy, once for each, why nothing is sent from it."""
        if subscription.code in self._silent or subscription.state != "active":
            return
        if not deliveries.is_told_from_here(receiver_of(subscription)):
            self._silent.add(subscription.code)
            log.error(
                "webhook %s is not told from here: this record was copied or moved; if it takes "
                "the place of the other one, say so on the page of the webhook",
                subscription,
            )


def _waits(subscription: Subscription, at: datetime) -> bool:
    """Say whether there is anything to be sent now."""
    if subscription.state != "active":
        return False
    return deliveries.next_due(receiver_of(subscription), at) is not None
