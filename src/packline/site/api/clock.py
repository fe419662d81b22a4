"""The clock of the interface: it stands still while the computer's clock is behind it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from django.utils import timezone

__all__ = ["Clock", "moment"]


class Clock:
    """A clock that never goes back, whatever time servers do to the one below it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        """Return the time, or the latest one told before if the clock was set back."""
        with self._lock:
            self._last = max(self._last, timezone.now())
            return self._last


_clock = Clock()


def moment() -> datetime:
    """Return when a request came in."""
    return _clock.now()
