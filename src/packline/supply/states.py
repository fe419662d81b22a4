"""Which state of a cell, of a lot, of its sample and of inspection leads to which."""

from __future__ import annotations

from packcalc.stats.sampling.switching import MOVES as SEVERITY_MOVES
from packline.foundation.states import StateMachine

CELL = StateMachine(
    initial="received",
    moves={
        "received": frozenset({"accepted", "quarantined"}),
        "accepted": frozenset({"allotted", "quarantined"}),
        "allotted": frozenset({"installed", "accepted", "quarantined"}),
        "installed": frozenset({"removed"}),
        "removed": frozenset({"accepted", "quarantined", "scrapped"}),
        "quarantined": frozenset({"accepted", "scrapped", "returned"}),
        "scrapped": frozenset(),
        "returned": frozenset(),
    },
)

LOT = StateMachine(
    initial="received",
    moves={"received": frozenset({"inspected"}), "inspected": frozenset()},
)

SAMPLE = StateMachine(
    initial="drawn",
    moves={
        "drawn": frozenset({"accepted", "rejected"}),
        "accepted": frozenset(),
        "rejected": frozenset(),
    },
)

# ISO 2859-1: how severely the next lot is inspected; `packcalc.stats.sampling.switching` counts.
SEVERITY = StateMachine(initial="normal", moves=SEVERITY_MOVES)
