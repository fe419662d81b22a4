"""Where the record is at home, so that a copy of it knows that it is one.

The name has two parts that a copy does not take along: a mark in the data directory that knows
which file it is, and what the PostgreSQL server says of itself and of the database.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from django.conf import settings
from django.db import connection

__all__ = ["MARK", "here"]

MARK = "installation"  # the file in the data directory; no backup takes it along

_DATABASE = """
SELECT (SELECT system_identifier FROM pg_control_system()), oid
FROM pg_database WHERE datname = current_database()"""


def here() -> str:
    """Return the name of this installation: the same from start to start, another in a copy."""
    return f"{_mark()}@{_database()}"


def _mark() -> str:
    """Return what stands in the mark, and make one if there is none, or one that was copied."""
    path = Path(settings.PACKLINE_DATA) / MARK
    for _ in range(3):
        found = _read(path)
        if found is not None:
            return found
        _write(path)
    raise RuntimeError(f"{path} cannot be kept")


def _read(path: Path) -> str | None:
    try:
        with path.open(encoding="ascii") as file:
            token, _, number = file.read().strip().partition(" ")
            itself = os.fstat(file.fileno()).st_ino
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    return token if token and number == str(itself) else None


def _write(path: Path) -> None:
    """Write a new mark with the number of its own file; of two who do so at once one stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{secrets.token_hex(8)}.part")
    with temporary.open("x", encoding="ascii") as file:
        file.write(f"{secrets.token_hex(16)} {os.fstat(file.fileno()).st_ino}\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        if path.exists() and _read(path) is None:
            path.unlink(missing_ok=True)  # a copy of another one's
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        temporary.unlink()


def _database() -> str:
    """Return what a PostgreSQL database is called for good; the embedded one lies at the mark."""
    if connection.vendor != "postgresql":
        return ""
    with connection.cursor() as cursor:
        cursor.execute(_DATABASE)
        cluster, database = cursor.fetchone()
    return f"{cluster}/{database}"
