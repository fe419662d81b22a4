"""What a message to a receiver says: the event in short, the same at every attempt."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

__all__ = ["LARGEST", "message"]

LARGEST = 64 * 1024  # bytes; beyond, the facts are left out and to be asked for


def message(
    *,
    verb: str,
    at: datetime,
    subject: str,
    seq: int,
    digest: str,
    program: str | None,
    by: str | None,
    facts: dict[str, Any],
) -> bytes:
    """Return the body of the message of one event.

    `by` is left out for receivers who do not see the whole house. The rows of the event are never
    told: who wants more asks the interface.
    """
    table, _, key = subject.partition(":")
    data: dict[str, Any] = {
        "subject": {"table": table, "key": key, "seq": seq},
        "event": digest,
        "program": program,
        "facts": facts,
    }
    if by is not None:
        data["by"] = by
    whole = {"type": verb, "timestamp": _moment(at), "data": data}
    body = _text(whole)
    if len(body) > LARGEST:
        data["facts"], data["left_out"] = {}, "facts"
        body = _text(whole)
    return body


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _text(document: dict[str, Any]) -> bytes:
    return json.dumps(
        document, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True
    ).encode()
