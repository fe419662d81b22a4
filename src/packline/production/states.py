"""Lives of an order, of a unit and of a step."""

from __future__ import annotations

from packline.foundation.states import StateMachine

ORDER = StateMachine(
    initial="placed",
    moves={
        "placed": frozenset({"matched"}),
        "matched": frozenset({"closed"}),
        "closed": frozenset(),
    },
)

UNIT = StateMachine(
    initial="planned",
    moves={
        "planned": frozenset({"building", "held", "scrapped"}),
        "building": frozenset({"held", "passed", "scrapped"}),
        "held": frozenset({"planned", "building", "passed", "released", "scrapped"}),
        "passed": frozenset({"building", "held", "released"}),
        "released": frozenset({"held"}),
        "scrapped": frozenset(),
    },
)

STEP = StateMachine(
    initial="started",
    moves={
        "started": frozenset({"passed", "failed", "superseded"}),
        "passed": frozenset({"superseded"}),
        "failed": frozenset({"conceded", "superseded"}),
        "conceded": frozenset({"superseded"}),
        "superseded": frozenset(),
    },
)

DONE = ("passed", "conceded")  # states in which a step lets the next one start
TWIN_STAGES = ("matched", "welded", "tested")  # at which a unit is simulated as built

# What can hold what: a part is only ever in one of higher rank. Lots come first (a lot that was
# split from others or merged ranks above them), then single pieces, then what is made of pieces.
FIRST_SERIAL_RANK = 100
PIECE_RANK = FIRST_SERIAL_RANK  # cells, electronics, housings: whatever is no assembly
ASSEMBLIES = {"group": 200, "module": 300, "pack": 400, "box": 500, "pallet": 600}
LOT_SUFFIX = "-lot"
BASE_UNITS = ("1", "mm", "mg", "mm3")  # quantities are whole numbers of these

# What stands in the way can be opened by a signed permit, or only by what clears it.
OBSTACLES = {
    "unit_held": False,
    "unit_not_in_work": False,
    "part_held": False,
    "part_set_aside": False,
    "lot_held": False,
    "lot_not_released": True,
    "lot_expired": True,
    "operation_not_done": True,
    "concession_expired": False,
    "step_exists": False,
    "step_not_open": False,
    "person_not_qualified": True,
    "document_unread": False,
    "station_wrong_kind": True,
    "station_not_working": False,
    "maintenance_overdue": False,
    "gauge_not_identified": False,
    "gauge_wrong_kind": False,
    "gauge_out_of_calibration": True,
    "gauge_set_aside": False,
    "gauge_unfit": False,
    "tool_not_identified": False,
    "tool_overdue": True,
    "tool_set_aside": False,
    "recipe_not_identified": False,
    "recipe_not_effective": True,
    "instruction_not_effective": True,
    "limit_not_effective": True,
    "firmware_not_effective": True,
    "reading_missing": True,
    "parts_missing": False,
}
OPENABLE = tuple(sorted(code for code, by_permit in OBSTACLES.items() if by_permit))
