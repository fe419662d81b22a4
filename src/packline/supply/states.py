"""Which state of a cell and of a lot leads to which."""

from __future__ import annotations

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
