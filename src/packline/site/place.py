"""Where this process keeps its record: data directory and database, from the environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

DATA = "PACKLINE_DATA"
DATABASE = "PACKLINE_DATABASE"
# What a connection asks often is planned once: planning was more than half of the work (0021).
# A pooler in between has to keep prepared statements.
PREPARED = {"server_side_binding": True, "prepare_threshold": 3}


def data_directory() -> Path:
    """Return the data directory: everything that Packline keeps on disk lies in it."""
    return Path(os.environ.get(DATA) or "packline-data").resolve()


def database_settings() -> dict[str, Any]:
    """Return Django's settings of the database: the embedded one unless a URL names another.

    Raises
    ------
    ValueError
        If the URL is not of PostgreSQL.
    """
    url = os.environ.get(DATABASE)
    return _postgresql(url) if url else _sqlite(data_directory() / "packline.sqlite3")


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": None,  # the threads that answer stay, and so do their connections
        "OPTIONS": {
            # Writers queue at BEGIN instead of failing half-way; readers never wait. What was
            # committed is on the disk (FULL): a station forgets what the site has acknowledged.
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }


def _postgresql(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres") or len(parts.path) < 2:
        raise ValueError(
            f"{DATABASE} = {url}: not the URL of a PostgreSQL database; "
            "allowed: postgresql://USER:PASSWORD@HOST:PORT/NAME"
        )
    query = dict(parse_qsl(parts.query))
    # What walks the genealogy looks dear and takes milliseconds: compiling it would take more.
    query["options"] = f"-c jit=off {query.get('options', '')}".strip()
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.pop("host", "") or parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "")),
        "CONN_MAX_AGE": 300,  # the threads that answer stay, and so do their connections
        "CONN_HEALTH_CHECKS": True,  # a server that was started again is noticed
        "OPTIONS": query | PREPARED,
    }
