"""Keeping a file with the step that it belongs to: a photograph, a curve, a print-out."""

from __future__ import annotations

from datetime import datetime

from packline.foundation.commands import command
from packline.foundation.events import record
from packline.foundation.files import store
from packline.foundation.models import Person, StoredFile
from packline.production.models import Step


@command("production.take_readings")
def attach_file(
    *, step: Step, content: bytes, name: str, media_type: str, by: Person, at: datetime
) -> StoredFile:
    """Keep a file under its SHA-256, and tell on the unit's chain which step it belongs to."""
    file = store(content=content, name=name, media_type=media_type, by=by, at=at)
    record(
        "production.file.attached",
        step.unit,
        by=by,
        at=at,
        step=str(step),
        file=file.sha256,
        name=name,
        media_type=media_type,
        size_bytes=len(content),
    )
    return file
