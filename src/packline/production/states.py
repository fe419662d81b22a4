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
