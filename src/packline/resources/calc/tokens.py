"""The form of a token: told apart at a glance, found by its prefix, kept as a digest."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

__all__ = ["SCOPES", "digest_of", "is_secret_of", "make_token", "prefix_of"]

# What a token may be allowed to do, and what that means to whoever issues it.
SCOPES = {
    "units:read": "see units, steps, orders and what the gate says",
    "trace:read": "trace parts and lots in both directions",
    "quality:read": "see nonconformances",
    "steps:write": "sign people in, start and finish steps, hand in readings and joints",
    "files:write": "hand in files",
}

FORM = re.compile(r"pl_([a-z0-9]{10})_([A-Za-z0-9_-]{43})")
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # none that is taken for another


def make_token() -> tuple[str, str]:
    """Return a new token and its prefix; the token is shown once and kept nowhere."""
    prefix = "".join(secrets.choice(LETTERS) for _ in range(10))
    return f"pl_{prefix}_{secrets.token_urlsafe(32)}", prefix


def prefix_of(token: str) -> str | None:
    """Return the prefix of a token, or None of what cannot be one."""
    found = FORM.fullmatch(token)
    return found[1] if found else None


def digest_of(token: str) -> str:
    """Return what is kept of a token. It has 256 random bits, so a plain digest suffices."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_secret_of(token: str, digest: str) -> bool:
    """Say whether a digest is that of a token, taking the same time for any answer."""
    return hmac.compare_digest(digest_of(token), digest)
