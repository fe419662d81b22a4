"""`packline label`: the label of a unit, a box, a module, a group or a cell."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from packline.site.options import NO, DatabaseOption, DataOption, ends_well, warn
from packline.site.prepare import point_at, require_record, start_django


@ends_well
def label(
    number: Annotated[str, typer.Argument(help="Serial of a unit or part, or number of a box.")],
    zpl: Annotated[bool, typer.Option("--zpl", help="ZPL for a label printer.")] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help="PDF in the size of the label.")] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write to this file; ZPL goes to stdout without it."),
    ] = None,
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Make the label of one thing, with its GS1 DataMatrix where it has a GTIN.

    Exit code 0: made. 1: nothing of that number is known. 2: an option cannot be used.
    """
    point_at(data, database)
    start_django()
    from packline.foundation.errors import InputError, Problem

    if zpl == pdf:
        raise InputError([Problem("--zpl or --pdf", message="say one of them")])
    if pdf and output is None:
        raise InputError([Problem("--output", message="a PDF is written to a file: name it")])
    require_record()
    from packline.assurance.calc.labels import labels_pdf, to_zpl
    from packline.assurance.queries import label_named

    found = label_named(number)
    if found is None:
        warn(f"{number}: no unit, box or part of that number is known")
        raise typer.Exit(NO)
    if pdf:
        assert output is not None
        output.write_bytes(labels_pdf([found], at=datetime.now(UTC)))
    elif output is not None:
        output.write_text(to_zpl([found]), encoding="utf-8")
    else:
        sys.stdout.write(to_zpl([found]))
