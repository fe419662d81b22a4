"""Trying again what failed only because somebody else was writing at the same time."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, close_old_connections, connection

from packline.foundation.errors import StaleObject

__all__ = ["TRIES", "passes", "with_retries"]

T = TypeVar("T")

TRIES = 6
# PostgreSQL: serialization failure, deadlock, lock not available. All mean: nothing was written.
STATES = frozenset({"40001", "40P01", "55P03"})
WORDS = ("database is locked", "database table is locked", "database is busy")


def passes(error: BaseException) -> bool:
    """Say whether an error of the database is of the kind that is gone when tried again."""
    cause = error.__cause__ if isinstance(error, OperationalError) else None
    if cause is None:
        return False
    if getattr(cause, "sqlstate", None) in STATES:
        return True
    return str(cause).lower().startswith(WORDS)


def with_retries(work: Callable[[], T], *, stale: bool = True, pause_s: float = 0.01) -> T:
    """Do `work`, a whole transaction, again as long as only others stood in its way.

    `work` must read afresh what it decides on. With `stale`, a row that somebody else changed
    in between is also tried again; a caller who asked for one particular version does not want
    that. After `TRIES` the last error is raised.
    """
    for attempt in range(1, TRIES + 1):
        try:
            return work()
        except StaleObject:
            if not stale or attempt == TRIES or connection.in_atomic_block:
                raise
        except OperationalError as error:
            if not passes(error) or attempt == TRIES or connection.in_atomic_block:
                raise
            close_old_connections()
        time.sleep(pause_s * 2**attempt * random.uniform(0.5, 1.0))
    raise AssertionError("unreachable")
