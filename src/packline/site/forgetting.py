"""What is kept only for a while: answers to idempotency keys, and the log of webhooks."""

from __future__ import annotations

import logging
import os
import threading
from datetime import datetime, timedelta

from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from packline.foundation.answers import KEEP_DAYS, forget_answers
from packline.foundation.deliveries import forget_deliveries
from packline.foundation.errors import InputError, Problem

__all__ = ["KEEP", "Forgetting", "forget", "keep_days"]

KEEP = "PACKLINE_KEEP_DAYS"
EVERY = 3600.0  # s
log = logging.getLogger("django.request")


def keep_days() -> int:
    """Return for how many days it is kept.

    Raises
    ------
    InputError
        If the setting is no number of days, or fewer than the interface takes old work for:
        what is sent again must never be done again.
    """
    said = os.environ.get(KEEP, "")
    days = int(said) if said.isdecimal() else 0 if said else KEEP_DAYS
    if not KEEP_DAYS <= days <= 36_500:
        allowed = f"whole days, at least {KEEP_DAYS}"
        raise InputError([Problem(KEEP, "", said, "cannot be used", allowed)])
    return days


def forget(at: datetime) -> dict[str, int]:
    """Forget what is older than that; return how much of what."""
    before = at - timedelta(days=keep_days())
    return {
        "answers": forget_answers(before=before),
        "deliveries": forget_deliveries(before=before),
    }


class Forgetting:
    """A thread that forgets what is old, once an hour."""

    def __init__(self, every: float = EVERY) -> None:
        self._every = every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="forgetting", daemon=True)

    def __enter__(self) -> Forgetting:
        keep_days()  # a setting that cannot be read is said at the start
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        while not self._stop.wait(self._every):
            close_old_connections()
            try:
                forget(timezone.now())
            except DatabaseError as error:
                log.error("what is old is forgotten later: %s", str(error).strip())
            finally:
                connection.close()
