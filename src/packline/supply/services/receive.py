"""Taking a measured lot into stock."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from django.db import IntegrityError, transaction

from packline.catalog.models import CellModel
from packline.foundation.commands import command, unchanged
from packline.foundation.errors import Refused
from packline.foundation.events import record
from packline.foundation.files import store
from packline.foundation.models import Person, StoredFile
from packline.supply.calc.cellfile import CellFile
from packline.supply.models import Cell, CellLot
from packline.supply.queries.lots import lots_of_serials
from packline.supply.services.cells import PER_EVENT, _parts, _record_cells


@command("supply.receive_cells")
def receive_cells(
    *,
    lot_number: str,
    supplier: str,
    cell: CellModel,
    cells: CellFile,
    received_on: date,
    use_by: date | None = None,
    virtual: bool = False,
    by: Person,
    at: datetime,
) -> CellLot:
    """Take the readable rows of a file into stock as one lot; file and reject file are kept.

    The same lot from the same file again changes nothing. After `use_by` the gate lets no cell of
    it into a unit. `virtual` says that the cells were
    drawn from a population and not measured.

    Raises
    ------
    Refused
        If no row is readable, the lot is known with another content, or a serial is in stock.
    """
    known = CellLot.objects.filter(number=lot_number).select_related("cell", "file").first()
    if known is not None:
        same = known.file.sha256 == hashlib.sha256(cells.content).hexdigest()
        if same and (known.cell, known.row_count) == (cell, len(cells.rows)):
            return unchanged(known)
        raise Refused(f"lot {lot_number} was received already, with another file or cell model")
    if not cells.rows:
        raise Refused(f"lot {lot_number}: {cells.summary}: there is nothing to receive")
    file, rejects = _keep(cells, by, at)
    lot = CellLot(
        number=lot_number,
        supplier=supplier,
        cell=cell,
        file=file,
        rejects=rejects,
        received_on=received_on,
        use_by=use_by,
        row_count=len(cells.rows),
        rejected_count=len(cells.rejected),
        skipped_count=cells.skipped,
        warnings="\n".join(cells.warnings),
        virtual=virtual,
    )
    lot.save(force_insert=True)
    rows = _insert(lot, cells)
    record(
        "supply.lot.received",
        lot,
        by=by,
        at=at,
        rows=[lot],
        file=cells.name,
        columns={
            name: f"{c.column} {c.unit}".strip() for name, c in cells.mapping.columns.items()
        },
        select=dict(cells.mapping.select),
        rejected=[str(row) for row in cells.rejected],
    )
    _record_cells("supply.cells.received", lot, rows, by=by, at=at)
    return lot


def _keep(cells: CellFile, by: Person, at: datetime) -> tuple[StoredFile, StoredFile | None]:
    """Keep the original file as it came, and the rows that could not be read."""
    file = store(content=cells.content, name=cells.name, media_type="text/csv", by=by, at=at)
    if not cells.rejected:
        return file, None
    return file, store(
        content=cells.rejects_csv(),
        name=f"rejected-{cells.name}",
        media_type="text/csv",
        by=by,
        at=at,
    )


def _insert(lot: CellLot, cells: CellFile) -> list[Cell]:
    rows = [
        Cell(
            serial=row.serial,
            lot=lot,
            sublot=row.sublot,
            row_number=row.line,
            capacity_ah=row.capacity_ah,
            ocv_v=row.ocv_v,
            ac_ir_mohm=row.ac_ir_mohm,
            dc_resistance_mohm=row.dc_resistance_mohm,
            made_on=row.made_on,
        )
        for row in cells.rows
    ]
    try:
        with transaction.atomic():
            for part in _parts(rows, PER_EVENT):
                Cell.objects.bulk_create(part)
    except IntegrityError as error:
        taken = sorted(lots_of_serials([row.serial for row in rows]).items())
        if not taken:
            raise
        serial, other = taken[0]
        raise Refused(
            f"lot {lot}: {len(taken)} serials are in stock already, "
            f"for example {serial} in lot {other}"
        ) from error
    return rows
