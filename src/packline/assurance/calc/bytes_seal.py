"""The seal over a file's own bytes: one comment line before its last offset, signed.

The seal of the record proves data and pages however the file is packed, so a copy that a program
saved anew stays proven. This line proves the packing as well: while it is there, not one byte of
the file may differ. A program that saves the file anew drops it, as it drops every comment.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from packline.assurance.calc.verdict import Finding
from packline.foundation.chain import canonical
from packline.foundation.keys import check

__all__ = ["bytes_finding", "carries_bytes_seal", "seal_bytes"]

_END = b"startxref\n"
_LINE = re.compile(rb"%packline-bytes: ([0-9a-f]{128})\n(?=startxref\n)")
# Half a signature in the last bytes is a line that was damaged, not one that never was: nothing
# else that stands there is so long.
_TRACE = re.compile(rb"[0-9a-f]{60}")
_TAIL = 400


def seal_bytes(pdf: bytes, sign: Callable[[bytes], bytes]) -> bytes:
    """Return the file with the signed line; nothing that a reader of it sees is changed.

    Raises
    ------
    ValueError
        If the file does not end as a PDF ends.
    """
    at = pdf.rfind(_END)
    if at < 0:
        raise ValueError("the file has no startxref, so it is no PDF")
    line = b"%packline-bytes: " + sign(_statement(pdf)).hex().encode() + b"\n"
    return pdf[:at] + line + pdf[at:]


def carries_bytes_seal(pdf: bytes) -> bool:
    """Say whether the file has the line, or what is left of it."""
    return _TRACE.search(pdf, max(0, len(pdf) - _TAIL)) is not None


def bytes_finding(pdf: bytes, public_key: bytes) -> Finding | None:
    """Return what is wrong with the bytes of a file that carries the line, if anything is."""
    if not carries_bytes_seal(pdf):
        return None
    line = _LINE.search(pdf, max(0, len(pdf) - _TAIL))
    if line is not None:
        rest = pdf[: line.start()] + pdf[line.end() :]
        if check(public_key, bytes.fromhex(line[1].decode()), _statement(rest)):
            return None
    return Finding("file", "its bytes are not those that were issued with this key", "bytes")


def _statement(pdf: bytes) -> bytes:
    digest = hashlib.sha256(pdf).hexdigest()
    return canonical({"format": "packline.bytes/1", "sha256": digest}).encode()
