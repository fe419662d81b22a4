"""`packline import-cells`: take a measured lot of cells from a CSV file into stock."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from packline.site.options import (
    DatabaseOption,
    DataOption,
    JsonOption,
    ends_well,
    out,
    print_json,
    warn,
)
from packline.site.persons import person_called
from packline.site.prepare import point_at, prepare_database, start_django

if TYPE_CHECKING:
    from packline.catalog.calc.sheet import CellSheet
    from packline.catalog.models import CellModel
    from packline.foundation.errors import InputError
    from packline.foundation.models import Person
    from packline.supply.calc.cellfile import CellFile, CellMapping
    from packline.supply.models import CellLot

SHOWN = 20  # rejected rows printed to a person; the reject file has all


@ends_well
def import_cells(
    file: Annotated[Path, typer.Argument(help="Measured cells: CSV in UTF-8.")],
    lot: Annotated[str, typer.Option("--lot", help="Number of the lot.")],
    supplier: Annotated[str, typer.Option("--supplier", help="Who delivered it.")],
    cell: Annotated[str, typer.Option("--cell", help="Code of the cell in the catalogue.")],
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column",
            help="Which column is what: FIELD=COLUMN[:UNIT[:KIND]], for example "
            "capacity=cap_nom:mAh or resistance=ir:mOhm:dc (kind ac or dc). Fields: serial, "
            "capacity, ocv, resistance, sublot, made_on. Usual names are recognised.",
        ),
    ] = None,
    select: Annotated[
        list[str] | None,
        typer.Option("--select", help="Only the rows with this value: COLUMN=VALUE."),
    ] = None,
    received_on: Annotated[
        datetime | None,
        typer.Option(
            "--received-on",
            formats=["%Y-%m-%d"],
            metavar="DATE",
            help="Day of receipt, like 2026-03-31. Today when not given.",
        ),
    ] = None,
    use_by: Annotated[
        datetime | None,
        typer.Option(
            "--use-by",
            formats=["%Y-%m-%d"],
            metavar="DATE",
            help="Last day of the shelf life: later no cell of the lot goes into a unit.",
        ),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse the file if any row cannot be read.")
    ] = False,
    rejects: Annotated[
        Path | None, typer.Option("--rejects", help="Also write the rejected rows to this file.")
    ] = None,
    catalog: Annotated[
        Path | None, typer.Option("--catalog", help="A further folder of cell sheets (TOML).")
    ] = None,
    program: Annotated[
        str | None,
        typer.Option(
            "--program",
            help="Judge the lot by the released design of this program; needed only when several "
            "designs use the cell.",
        ),
    ] = None,
    signed_by: Annotated[
        str | None,
        typer.Option("--as", help="Username of who receives the lot; else the virtual inspector."),
    ] = None,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a measured lot of cells into stock; every row that cannot be read is reported.

    The readable rows are imported, the others go to a reject file with line and reason. With
    --strict, or when the file cannot be read as a whole, nothing changes. When a released design
    uses the cell, every cell is judged by its incoming limits at once, and outsiders are
    quarantined with a nonconformance.

    Exit code 0: received. 1: refused, for example because the lot number is taken. 2: the file
    or an option cannot be used.
    """
    point_at(data, database)
    start_django()
    mapping = _mapping(column or [], select or [])
    from packline.site.run.cast import gather
    from packline.supply.forms import read_cells
    from packline.supply.services import receive_cells

    # What cannot be used is refused before anything is written, even an empty database.
    read_cells(file, mapping, strict=strict, in_stock=lambda _: {})
    prepare_database()
    at = datetime.now(UTC)
    cells = read_cells(file, mapping, strict=strict, lot_number=lot)
    person = None if signed_by is None else person_called(signed_by)
    model = _registered(_cell(cell, catalog), at)
    person = person or gather(at).inspector
    received = receive_cells(
        lot_number=lot,
        supplier=supplier,
        cell=model,
        cells=cells,
        received_on=(received_on or at).date(),
        use_by=use_by.date() if use_by is not None else None,
        by=person,
        at=at,
    )
    if rejects is not None and cells.rejected:
        rejects.write_bytes(cells.rejects_csv())
    judged = _judge(received, program, person, at)
    _tell(received, cells, person, judged, as_json)


