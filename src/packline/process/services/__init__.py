"""What can be done about process. The only code that writes these tables."""

from packline.process.services.pictures import illustrate_instruction
from packline.process.services.planning import plan_process
from packline.process.services.revisions import (
    end_effectivity,
    make_effective,
    register_recipe,
    revise_instruction,
)

__all__ = [
    "end_effectivity",
    "illustrate_instruction",
    "make_effective",
    "plan_process",
    "register_recipe",
    "revise_instruction",
]
