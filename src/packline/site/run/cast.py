"""Who and what acts in a run: named virtual people, virtual stations, virtual gauges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from packline.foundation.models import Person
from packline.foundation.people import admit_person, first_person
from packline.process.models import Operation, Recipe, Routing
from packline.process.services import make_effective, register_recipe
from packline.resources.models import Gauge, Station, Tool
from packline.resources.services import (
    qualify_person,
    register_gauge,
    register_station,
    register_tool,
)

__all__ = ["Cast", "Equipment", "equip", "gather"]

NAMES = {
    "planner": ("v.planner", "Paula", "Lindqvist"),
    "engineer": ("v.engineer", "Emil", "Novak"),
    "operator": ("v.operator", "Otto", "Brandt"),
    "inspector": ("v.inspector", "Ida", "Moreau"),
    "approver": ("v.approver", "Anna", "Okafor"),
}
ADMINISTRATOR = "v.administrator"
INSPECTED = ("incoming", "eol", "final")  # operations that the inspector does, not the builder
VIRTUAL_RECIPE = "virtual-1"  # revision of the programs of virtual machines
VALID_FOR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Cast:
    """The virtual people of a run, by role. None of them can sign in."""

    planner: Person
    engineer: Person
    operator: Person
    inspector: Person
    approver: Person

    def at_operation(self, code: str) -> Person:
        """Return who does an operation: the inspector never inspects what he built."""
        return self.inspector if code in INSPECTED else self.operator


@dataclass(frozen=True, slots=True)
class Equipment:
    """The virtual stations, gauges and tools of a line by kind, and its recipes by code."""

    stations: dict[str, Station]
    gauges: dict[str, Gauge]
    tools: dict[str, Tool]
    recipes: dict[str, Recipe]


def gather(at: datetime) -> Cast:
    """Return the virtual people, admitting those who are not there yet."""
    people = {p.username: p for p in Person.objects.filter(virtual=True)}
    administrator = people.get(ADMINISTRATOR) or first_person(
        username=ADMINISTRATOR, password=None, virtual=True, at=at
    )
    cast = {}
    for role, (username, first_name, last_name) in NAMES.items():
        cast[role] = people.get(username) or admit_person(
            username=username,
            first_name=first_name,
            last_name=last_name,
            roles=(role,),
            virtual=True,
            by=administrator,
            at=at,
        )
    return Cast(**cast)


def equip(cast: Cast, routing: Routing, at: datetime) -> Equipment:
    """Return virtual stations and gauges for every operation, and train who works there."""
    day = at.date()
    until = day + VALID_FOR
    stations: dict[str, Station] = {}
    gauges: dict[str, Gauge] = {}
    tools: dict[str, Tool] = {}
    recipes: dict[str, Recipe] = {}
    for operation in routing.operations.order_by("number").prefetch_related("characteristics"):
        if operation.tool_kind:
            tools[operation.tool_kind] = register_tool(
                code=f"V-{operation.tool_kind}",
                kind=operation.tool_kind,
                serviced_on=day,
                due_on=until,
                virtual=True,
                by=cast.engineer,
                at=at,
            )
        if operation.recipe_code:
            recipes[operation.recipe_code] = _recipe(cast, operation, at)
        kind = operation.station_kind
        stations[kind] = register_station(
            code=f"V-{kind}", kind=kind, virtual=True, by=cast.engineer, at=at
        )
        for gauge_kind in {c.gauge_kind for c in operation.characteristics.all()} - {"none"}:
            gauges[gauge_kind] = register_gauge(
                code=f"V-{gauge_kind}",
                kind=gauge_kind,
                calibrated_on=day,
                due_on=until,
                virtual=True,
                by=cast.engineer,
                at=at,
            )
        qualify_person(
            person=cast.at_operation(operation.code),
            operation_code=operation.code,
            granted_on=day,
            expires_on=until,
            instruction_revision=operation.instruction_revision,
            by=cast.engineer,
            at=at,
        )
    return Equipment(stations, gauges, tools, recipes)


def _recipe(cast: Cast, operation: Operation, at: datetime) -> Recipe:
    """Return what the virtual machine runs; it is made effective where nothing was said yet."""
    recipe = register_recipe(
        code=operation.recipe_code, revision=VIRTUAL_RECIPE, by=cast.engineer, at=at
    )
    design = operation.routing.design
    if not design.effectivities.filter(kind="recipe", code=recipe.code).exists():
        make_effective(
            design=design,
            kind="recipe",
            operation_code=operation.code,
            code=recipe.code,
            revision=recipe.revision,
            effective_from=at,
            reason="first program of the virtual line",
            by=cast.engineer,
            at=at,
        )
    return recipe
