"""The closed lists that the tables of this stage are held to."""

from __future__ import annotations

PASSED, CONCEDED, FAILED, OPEN = "pass", "conceded", "fail", "open"
VERDICTS = (PASSED, CONCEDED, FAILED, OPEN)
VERIFIED = (PASSED, CONCEDED)  # verdicts that let a unit go

RELEASED = "released"
RELEASED_VIRTUAL = "released (virtual), not for shipment"
OUTCOMES = (RELEASED, RELEASED_VIRTUAL)

DEVICE_HISTORY, TRAVELLER = "device_history", "traveller"
DOCUMENT_KINDS = (DEVICE_HISTORY, TRAVELLER)
