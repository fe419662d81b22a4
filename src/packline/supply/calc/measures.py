"""What is measured of a cell at receipt: the code of each figure, its field and its unit."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["MEASURES", "Measure"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of a cell: its characteristic code, where it is stored, and in which unit."""

    code: str
    field: str
    unit_code: str
    name: str


MEASURES: dict[str, Measure] = {
    measure.code: measure
    for measure in (
        Measure("cell_capacity", "capacity_ah", "Ah", "capacity"),
        Measure("cell_ocv", "ocv_v", "V", "open-circuit voltage"),
        Measure("cell_ac_ir", "ac_ir_mohm", "mOhm", "AC internal resistance (1 kHz)"),
        Measure("cell_dc_resistance", "dc_resistance_mohm", "mOhm", "DC resistance (pulse)"),
    )
}
