"""Routings, control plans, FMEA rows and revisions, as stations, pages and documents ask."""

from packline.process.queries.plan import (
    control_plan,
    failure_modes_by_priority,
    operations_of_routing,
    routing_of_design,
    routings_to_build,
)
from packline.process.queries.revisions import (
    all_effectivities,
    all_recipes,
    effective_for,
    instruction_in_force,
    pictures_of,
    recipe_called,
)

__all__ = [
    "all_effectivities",
    "all_recipes",
    "control_plan",
    "effective_for",
    "failure_modes_by_priority",
    "instruction_in_force",
    "operations_of_routing",
    "pictures_of",
    "recipe_called",
    "routing_of_design",
    "routings_to_build",
]