def _judge(lot: CellLot, program: str | None, by: Person, at: datetime) -> str:
    """Judge a lot by the design that uses its cell; say what came of it, or what is to be done."""
    from packline.design.models import Design
    from packline.site.listeners import listen
    from packline.site.run.upstream import incoming_of
    from packline.supply.queries.sampling import sample_of_lot, scheme_of
    from packline.supply.services import inspect_lot

    designs = Design.objects.filter(cell=lot.cell, state="released").order_by("program__code")
    codes = list(designs.values_list("program__code", flat=True))
    if program is not None and program not in codes:
        raise _unusable(
            "--program",
            program,
            f"has no released design of {lot.cell}",
            ", ".join(codes) or "none",
        )
    if lot.state != "received":
        return "It was judged before."
    if scheme_of(lot) is not None and sample_of_lot(lot) is None:
        return (
            "Not judged yet: lots of this cell from this supplier are sampled; draw the sample on "
            "the page of the lot."
        )
    if program is None and len(codes) != 1:
        return (
            f"Not judged yet: {', '.join(codes)} use this cell, name one with --program."
            if codes
            else "Not judged yet: no released design uses this cell."
        )
    if not by.has_perm("supply.inspect_lot"):
        return f"Not judged yet: {by.shown_name} may not inspect."
    design = designs.get(program__code=program or codes[0])
    out_of_limits = inspect_lot(lot=lot, limits=incoming_of(design), by=by, at=at)
    listen()
    lot.refresh_from_db()
    return (
        f"Judged by {design}: {lot.row_count - len(out_of_limits)} accepted, "
        f"{len(out_of_limits)} quarantined."
    )


def _unusable(where: str, value: str, message: str, allowed: str = "") -> InputError:
    from packline.foundation.errors import InputError, Problem

    return InputError([Problem(where, value=value, message=message, allowed=allowed)])


def _mapping(columns: list[str], select: list[str]) -> CellMapping:
    """Read FIELD=COLUMN[:UNIT[:KIND]] and COLUMN=VALUE."""
    from packline.requirements.calc.spec import CellColumn
    from packline.supply.forms import mapping_of

    told = []
    for text in columns:
        field, equals, rest = text.partition("=")
        parts = rest.split(":")
        if not (field and equals and parts[0]) or len(parts) > 3:
            raise _unusable("--column", text, "cannot be read", "FIELD=COLUMN[:UNIT[:KIND]]")
        told.append(CellColumn(field, *parts))
    wanted = []
    for text in select:
        title, equals, value = text.partition("=")
        if not (title and equals):
            raise _unusable("--select", text, "cannot be read", "COLUMN=VALUE")
        wanted.append((title, value))
    return mapping_of(told, wanted)


def _cell(code: str, folder: Path | None) -> CellModel | CellSheet:
    """Return the cell of the record, or else its sheet in the catalogue."""
    from packline.catalog.models import CellModel
    from packline.site.catalogue import cell_sheets

    known = CellModel.objects.filter(code=code).first()
    if known is not None:
        return known
    sheets = {sheet.code: sheet for sheet in cell_sheets(folder)}
    if code not in sheets:
        raise _unusable(
            "--cell", code, "the catalogue has no such cell", ", ".join(sorted(sheets))
        )
    return sheets[code]


def _registered(cell: CellModel | CellSheet, at: datetime) -> CellModel:
    """Return the cell of the record; its sheet is taken over where no engineer has done so."""
    from packline.catalog.models import CellModel
    from packline.catalog.services import register_cell
    from packline.site.run.cast import gather

    if isinstance(cell, CellModel):
        return cell
    return register_cell(sheet=cell, by=gather(at).engineer, at=at)


def _tell(lot: CellLot, cells: CellFile, person: Person, judged: str, as_json: bool) -> None:
    from packline.supply.calc.cellfile import FIELDS

    if as_json:
        print_json(
            {
                "lot": lot.number,
                "cell": str(lot.cell),
                "read": len(cells.rows),
                "rejected": [
                    {"line": row.line, "reason": row.reason, "fields": list(row.fields)}
                    for row in cells.rejected
                ],
                "skipped": cells.skipped,
                "warnings": list(cells.warnings),
                "columns": {
                    field: {"column": told.column, "unit": told.unit}
                    for field, told in cells.mapping.columns.items()
                },
                "file": lot.file.sha256,
                "rejects": lot.rejects.sha256 if lot.rejects else None,
                "received_by": person.username,
                "state": lot.state,
                "judged": judged,
                "quarantined": lot.cells.filter(state="quarantined").count(),
            }
        )
        return
    screen = out()
    screen.print(f"[bold]Lot {lot}[/] of {lot.cell}: {cells.summary}.")
    for field in FIELDS:
        if told := cells.mapping.columns.get(field):
            unit = f" in {told.unit}" if told.unit else ""
            screen.print(f"  {field:<14}from {told.column!r}{unit}", markup=False)
    for row in cells.rejected[:SHOWN]:
        warn(f"  rejected: {row}")
    if len(cells.rejected) > SHOWN:
        warn(f"  and {len(cells.rejected) - SHOWN} more (--rejects FILE writes all)")
    for doubt in cells.warnings:
        warn(f"  look at: {doubt}")
    screen.print(f"Received by {person.shown_name}. {judged}", markup=False)
