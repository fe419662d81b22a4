"""The life of a nonconformance: found, fenced in, decided on, done."""

from __future__ import annotations

from packline.foundation.states import StateMachine

NONCONFORMANCE = StateMachine(
    initial="open",
    moves={
        "open": frozenset({"contained"}),
        "contained": frozenset({"dispositioned"}),
        "dispositioned": frozenset({"closed"}),
        "closed": frozenset(),
    },
)

DISPOSITIONS = ("use_as_is", "rework", "scrap", "return_to_supplier")
