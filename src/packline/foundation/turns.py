"""One writer at a time in this process, where the database has room for one.

SQLite lets whoever finds it busy try again after pauses that grow, in no order: of eight threads
that write, some wait for seconds. Here they queue before they ask.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

__all__ = ["own_turn"]

_turn = threading.RLock()


@contextmanager
def own_turn() -> Iterator[None]:
    """Wait for the turn to write; within a transaction, or on PostgreSQL, there is no waiting."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        # Who holds the database already must not wait for who waits for the database.
        yield
        return
    with _turn:
        yield
