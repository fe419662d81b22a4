"""Files kept by content: named by their SHA-256 under the data directory, never overwritten."""

from __future__ import annotations

import hashlib
import os
import tempfile
from datetime import datetime
from pathlib import Path

from django.conf import settings

from packline.foundation.commands import command, unchanged
from packline.foundation.errors import DomainError
from packline.foundation.events import record
from packline.foundation.models import Person, StoredFile

__all__ = ["DamagedFile", "path_of", "read", "store"]


class DamagedFile(DomainError):
    """A stored file is missing or no longer what it was."""


def path_of(sha256: str) -> Path:
    """Return where a stored file lies."""
    return Path(settings.PACKLINE_DATA) / "files" / sha256[:2] / sha256


@command("foundation.store_file")
def store(*, content: bytes, name: str, media_type: str, by: Person, at: datetime) -> StoredFile:
    """Keep a file; the same content is kept once."""
    digest = hashlib.sha256(content).hexdigest()
    known = StoredFile.objects.filter(sha256=digest).first()
    _write(path_of(digest), content)
    if known is not None:
        return unchanged(known)
    file = StoredFile.objects.create(
        sha256=digest, name=name, media_type=media_type, size_bytes=len(content)
    )
    record("foundation.file.stored", file, by=by, at=at, rows=[file])
    return file


def read(sha256: str) -> bytes:
    """Return a stored file's content, checked against its name.

    Raises
    ------
    DamagedFile
        If the file is missing, or its content does not have this SHA-256.
    """
    path = path_of(sha256)
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise DamagedFile(f"file {sha256[:12]} is missing from {path.parent}") from error
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise DamagedFile(f"file {sha256[:12]} was changed: its content has SHA-256 {found}")
    return content


def _write(path: Path, content: bytes) -> None:
    """Write all or nothing, and only once."""
    if path.exists() and path.stat().st_size == len(content):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
