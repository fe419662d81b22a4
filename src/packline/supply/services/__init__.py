"""What can be done about lots and cells. The only code that writes these tables."""

from packline.supply.services.cells import (
    allot_cells,
    concede_cells,
    dispose_cells,
    install_cells,
    quarantine_cells,
    remove_cells,
    restock_cells,
)
from packline.supply.services.hold import lift_lot, place_lot_hold
from packline.supply.services.inspect import inspect_lot
from packline.supply.services.receive import receive_cells
from packline.supply.services.sampling import (
    draw_sample,
    judge_sample,
    measure_sample,
    resume_inspection,
    set_sampling,
)

__all__ = [
    "allot_cells",
    "concede_cells",
    "dispose_cells",
    "draw_sample",
    "inspect_lot",
    "install_cells",
    "judge_sample",
    "lift_lot",
    "measure_sample",
    "place_lot_hold",
    "quarantine_cells",
    "receive_cells",
    "remove_cells",
    "restock_cells",
    "resume_inspection",
    "set_sampling",
]
