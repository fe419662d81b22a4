"""Moments as the event log writes them, so that they compare letter by letter."""

from __future__ import annotations

from datetime import UTC, datetime

__all__ = ["stored"]


def stored(moment: datetime) -> str:
    """Write a moment in UTC to the microsecond."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
