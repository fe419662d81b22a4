"""Risk of a failure mode: the product RPN, and the action priority of the AIAG & VDA handbook."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

__all__ = ["action_priority", "risk_priority_number"]

_TABLE = Path(__file__).with_name("fmea_ap.csv")


def risk_priority_number(s: int, o: int, d: int) -> int:
    """Return severity times occurrence times detection, 1 to 1000.

    Raises
    ------
    ValueError
        If a rating is not a whole number from 1 to 10.
    """
    _check(s, o, d)
    return s * o * d


def action_priority(s: int, o: int, d: int) -> str:
    """Return "H", "M" or "L" for severity, occurrence and detection.

    Raises
    ------
    ValueError
        If a rating is not a whole number from 1 to 10.
    """
    _check(s, o, d)
    for (s_min, s_max, o_min, o_max, d_min, d_max), priority in _bands():
        if s_min <= s <= s_max and o_min <= o <= o_max and d_min <= d <= d_max:
            return priority
    raise AssertionError("the table of bands has a gap")


def _check(*ratings: int) -> None:
    for rating in ratings:
        if isinstance(rating, bool) or rating not in range(1, 11):
            raise ValueError(f"a rating is a whole number from 1 to 10, not {rating}")


@lru_cache(maxsize=1)
def _bands() -> tuple[tuple[tuple[int, int, int, int, int, int], str], ...]:
    """Read the table of bands of severity, occurrence and detection."""
    with _TABLE.open(encoding="utf-8") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return tuple(
            (
                (
                    int(row["s_min"]),
                    int(row["s_max"]),
                    int(row["o_min"]),
                    int(row["o_max"]),
                    int(row["d_min"]),
                    int(row["d_max"]),
                ),
                row["ap"],
            )
            for row in rows
        )
