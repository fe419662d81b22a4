"""How often a token may ask: a bucket per token that refills steadily."""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable

from packline.foundation.requests import RequestError

__all__ = ["Rates", "rates"]

PER_S = 50.0  # a station that scans every two seconds and streams readings stays far below
BURST_S = 10.0


class Rates:
    """Requests per second and token, with a burst of some seconds' worth."""

    def __init__(self, per_s: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_s = per_s
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[str, tuple[float, float]] = {}  # level, when it was so

    def take(self, who: str) -> None:
        """Count one request.

        Raises
        ------
        RequestError
            429 with the time to wait, if it is one too many.
        """
        now = self._clock()
        with self._lock:
            level, then = self._buckets.get(who, (self.per_s * BURST_S, now))
            level = min(self.per_s * BURST_S, level + (now - then) * self.per_s)
            enough = level >= 1
            self._buckets[who] = (level - 1 if enough else level, now)
        if not enough:
            wait_s = max(1, math.ceil((1 - level) / self.per_s))
            raise RequestError(
                429,
                "too-many-requests",
                f"more than {self.per_s:g} requests a second: wait {wait_s} s",
                retry_after_s=wait_s,
            )


def _per_s() -> float:
    said = os.environ.get("PACKLINE_RATE", "")
    try:
        value = float(said) if said else PER_S
    except ValueError:
        value = 0.0
    if not 0 < value < 1e6:
        raise ValueError(f"PACKLINE_RATE = {said}: requests a second and token, above 0")
    return value


rates = Rates(_per_s())
