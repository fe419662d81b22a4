"""The states of a subscription: paused it loses nothing, ended it is told nothing ever again."""

from __future__ import annotations

from packline.foundation.states import StateMachine

__all__ = ["SUBSCRIPTION"]

SUBSCRIPTION = StateMachine(
    initial="active",
    moves={
        "active": frozenset({"paused", "ended"}),
        "paused": frozenset({"active", "ended"}),
        "ended": frozenset(),
    },
)
