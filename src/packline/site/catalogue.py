"""Where cells are looked up: shipped sheets, those of this data directory, and one folder more."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from packline.catalog.calc.sheet import CellSheet
from packline.catalog.forms import SHIPPED_CELLS, read_catalogue

__all__ = ["cell_sheets"]


def cell_sheets(further: Path | None = None) -> tuple[CellSheet, ...]:
    """Return every cell sheet that can be looked up."""
    own = Path(settings.PACKLINE_DATA) / "catalog"
    folders = [SHIPPED_CELLS, *([own] if own.is_dir() else []), *([further] if further else [])]
    return tuple(read_catalogue(folders))
