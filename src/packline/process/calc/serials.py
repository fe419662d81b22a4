"""Whether a serial lies in a range of serials."""

from __future__ import annotations

import re

__all__ = ["in_range", "range_fault"]

_PARTS = re.compile(r"(.*?)(\d+)", re.DOTALL | re.ASCII)


def in_range(serial: str, first: str, last: str) -> bool:
    """Say whether a serial lies between two others, both ends included.

    Serials are compared by the number at their end, and only where what stands before it is the
    same. Two blank ends are no range: every serial lies in it.

    Examples
    --------
    >>> in_range("PK-000012", "PK-000010", "PK-000020"), in_range("PK-9", "PK-000010", "PK-20")
    (True, False)
    """
    if first == last == "":
        return True
    found, low, high = _split(serial), _split(first), _split(last)
    if found is None or low is None or high is None:
        return serial == first == last
    return found[0] == low[0] == high[0] and low[1] <= found[1] <= high[1]


def range_fault(first: str, last: str) -> str:
    """Return what is wrong with a range in words, or nothing."""
    if first == last:
        return ""
    if not first or not last:
        return "a range of serials has a first and a last one"
    low, high = _split(first), _split(last)
    if low is None or high is None or low[0] != high[0]:
        return f"{first} to {last} is no range: only the number at the end may differ"
    if low[1] > high[1]:
        return f"{first} to {last} is no range: the last one comes first"
    return ""


def _split(serial: str) -> tuple[str, int] | None:
    found = _PARTS.fullmatch(serial)
    return (found[1], int(found[2])) if found else None
