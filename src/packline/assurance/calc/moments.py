"""Moments as the event log writes them, so that they compare letter by letter."""

from __future__ import annotations

from datetime import UTC, datetime

__all__ = ["stored", "stored_if_any"]


def stored(moment: datetime) -> str:
    """Write a moment in UTC to the microsecond."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def stored_if_any(moment: datetime | None) -> str | None:
    """Write a moment that may not have come yet."""
    return None if moment is None else stored(moment)
