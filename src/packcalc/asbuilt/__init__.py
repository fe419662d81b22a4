"""What a pack must show, built from these cells and these joints; and whether it does.

The part that runs the simulator stands in `packcalc.asbuilt.simulated`: it loads the compiler.
"""

from packcalc.asbuilt.agreement import Agreement, compare, coverage_factor
from packcalc.asbuilt.circuit import BuiltCircuit, built_circuit, rest_voltage
from packcalc.asbuilt.uncertainty import Uncertainty

__all__ = [
    "Agreement",
    "BuiltCircuit",
    "Uncertainty",
    "built_circuit",
    "compare",
    "coverage_factor",
    "rest_voltage",
]
