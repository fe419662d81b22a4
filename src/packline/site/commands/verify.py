"""`packline verify`: prove the whole record, or one exported document with no database at all."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from packline.site.options import (
    NO,
    UNUSABLE,
    DatabaseOption,
    DataOption,
    JsonOption,
    ends_well,
    out,
    print_json,
    warn,
)
from packline.site.prepare import point_at, require_record, start_django

SHOWN = 20  # differences printed to a person; --json prints all


@ends_well
def verify(
    document: Annotated[
        Path | None,
        typer.Argument(help="A device history record (PDF) to check; without it, the database."),
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", help="The maker's public key, for a document.")
    ] = None,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Prove that nothing was changed behind the application's back.

    Without a document: every chain is recomputed, every row compared with its event, every
    stored file with its name, every signature with its key. With a document: the record is
    checked offline against the maker's public key.

    Exit code 0: proven. 1: something differs, and it is named. 2: the input cannot be used.
    """
    if document is not None:
        _verify_document(document, key, as_json)
    else:
        _verify_database(data, database, as_json)


def _verify_database(data: Path | None, database: str | None, as_json: bool) -> None:
    point_at(data, database)
    start_django()
    require_record()
    from packline.assurance.queries import signature_differences
    from packline.foundation.verification import verify_record

    found = verify_record()
    differences = [*found.differences, *signature_differences()]
    if as_json:
        print_json(
            {
                "proven": not differences,
                "events": found.events,
                "subjects": found.subjects,
                "rows": found.rows,
                "differences": [asdict(d) for d in differences],
            }
        )
    else:
        counted = f"{found.events} events on {found.subjects} chains, {found.rows} rows compared"
        if not differences:
            out().print(f"[green]Proven:[/] {counted}; nothing differs.")
        else:
            out().print(f"[red]NOT PROVEN:[/] {len(differences)} differences; {counted}.")
            for difference in differences[:SHOWN]:
                out().print(f"  {difference}", markup=False)
            if len(differences) > SHOWN:
                out().print(f"  and {len(differences) - SHOWN} more (see --json)")
    if differences:
        raise typer.Exit(NO)


def _verify_document(document: Path, key: Path | None, as_json: bool) -> None:
    if key is None:
        warn("A document is checked against the maker's public key: give it with --key FILE.")
        raise typer.Exit(UNUSABLE)
    for path in (document, key):
        if not path.is_file():
            warn(f"{path}: no such file")
            raise typer.Exit(UNUSABLE)
    from packline.assurance.calc.proof import verify_document

    verdict = verify_document(document.read_bytes(), key.read_bytes())
    if as_json:
        print_json(asdict(verdict))
    else:
        for line in verdict.lines():
            out().print(line, markup=False)
    if not verdict.proven:
        raise typer.Exit(NO)
