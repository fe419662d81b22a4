"""Listening while the server runs: what happens on the floor reaches quality within a second."""

from __future__ import annotations

import logging
import threading
import time

from django.db import DatabaseError, close_old_connections, connection
from django.db.models import Max

from packline.foundation.models import Event
from packline.site.listeners import listen

__all__ = ["Listening"]

EVERY = 1.0  # s
ALL_EVERY = 600.0  # s; in between only the latest events are looked at
MARGIN = 10_000  # events; no transaction stays open while so many others are recorded
log = logging.getLogger("django.request")


class Listening:
    """A thread that lets the listeners hear whenever the log of events has grown.

    Several servers may do so at the same database: each event is handled once. A listener that
    fails is told in the server's log, and hears again when something else happens.
    """

    def __init__(self, every: float = EVERY) -> None:
        self._every = every
        self._stop = threading.Event()
        self._heard: int | None = None
        self._all_at = 0.0
        self._thread = threading.Thread(target=self._run, name="listening", daemon=True)

    def __enter__(self) -> Listening:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(timeout=10)

    def hear(self) -> int:
        """Let the listeners hear if there is anything new; return how many events that was."""
        newest = Event.objects.aggregate(newest=Max("pk"))["newest"]
        if newest == self._heard:
            return 0
        if self._heard is None or time.monotonic() >= self._all_at:
            handled = listen()
            self._all_at = time.monotonic() + ALL_EVERY
        else:
            handled = listen(after=max(0, self._heard - MARGIN))
        # What the listeners did themselves may be heard by others of them.
        self._heard = newest
        return handled

    def _run(self) -> None:
        while not self._stop.wait(self._every):
            close_old_connections()
            try:
                self.hear()
            except DatabaseError as error:
                log.error("the listeners wait for the database: %s", error)
                connection.close()
            except Exception:
                log.exception("a listener failed")
                self._heard = Event.objects.aggregate(newest=Max("pk"))["newest"]
        connection.close()
