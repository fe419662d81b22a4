"""Reading what comes from outside: measured lots of cells, and sheets of samples, as CSV files."""

from packline.supply.forms.cells import read_cells
from packline.supply.forms.columns import mapping_of
from packline.supply.forms.sample_sheet import blank_sheet, read_sheet

__all__ = ["blank_sheet", "mapping_of", "read_cells", "read_sheet"]
