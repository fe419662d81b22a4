"""How downstream hears of upstream: listeners that read the event log, each event once.

A listener may be started at any time, in any process, after any crash: what it has handled is
remembered in the same transaction as what it did.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from packline.foundation.models import Event, HandledEvent
from packline.foundation.turns import own_turn

__all__ = ["Listener", "facts", "run_listeners"]


@dataclass(frozen=True, slots=True)
class Listener:
    """What to do about events of some verbs."""

    name: str
    verbs: frozenset[str]
    handle: Callable[[Event], None]


def facts(event: Event) -> dict[str, Any]:
    """Return what an event says besides its rows."""
    data = json.loads(event.text)["data"]
    assert isinstance(data, dict)
    return data


def run_listeners(listeners: Iterable[Listener], *, after: int = 0) -> int:
    """Let each listener handle what it has not handled yet; return how many events that was.

    Only events with a greater id than `after` are looked at. An event with a smaller id than one
    already seen may still be committed, so whoever names one leaves a margin, and looks at all of
    them from time to time.
    """
    handled = 0
    for listener in listeners:
        pending = (
            Event.objects.filter(verb__in=listener.verbs, pk__gt=after)
            .exclude(handled__listener=listener.name)
            .select_related("by")
            .order_by("pk")
        )
        for event in pending:
            handled += _handle_once(listener, event)
    return handled


def _handle_once(listener: Listener, event: Event) -> int:
    with own_turn(), transaction.atomic():
        try:
            with transaction.atomic():
                HandledEvent.objects.create(listener=listener.name, event=event)
        except IntegrityError:
            return 0  # another process was faster
        listener.handle(event)
        return 1
