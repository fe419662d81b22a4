"""`packline equip`: stations, gauges, tools, training, recipes and revisions out of one file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from packline.site.options import DatabaseOption, DataOption, ends_well, out
from packline.site.persons import person_called
from packline.site.prepare import point_at, prepare_database, start_django


@ends_well
def equip(
    file: Annotated[Path, typer.Argument(help="What there is on the floor: TOML.")],
    signed_by: Annotated[str, typer.Option("--as", help="Username of who says so.")],
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Make stations, gauges, tools, training, recipes and their effectivity known from a file.

    The file has tables [[station]], [[gauge]], [[tool]], [[training]], [[recipe]] and
    [[effective]]. The same file again changes nothing but what it says anew; all of it is taken,
    or nothing.

    Exit code 0: taken. 1: refused. 2: the file or the person cannot be used.
    """
    point_at(data, database)
    start_django()
    from packline.foundation.errors import InputError, Problem
    from packline.site.floor_file import read_floor, take_floor

    try:
        content = file.read_bytes()
    except OSError as error:
        raise InputError([Problem(str(file), message=str(error))]) from error
    rows = read_floor(content, str(file))
    prepare_database()
    said = take_floor(rows, person_called(signed_by), datetime.now(UTC))
    out().print(said, markup=False)
