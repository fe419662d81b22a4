"""Tables of process: the plan, and which revision of what a station works by."""

from packline.process.models.plan import Characteristic, FailureMode, Operation, Routing
from packline.process.models.revisions import Effectivity, Instruction, InstructionPicture, Recipe

__all__ = [
    "Characteristic",
    "Effectivity",
    "FailureMode",
    "Instruction",
    "InstructionPicture",
    "Operation",
    "Recipe",
    "Routing",
]
