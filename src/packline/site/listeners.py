"""Who hears of what: the listeners of every stage, in one place."""

from __future__ import annotations

from packline.foundation.listeners import Listener, run_listeners
from packline.foundation.models import Event
from packline.quality.services.hear import (
    hear_of_finished_step,
    hear_of_hold,
    hear_of_inspection,
    hear_of_sample,
    hear_of_scrap,
)

__all__ = ["LISTENERS", "listen"]


def _hold(event: Event) -> None:
    hear_of_hold(event)


def _scrap(event: Event) -> None:
    hear_of_scrap(event)


def _inspection(event: Event) -> None:
    hear_of_inspection(event)


def _finished_step(event: Event) -> None:
    hear_of_finished_step(event)


def _sample(event: Event) -> None:
    hear_of_sample(event)


LISTENERS = (
    Listener("quality.hold", frozenset({"production.unit.held"}), _hold),
    Listener("quality.scrap", frozenset({"production.unit.set_aside"}), _scrap),
    Listener("quality.inspection", frozenset({"supply.lot.inspected"}), _inspection),
    Listener("quality.control", frozenset({"production.step.finished"}), _finished_step),
    Listener("quality.sample", frozenset({"supply.lot.accepted", "supply.lot.rejected"}), _sample),
)


def listen(*, after: int = 0) -> int:
    """Let everybody hear what they have not heard yet; return how many events that was."""
    return run_listeners(LISTENERS, after=after)
