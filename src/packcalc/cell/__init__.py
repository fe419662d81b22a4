"""One cell: open-circuit voltage, resistance, heat, ageing; and finding them from a test."""

from packcalc.cell.parameters import (
    CellParameters,
    circuit_at,
    open_circuit_voltage,
    soc_at_rest,
)
from packcalc.cell.sets import parameter_set, read_parameters, shipped_sets, write_parameters

__all__ = [
    "CellParameters",
    "circuit_at",
    "open_circuit_voltage",
    "parameter_set",
    "read_parameters",
    "shipped_sets",
    "soc_at_rest",
    "write_parameters",
]
