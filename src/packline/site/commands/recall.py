"""`packline recall`: every pack that a lot, a part, a gauge or a station concerns."""

from __future__ import annotations

import csv
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from packline.site.options import (
    NO,
    DatabaseOption,
    DataOption,
    JsonOption,
    ends_well,
    out,
    print_json,
    warn,
)
from packline.site.prepare import point_at, require_record, start_django


@ends_well
def recall(
    name: Annotated[
        str, typer.Argument(help="Lot, cell, part, box, gauge or station by its number.")
    ],
    file: Annotated[
        Path | None, typer.Option("--csv", help="Also write the packs to this CSV file.")
    ] = None,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Name every pack that something concerns: its state, whose it is, and in which box it is.

    Exit code 0: answered. 1: nothing of that name is known.
    """
    point_at(data, database)
    start_django()
    require_record()
    from packline.production.queries.recall import COLUMNS
    from packline.production.queries.recall import recall as find

    found = find(name)
    if found is None:
        warn(f"{name}: no lot, part, pack, box, gauge or station of that name is known")
        raise typer.Exit(NO)
    if file is not None:
        with file.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow(COLUMNS)
            writer.writerows(pack.cells for pack in found.packs)
    if as_json:
        print_json({**asdict(found), "count": len(found.packs), "complete": found.complete})
        return
    screen = out()
    said = "complete" if found.complete else "not complete"
    screen.print(
        f"{found.subject} ({found.kind}): {len(found.packs)} packs; {said}.", markup=False
    )
    for gap in found.gaps:
        screen.print(f"  {gap}", markup=False)
    if found.packs:
        table = Table(*COLUMNS)
        for pack in found.packs:
            table.add_row(*pack.cells)
        screen.print(table)
