"""One run at a time in a data directory."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from packline.foundation.errors import Refused

__all__ = ["only_run"]


@contextmanager
def only_run(data: Path) -> Iterator[None]:
    """Hold the run lock of a data directory; it goes with the process, however that ends.

    Raises
    ------
    Refused
        If another run holds it.
    """
    data.mkdir(parents=True, exist_ok=True)
    with (data / "run.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refused(f"another run is at work in {data}: wait, or use --data") from error
        yield
