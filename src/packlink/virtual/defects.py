"""The defects that the virtual line plants: what each does, and what mends it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from packlink.virtual.chance import uniform
from packlink.virtual.facts import UnitFacts

__all__ = [
    "CRACKED_JOINT",
    "DEFECTS",
    "ONLY_IF_ASKED",
    "REWORK_FROM",
    "WEAK_CELL",
    "Defect",
    "planted",
    "spot",
    "weak_cells",
]

WEAK_CELL = "weak_cell"
CRACKED_JOINT = "cracked_joint"
# Planted only by a line that names them; a line that names none keeps to the other kinds.
ONLY_IF_ASKED = frozenset({CRACKED_JOINT})


@dataclass(frozen=True, slots=True)
class Defect:
    """A named defect: the operation that makes it, and doing which again mends it."""

    name: str
    operation: str
    effect: str


DEFECTS: dict[str, Defect] = {
    defect.name: defect
    for defect in (
        Defect("cold_joint", "40-welding", "one weld took too little energy and resists"),
        Defect(CRACKED_JOINT, "40-welding", "one weld reads well, then cracks and resists"),
        Defect("bms_unpaired", "40-welding", "the BMS serial was not tied to the pack"),
        Defect("swapped_sense_wire", "50-harness", "two neighbouring sense wires are exchanged"),
        Defect("loose_sensor", "50-harness", "one temperature sensor does not touch its cell"),
        Defect("open_connector", "50-harness", "the communication plug is not locked"),
        Defect("low_torque", "60-enclosure", "one fastener is not tightened and resists"),
        Defect("leak", "60-enclosure", "the gasket is pinched"),
        Defect("short_cure", "60-enclosure", "the sealant was moved on before it had cured"),
        Defect("contaminated_insulation", "60-enclosure", "flux or moisture bridges it"),
        Defect("wrong_firmware", "80-eol", "an older firmware was loaded"),
        Defect("smudged_label", "90-final", "the label cannot be scanned"),
        Defect(WEAK_CELL, "", "one cell discharges itself; only another cell mends it"),
    )
}

# Which operation a rework repeats when this characteristic is out of its limits. Measuring again
# mends nothing: the operation that made the defect is done again, and those after it.
REWORK_FROM: dict[str, str] = {
    "joint_resistance": "40-welding",
    "weld_energy": "40-welding",
    "bms_paired": "40-welding",
    "sense_voltage_error": "50-harness",
    "fastener_torque": "60-enclosure",
    "leak_rate": "60-enclosure",
    "cure_time": "60-enclosure",
    "ocv_drop": "20-kitting",
    "group_ocv_delta": "50-harness",
    "group_dc_resistance": "40-welding",
    "pack_dc_resistance": "40-welding",
    "insulation_resistance": "60-enclosure",
    "leakage_current": "60-enclosure",
    "bms_communication": "50-harness",
    "self_test": "50-harness",
    "firmware_match": "80-eol",
    "temperature_spread": "50-harness",
    "label_readable": "90-final",
}


def planted(seed: int, rate: float, kinds: Sequence[str], unit: UnitFacts) -> Defect | None:
    """Return the defect of the making that this unit has now, or None.

    One draw per serial decides whether there is one, another which; a weak cell is drawn per
    cell (`weak_cells`) and takes its share of the rate. Doing the operation again mends it.
    Sense wires can only be exchanged between inner taps: it takes three groups.
    """
    if uniform(seed, unit.serial, "defective") >= rate:
        return None
    possible = [kind for kind in kinds if kind != "swapped_sense_wire" or unit.series >= 3]
    if not possible:
        return None
    name = possible[int(uniform(seed, unit.serial, "defect") * len(possible))]
    defect = DEFECTS[name]
    if name == WEAK_CELL or unit.attempts.get(defect.operation, 1) > 1:
        return None
    return defect


def spot(seed: int, unit: UnitFacts, what: str, places: int) -> int:
    """Return at which of so many places the unit's defect sits."""
    return int(uniform(seed, unit.serial, "spot", what) * places)


def weak_cells(seed: int, rate: float, kinds: Sequence[str], unit: UnitFacts) -> frozenset[str]:
    """Return the serials of this unit's cells that discharge themselves.

    A cell is weak by itself, in whichever pack it sits: so replacing it is the only repair.
    """
    if WEAK_CELL not in kinds:
        return frozenset()
    share = rate / len(kinds) / (unit.series * unit.parallel)
    return frozenset(
        cell.serial
        for group in unit.groups
        for cell in group
        if uniform(seed, "cell", cell.serial, "weak") < share
    )
