"""Why a simulated run ended."""

from __future__ import annotations

__all__ = ["ENDINGS"]

DONE = 0
UNDERVOLTAGE = 1
OVERVOLTAGE = 2
OVERCURRENT_DISCHARGE = 3
OVERCURRENT_CHARGE = 4
OVERTEMPERATURE = 5
EMPTY = 6
FULL = 7
TOO_COLD = 8
TOO_HOT = 9
NO_SUCH_POWER = 10
CHARGED = 11

# Texts by code; a kernel returns the code.
ENDINGS: tuple[str, ...] = (
    "the load came to its end",
    "cut: group under voltage",
    "cut: group over voltage",
    "cut: discharge over current",
    "cut: charge over current",
    "cut: cell over temperature",
    "a cell fell below the state of charge for which the cell's parameters hold",
    "a cell rose above the state of charge for which the cell's parameters hold",
    "a cell is colder than the cell's parameters hold for",
    "a cell is hotter than the cell's parameters hold for",
    "the pack cannot give this power",
    "charged: the current fell to its cutoff",
)
