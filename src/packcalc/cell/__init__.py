"""One cell: open-circuit voltage, resistance, heat, ageing; and finding them from a test."""

from packcalc.cell.parameters import (
    CellParameters,
    circuit_at,
    open_circuit_voltage,
    soc_at_rest,
)
from packcalc.cell.sets import SHIPPED, parameter_set, read_parameters, write_parameters

__all__ = [
    "SHIPPED",
    "CellParameters",
    "circuit_at",
    "open_circuit_voltage",
    "parameter_set",
    "read_parameters",
    "soc_at_rest",
    "write_parameters",
]
