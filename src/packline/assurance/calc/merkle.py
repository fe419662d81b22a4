"""One hash over many: a Merkle tree whose root a single signature covers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

__all__ = ["heads_text", "root_of"]


def heads_text(heads: Iterable[tuple[str, int, str]]) -> str:
    """Write heads of chains, one a line in the order of their subjects: subject, seq, hash."""
    return "".join(f"{subject}\t{seq}\t{head}\n" for subject, seq, head in sorted(heads))


def root_of(leaves: Sequence[bytes]) -> str:
    """Return the Merkle tree hash of RFC 6962, section 2.1, over the leaves, as hexadecimal.

    Leaves and nodes are hashed with different first bytes, so that a node can never pass for a
    leaf; the hash of no leaves is that of the empty string.
    """
    return _tree(leaves).hex()


def _tree(leaves: Sequence[bytes]) -> bytes:
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1  # greatest power of two below the count
    return hashlib.sha256(b"\x01" + _tree(leaves[:split]) + _tree(leaves[split:])).digest()
