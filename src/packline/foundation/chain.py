"""The chain itself: one text per fact, one hash per link. Knows no database, so that a document
can be proven where there is none.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

__all__ = ["GENESIS", "canonical", "chain_hash"]

GENESIS = "0" * 64  # stands before the first event of every subject


def canonical(value: Any) -> str:
    """Write `value` as the one JSON text that is stored and hashed."""
    return json.dumps(
        value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )


def chain_hash(prev_hash: str, text: str) -> str:
    """Link an event's text to the hash before it."""
    return hashlib.sha256((prev_hash + text).encode()).hexdigest()
