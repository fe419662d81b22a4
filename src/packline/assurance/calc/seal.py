"""The seal of a record: digests of every section and of the pages, under one signature."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from packline.foundation.chain import canonical

__all__ = [
    "ATTACHMENT",
    "SEAL_FORMAT",
    "day_statement",
    "head_statement",
    "make_seal",
    "section_digests",
    "statement",
]

ATTACHMENT = "device-history.json"  # the file in the PDF that holds record and seal
SEAL_FORMAT = "packline.seal/1"


def section_digests(record: Mapping[str, Any]) -> dict[str, str]:
    """Return the SHA-256 of the canonical JSON of each section of a record."""
    return {
        name: hashlib.sha256(canonical(value).encode()).hexdigest()
        for name, value in record.items()
    }


def statement(seal: Mapping[str, Any]) -> bytes:
    """Return what is signed: the canonical JSON of the seal without its signature."""
    return canonical({k: v for k, v in seal.items() if k != "signature"}).encode()


def make_seal(
    record: Mapping[str, Any],
    *,
    pages_sha256: str,
    sign: Callable[[bytes], bytes],
    key_id: str,
) -> dict[str, Any]:
    """Sign a record together with the pages that show it."""
    seal: dict[str, Any] = {
        "format": SEAL_FORMAT,
        "algorithm": "Ed25519",
        "key_id": key_id,
        "pages_sha256": pages_sha256,
        "sections": section_digests(record),
    }
    return {**seal, "signature": sign(statement(seal)).hex()}


def head_statement(subject: str, seq: int, head: str) -> bytes:
    """Return what is signed at release: which chain, how many events, and its last hash."""
    return canonical(
        {"format": "packline.head/1", "subject": subject, "seq": seq, "head": head}
    ).encode()


def day_statement(*, day: str, number: int, subjects: int, root: str, previous: str) -> bytes:
    """Return what is signed at the end of a day: one root over the heads of its chains."""
    return canonical(
        {
            "format": "packline.day/1",
            "day": day,
            "number": number,
            "subjects": subjects,
            "root": root,
            "previous": previous,
        }
    ).encode()
