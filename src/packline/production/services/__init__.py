"""What can be done in production. The only code that writes these tables."""

from packline.production.services.as_built import accept_residual
from packline.production.services.assembly import (
    assemble,
    pack_box,
    remove_part,
    repack,
    stack_boxes,
    swap_part,
    unpack,
)
from packline.production.services.files import attach_file
from packline.production.services.hold import hold_unit, lift_hold, sign_deviation
from packline.production.services.joints import take_joints
from packline.production.services.kit import match_cells
from packline.production.services.linking import PartIn
from packline.production.services.lots import book_lot, merge_lots, scrap_from_lot, split_lot
from packline.production.services.order import close_order, place_order, serialise_units
from packline.production.services.part_hold import hold_part, lift_part
from packline.production.services.parts import (
    install_parts,
    replace_planned_cell,
    swap_cell,
)
from packline.production.services.permit import revoke_permit, sign_permit
from packline.production.services.reading import ReadingIn, take_readings
from packline.production.services.replace import replace_part, take_out
from packline.production.services.rework import reopen_operation
from packline.production.services.step import finish_step, start_step
from packline.production.services.tally import MOST, Scrapped, Work, tally_work
from packline.production.services.unit import pass_unit, release_unit, scrap_unit

__all__ = [
    "MOST",
    "PartIn",
    "ReadingIn",
    "Scrapped",
    "Work",
    "accept_residual",
    "assemble",
    "attach_file",
    "book_lot",
    "close_order",
    "finish_step",
    "hold_part",
    "hold_unit",
    "install_parts",
    "lift_hold",
    "lift_part",
    "match_cells",
    "merge_lots",
    "pack_box",
    "pass_unit",
    "place_order",
    "release_unit",
    "remove_part",
    "reopen_operation",
    "repack",
    "replace_part",
    "replace_planned_cell",
    "revoke_permit",
    "scrap_from_lot",
    "scrap_unit",
    "serialise_units",
    "sign_deviation",
    "sign_permit",
    "split_lot",
    "stack_boxes",
    "start_step",
    "swap_cell",
    "swap_part",
    "take_joints",
    "take_out",
    "take_readings",
    "tally_work",
    "unpack",
]
