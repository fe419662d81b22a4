"""Reading what comes from outside: measured lots of cells as CSV files."""

from packline.supply.forms.cells import read_cells
from packline.supply.forms.columns import mapping_of

__all__ = ["mapping_of", "read_cells"]
