"""`packline backup`: a copy of a data directory that is whole, taken while work goes on."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from packline.site.options import DataOption, ends_well, out
from packline.site.place import data_directory
from packline.site.prepare import point_at, require_record, start_django


@ends_well
def backup(
    target: Annotated[Path, typer.Argument(help="A directory that does not exist yet.")],
    data: DataOption = None,
) -> None:
    """Copy the embedded database, the files and the keys, while stations go on working.

    The copy is a data directory: `packline verify --data TARGET` proves it, and restoring is to
    serve it. It holds the signing key, so keep it as you keep that. Its webhooks are silent until
    somebody says that it takes the place of this record. For PostgreSQL see the how-to.

    Exit code 0: copied. 2: there is no record, or the target exists.
    """
    point_at(data, None)
    start_django()
    require_record()
    from django.db import connection

    from packline.foundation.errors import InputError, Problem

    if connection.vendor != "sqlite":
        message = "is PostgreSQL: use pg_dump, see docs/how-to/run-for-a-plant.md"
        raise InputError([Problem("database", message=message)])
    if target.exists():
        raise InputError([Problem("TARGET", "", str(target), "exists already")])
    folder = data_directory()
    target.mkdir(parents=True, mode=0o700)
    # The database first: a file that comes later is then at most one too many, never one missing.
    with (
        closing(sqlite3.connect(folder / "packline.sqlite3")) as source,
        closing(sqlite3.connect(target / "packline.sqlite3")) as copy,
    ):
        source.backup(copy)
    for part in ("files", "keys", "catalog"):
        if (folder / part).is_dir():
            ignore = shutil.ignore_patterns(".part-*")
            shutil.copytree(folder / part, target / part, ignore=ignore)
    out().print(f"Copied to {target}", markup=False)
    out().print(f"Prove it  packline verify --data {target}", markup=False)
