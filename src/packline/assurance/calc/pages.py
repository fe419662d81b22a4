"""The attached files of a PDF, and one digest of everything else that a reader of it sees."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from typing import Any

import pikepdf

__all__ = ["UnreadablePdf", "attachments", "pages_sha256"]

# What is not on the page: the files themselves (checked byte for byte on their own) and the
# metadata, which repeats title and times. Everything else reachable from the catalogue counts.
_NOT_SHOWN = frozenset({"/AF", "/Metadata"})
_NOT_CONTENT = frozenset({"/Length", "/Filter", "/DecodeParms"})  # how a stream is packed


class UnreadablePdf(ValueError):
    """The file is not a PDF that can be read to its end."""


def attachments(pdf: bytes) -> dict[str, bytes]:
    """Return the attached files by name; one that only /AF lists is called "(not listed)".

    Raises
    ------
    UnreadablePdf
        If the file is not a PDF.
    """
    with _opened(pdf) as document:
        found = {
            name: document.attachments[name].get_file().read_bytes()
            for name in sorted(document.attachments)
        }
        listed = {document.attachments[name].obj.objgen for name in document.attachments}
        if any(entry.objgen not in listed for entry in document.Root.get("/AF", ())):
            found["(not listed)"] = b""
        return found


def pages_sha256(pdf: bytes) -> str:
    """Digest what the pages show: contents, fonts, pictures, annotations, structure, order.

    The objects of the file are walked from its catalogue in a fixed order and written as text;
    an object met again is written as its place in that order. So neither the numbering of the
    objects nor the way they are packed matters, and a changed letter, picture, font, page,
    annotation, script or layer does.

    Raises
    ------
    UnreadablePdf
        If the file is not a PDF.
    """
    digest = hashlib.sha256()
    with _opened(pdf) as document:
        try:
            for token in _tokens(_shown(document.Root)):
                digest.update(token)
        except (pikepdf.PdfError, RuntimeError, ValueError) as error:
            raise UnreadablePdf(f"the pages cannot be read: {error}") from error
    return digest.hexdigest()


def _opened(pdf: bytes) -> pikepdf.Pdf:
    try:
        # A damaged file is not mended silently: what is shown would then be a guess.
        return pikepdf.open(io.BytesIO(pdf), suppress_warnings=True, attempt_recovery=False)
    except (pikepdf.PdfError, pikepdf.PasswordError) as error:
        raise UnreadablePdf(f"not a readable PDF: {error}") from error


def _shown(root: pikepdf.Object) -> dict[str, Any]:
    """Return the catalogue without the attached files, which are checked on their own."""
    shown: dict[str, Any] = {k: v for k, v in root.items() if k not in _NOT_SHOWN}
    if names := root.get("/Names"):
        shown["/Names"] = {k: v for k, v in names.items() if k != "/EmbeddedFiles"}
    return shown


def _tokens(root: dict[str, Any]) -> Iterator[bytes]:
    """Yield the object graph as text, depth first, by a stack: structures run deep."""
    met: dict[tuple[int, int], int] = {}
    pending: list[tuple[bytes, Any]] = [(b"", root)]
    while pending:
        text, item = pending.pop()
        yield text
        if isinstance(item, pikepdf.Object) and item.is_indirect:
            if (place := met.get(item.objgen)) is not None:
                yield b"@%d;" % place
                continue
            met[item.objgen] = len(met)
        yield from _own_text(item)
        pending.extend(reversed(_children(item)))


def _own_text(item: Any) -> Iterator[bytes]:
    if isinstance(item, pikepdf.Stream):
        content = item.read_bytes() if _can_unpack(item) else item.read_raw_bytes()
        yield b"stream%d:" % len(content)
        yield content
    elif isinstance(item, pikepdf.Dictionary | pikepdf.Array | dict):
        yield b"{%d:" % len(item)
    elif isinstance(item, pikepdf.Object):
        yield item.unparse() + b";"
    else:  # numbers and truth values come as Python's own
        yield f"{type(item).__name__} {item!r};".encode()


def _children(item: Any) -> list[tuple[bytes, Any]]:
    if isinstance(item, pikepdf.Array):
        return [(b"-", child) for child in item]
    if isinstance(item, pikepdf.Stream):
        packed = _NOT_CONTENT if _can_unpack(item) else frozenset({"/Length"})
        return [(k.encode(), v) for k, v in sorted(item.items()) if k not in packed]
    if isinstance(item, pikepdf.Dictionary | dict):
        return [(k.encode(), v) for k, v in sorted(item.items())]
    return []


def _can_unpack(stream: pikepdf.Stream) -> bool:
    """Say whether the stream is only deflated; a picture's own coding is left as it is."""
    filters = stream.get("/Filter")
    if filters is None:
        return True
    names = list(filters) if isinstance(filters, pikepdf.Array) else [filters]
    return all(name == "/FlateDecode" for name in names)
