"""A line without hardware: cells from a stated population, and readings from a unit's own cells.

`population` makes the measured cells of a lot; `VirtualLine` measures what was built from them.
Both are made of seeds: the same question has the same answer on every machine, in any order.
"""

from packlink.virtual.cells import CellPopulation, population
from packlink.virtual.defects import DEFECTS, REWORK_FROM, Defect
from packlink.virtual.facts import CellFacts, DesignFacts, Measurand, Measured, UnitFacts
from packlink.virtual.line import UnknownCharacteristic, VirtualLine
from packlink.virtual.receipt import measured_again
from packlink.virtual.welds import JointLog

__all__ = [
    "DEFECTS",
    "REWORK_FROM",
    "CellFacts",
    "CellPopulation",
    "Defect",
    "DesignFacts",
    "JointLog",
    "Measurand",
    "Measured",
    "UnitFacts",
    "UnknownCharacteristic",
    "VirtualLine",
    "measured_again",
    "population",
]
