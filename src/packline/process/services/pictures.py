"""Adding pictures to a revision of an instruction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from packline.foundation.commands import command
from packline.foundation.errors import DomainError
from packline.foundation.events import record
from packline.foundation.models import Person, StoredFile
from packline.process.calc.catalogue import operation_types
from packline.process.models import InstructionPicture
from packline.process.queries.revisions import instruction_in_force

__all__ = ["PICTURE_TYPES", "illustrate_instruction"]

PICTURE_TYPES = ("image/png", "image/jpeg", "image/webp")


@command("process.revise_instruction")
def illustrate_instruction(
    *,
    operation_code: str,
    revision: int,
    pictures: Sequence[tuple[StoredFile, str]],
    by: Person,
    at: datetime,
) -> list[InstructionPicture]:
    """Add pictures with their captions to a revision, behind those that it has.

    A picture is never taken away from a revision that people work by: revise the instruction.

    Raises
    ------
    DomainError
        If there is no such operation or revision, nothing is added, or a file is no picture.
    """
    if operation_code not in operation_types():
        allowed = ", ".join(operation_types())
        raise DomainError(f"{operation_code} is no operation; allowed: {allowed}")
    newest = instruction_in_force(operation_code).revision
    if not 1 <= revision <= newest:
        raise DomainError(f"{operation_code} has no revision {revision}; allowed: 1 to {newest}")
    if not pictures:
        raise DomainError(f"{operation_code}@{revision}: no picture was given")
    for file, _ in pictures:
        if file.media_type not in PICTURE_TYPES:
            allowed = ", ".join(PICTURE_TYPES)
            raise DomainError(f"{file.name} is {file.media_type}; allowed: {allowed}")
    known = InstructionPicture.objects.filter(operation_code=operation_code, revision=revision)
    rows = [
        InstructionPicture(
            operation_code=operation_code,
            revision=revision,
            number=number,
            file=file,
            caption=caption[:200],
        )
        for number, (file, caption) in enumerate(pictures, start=known.count() + 1)
    ]
    InstructionPicture.objects.bulk_create(rows)
    record("process.instruction.illustrated", rows[0], by=by, at=at, rows=rows)
    return rows
