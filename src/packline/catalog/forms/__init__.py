"""Reading the catalogue: cell sheets and chemistry tables from TOML files."""

from packline.catalog.forms.cells import SHIPPED_CELLS, read_catalogue, read_sheet
from packline.catalog.forms.chemistries import read_chemistries, read_common

__all__ = [
    "SHIPPED_CELLS",
    "read_catalogue",
    "read_chemistries",
    "read_common",
    "read_sheet",
]
