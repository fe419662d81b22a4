"""`packline illustrate`: pictures for the instruction that a station shows."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from packline.site.options import DatabaseOption, DataOption, ends_well, out
from packline.site.persons import person_called
from packline.site.prepare import point_at, prepare_database, start_django

LARGEST = 8 * 2**20  # bytes
# What a file begins with says what it is; a name can say anything.
BEGINNINGS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


@ends_well
def illustrate(
    operation: Annotated[str, typer.Argument(help="Code of the operation: kitting, welding ...")],
    pictures: Annotated[list[Path], typer.Argument(help="PNG, JPEG or WebP files, in order.")],
    revision: Annotated[
        int | None, typer.Option("--revision", help="Of the instruction; the newest if not said.")
    ] = None,
    caption: Annotated[
        list[str] | None, typer.Option("--caption", help="One per picture, in their order.")
    ] = None,
    signed_by: Annotated[str, typer.Option("--by", help="Who adds them.")] = "admin",
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Add pictures to the instruction of an operation; stations show them beside its text.

    Exit code 0: added. 1: refused. 2: a file cannot be used, and nothing was added.
    """
    point_at(data, database)
    start_django()
    from packline.foundation.errors import InputError, Problem
    from packline.foundation.files import store
    from packline.process.calc.catalogue import operation_types
    from packline.process.queries.revisions import instruction_in_force
    from packline.process.services import illustrate_instruction

    captions = [*(caption or []), *[""] * len(pictures)]
    problems = []
    contents: list[tuple[Path, bytes, str]] = []
    if operation not in operation_types():
        allowed = ", ".join(operation_types())
        problems.append(Problem("command line", "OPERATION", operation, "is none", allowed))
    for path in pictures:
        if not path.is_file():
            problems.append(Problem(str(path), message="no such file"))
            continue
        content = path.read_bytes()
        kind = media_type_of(content)
        if kind is None:
            problems.append(Problem(str(path), message="is no picture", allowed="PNG, JPEG, WebP"))
        elif len(content) > LARGEST:
            size = f"{len(content) / 2**20:.1f} MiB"
            problems.append(Problem(str(path), "size", size, "is too large", "8 MiB"))
        else:
            contents.append((path, content, kind))
    if len(caption or []) > len(pictures):
        problems.append(
            Problem("command line", "--caption", message="more captions than pictures")
        )
    if problems:
        raise InputError(problems)
    prepare_database()
    person = person_called(signed_by, field="--by")
    at = datetime.now(UTC)
    files = [
        (store(content=content, name=path.name, media_type=kind, by=person, at=at), said)
        for (path, content, kind), said in zip(contents, captions, strict=False)
    ]
    wanted = revision if revision is not None else instruction_in_force(operation).revision
    rows = illustrate_instruction(
        operation_code=operation, revision=wanted, pictures=files, by=person, at=at
    )
    for row in rows:
        out().print(f"{row}  {row.file.name}  {row.caption}", markup=False)


def media_type_of(content: bytes) -> str | None:
    """Say what kind of picture these bytes are; None if they are none."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in BEGINNINGS.items() if content.startswith(start)), None)
