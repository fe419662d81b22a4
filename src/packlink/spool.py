"""A spool beside a machine: what is to be handed in is on disk first, and goes in order.

Each entry has an idempotency key that it keeps for ever, so that an entry may be sent any number
of times: it is done once. Entries of one stream, of one unit for example, go strictly in order;
one that is refused stops its own stream and no other, until somebody decides on it.
"""

from __future__ import annotations

import http.client
import json
import sqlite3
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

__all__ = ["Entry", "Spool"]

TABLE = """
CREATE TABLE IF NOT EXISTS entry (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    stream TEXT NOT NULL,
    path TEXT NOT NULL,
    body BLOB NOT NULL,
    content_type TEXT NOT NULL,
    headers TEXT NOT NULL,
    key TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'refused', 'dropped')),
    tries INTEGER NOT NULL DEFAULT 0,
    status INTEGER,
    answer TEXT NOT NULL DEFAULT ''
)
"""
AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})  # not about the entry: try again later


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to be handed in, and what became of it."""

    number: int
    stream: str
    path: str
    key: str
    state: str  # waiting, sent, refused, dropped
    tries: int
    status: int | None
    answer: str


class Spool:
    """A queue on disk in front of the interface of a site.

    Parameters
    ----------
    file : Path
        Where the queue is kept; it survives the process and the power.
    url : str
        The site, for example ``https://packline.example``.
    token : str
        Token of the station.
    timeout_s : float
        How long an answer may take. [s]
    """

    def __init__(self, file: Path, url: str, token: str, *, timeout_s: float = 10.0) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url}: not the address of a site; allowed: http(s)://HOST[:PORT]")
        self._place = (parts.scheme, parts.hostname, parts.port)
        self._token = token
        self._timeout_s = timeout_s
        self._lock = threading.RLock()  # of the table
        self._sending = threading.Lock()  # of the line
        self._line: http.client.HTTPConnection | None = None
        self._table = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self._table.execute("PRAGMA journal_mode=WAL")
        self._table.execute("PRAGMA synchronous=FULL")  # what is put is there after a power cut
        self._table.execute(TABLE)

    def put(
        self,
        path: str,
        body: Mapping[str, Any] | bytes,
        *,
        stream: str = "",
        headers: Mapping[str, str] | None = None,
        content_type: str = "application/json",
        key: str | None = None,
    ) -> str:
        """Keep something to be handed in; returns its key once it is safe on disk."""
        content = body if isinstance(body, bytes) else json.dumps(body, allow_nan=False).encode()
        key = key or str(uuid.uuid4())
        with self._lock:
            self._table.execute(
                "INSERT INTO entry (stream, path, body, content_type, headers, key, state) "
                "VALUES (?, ?, ?, ?, ?, ?, 'waiting')",
                (stream, path, content, content_type, json.dumps(dict(headers or {})), key),
            )
        return key

    def forward(self) -> int:
        """Send what waits, in order; returns how many entries the site has accepted.

        Ends early when the site cannot be reached or asks to wait: call it again later.
        """
        sent = 0
        with self._sending:  # whoever puts something meanwhile does not wait for the network
            refused = self._rows("SELECT DISTINCT stream FROM entry WHERE state = 'refused'")
            stopped = {stream for (stream,) in refused}
            waiting = self._rows(
                "SELECT number, stream FROM entry WHERE state = 'waiting' ORDER BY number"
            )
            for number, stream in waiting:
                if stream in stopped:
                    continue
                status = self._send(number)
                if status is None or status in AGAIN:
                    break
                if 200 <= status < 300:
                    sent += 1
                else:
                    stopped.add(stream)
        return sent

    def entries(self, state: str) -> list[Entry]:
        """Return the entries in a state, in their order."""
        rows = self._rows(
            "SELECT number, stream, path, key, state, tries, status, answer FROM entry "
            "WHERE state = ? ORDER BY number",
            state,
        )
        return [Entry(*row) for row in rows]

    def retry(self, key: str) -> None:
        """Let a refused entry be sent again, after what blocked it was cleared."""
        self._decide(key, "waiting")

    def drop(self, key: str) -> None:
        """Give a refused entry up; it is kept, and the rest of its stream goes on."""
        self._decide(key, "dropped")

    def put_again(self, key: str) -> None:
        """Send once more what was accepted, after a site was restored from a backup for example.

        What the site still knows is done once, by its key.
        """
        with self._lock:
            self._table.execute(
                "UPDATE entry SET state = 'waiting' WHERE key = ? AND state = 'sent'", (key,)
            )

    def close(self) -> None:
        """Let go of file and line."""
        with self._sending, self._lock:
            self._hang_up()
            self._table.close()

    def _decide(self, key: str, state: str) -> None:
        with self._lock:
            changed = self._table.execute(
                "UPDATE entry SET state = ? WHERE key = ? AND state = 'refused'", (state, key)
            )
            if changed.rowcount != 1:
                raise ValueError(f"{key}: no refused entry has this key")

    def _rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._table.execute(statement, values).fetchall()

    def _send(self, number: int) -> int | None:
        path, body, content_type, more, key = self._rows(
            "SELECT path, body, content_type, headers, key FROM entry WHERE number = ?", number
        )[0]
        headers = {
            **json.loads(more),
            "Authorization": f"Bearer {self._token}",
            "Content-Type": content_type,
            "Idempotency-Key": key,
        }
        with self._lock:
            self._table.execute("UPDATE entry SET tries = tries + 1 WHERE number = ?", (number,))
        try:
            line = self._dial()
            line.request("POST", path, body=body, headers=headers)
            answer = line.getresponse()
            said, status = answer.read().decode("utf-8", "replace"), answer.status
        except (OSError, http.client.HTTPException) as error:
            self._hang_up()
            self._note(number, "waiting", None, str(error))
            return None
        state = "sent" if 200 <= status < 300 else "waiting" if status in AGAIN else "refused"
        self._note(number, state, status, said)
        return status

    def _note(self, number: int, state: str, status: int | None, said: str) -> None:
        with self._lock:
            self._table.execute(
                "UPDATE entry SET state = ?, status = ?, answer = ? WHERE number = ?",
                (state, status, said[:4000], number),
            )

    def _dial(self) -> http.client.HTTPConnection:
        if self._line is None:
            scheme, host, port = self._place
            kind = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
            self._line = kind(host, port, timeout=self._timeout_s)
        return self._line

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None
