"""The life of a gauge and of a tool, and what a calibration can find."""

from __future__ import annotations

from packline.foundation.states import StateMachine

EQUIPMENT = StateMachine(
    initial="in_service",
    moves={
        "in_service": frozenset({"recalled", "out_of_service"}),
        "recalled": frozenset({"in_service", "out_of_service"}),
        "out_of_service": frozenset({"in_service"}),
    },
)

# A revision of a controlled document. In review it may go back to be written again.
DOCUMENT = StateMachine(
    initial="draft",
    moves={
        "draft": frozenset({"review"}),
        "review": frozenset({"draft", "effective"}),
        "effective": frozenset({"obsolete"}),
        "obsolete": frozenset(),
    },
)

# What a station can be doing; running, idle and maintenance are planned, down and setup are lost.
STATION_STATES = ("running", "idle", "down", "setup", "maintenance")

IN_TOLERANCE, OUT_OF_TOLERANCE, UNKNOWN = "in_tolerance", "out_of_tolerance", "unknown"
AS_FOUND = (IN_TOLERANCE, OUT_OF_TOLERANCE, UNKNOWN)  # unknown: new, or nobody looked
AS_LEFT = (IN_TOLERANCE, OUT_OF_TOLERANCE)
