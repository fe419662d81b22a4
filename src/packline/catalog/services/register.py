"""Bringing a cell sheet into the database, so that a design can name it for ever."""

from __future__ import annotations

from datetime import datetime

from packline.catalog.calc.sheet import CellSheet
from packline.catalog.calc.stored import stored_text
from packline.catalog.models import CellModel
from packline.foundation.commands import command, unchanged
from packline.foundation.events import record
from packline.foundation.models import Person

__all__ = ["register_cell"]


@command("catalog.register_cell")
def register_cell(*, sheet: CellSheet, by: Person, at: datetime) -> CellModel:
    """Register a cell, or its sheet anew when it changed; designs keep the figures they used."""
    cell = CellModel.objects.filter(code=sheet.code).first()
    spec = stored_text(sheet)
    wanted = (sheet.sha256, spec, sheet.parameters_sha256)
    if cell is not None and wanted == (
        cell.sheet_sha256,
        cell.spec_text,
        cell.parameters_sha256,
    ):
        return unchanged(cell)
    verb = "catalog.cell.registered" if cell is None else "catalog.cell.revised"
    cell = cell or CellModel(code=sheet.code)
    cell.maker, cell.name = sheet.maker, sheet.name
    cell.chemistry, cell.format = sheet.chemistry, sheet.format
    cell.sheet_sha256, cell.sheet_text = sheet.sha256, sheet.text
    cell.spec_text = spec
    cell.parameters_text = sheet.parameters_text
    cell.parameters_sha256 = sheet.parameters_sha256
    cell.save()
    record(verb, cell, by=by, at=at, rows=[cell], sheet=sheet.sha256)
    return cell
