"""The shop floor of a run: one unit through its operations, as far as it gets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from packline.foundation.models import Person
from packline.process.models import Operation
from packline.production.models import Placement, Step, Unit
from packline.production.queries.genealogy import part_of_unit
from packline.production.services import (
    finish_step,
    install_parts,
    pass_unit,
    start_step,
    take_joints,
    take_readings,
)
from packline.production.states import DONE
from packline.site.listeners import listen
from packline.site.run.cast import Cast, Equipment
from packline.site.run.line import VERSION, facts_of_unit, joint_columns, readings_for
from packline.site.run.review import close_what_is_done, review
from packlink.virtual import DesignFacts, UnitFacts, VirtualLine

__all__ = ["Floor"]

JOINT_COLUMNS = {"joint_resistance": "resistance_mohm", "weld_energy": "energy_j"}
MOST_ATTEMPTS = 3  # then a person has to look


class Floor:
    """The virtual line of one order with its people, stations and gauges."""

    def __init__(
        self,
        *,
        operations: list[Operation],
        line: VirtualLine,
        design: DesignFacts,
        cast: Cast,
        equipment: Equipment,
        clock: Callable[[], datetime],
    ) -> None:
        self.operations = [o for o in operations if o.code != "incoming"]
        self.line = line
        self.design = design
        self.cast = cast
        self.equipment = equipment
        self.clock = clock

    def build(self, unit: Unit) -> Unit:
        """Take a unit on from wherever it stands, until it has passed or somebody must decide.

        Safe to repeat after any interruption: each command is whole or was not done, and what
        was measured is not measured again.
        """
        placed = _placed(unit)
        for _ in range(MOST_ATTEMPTS * len(self.operations)):
            unit.refresh_from_db(fields=["state"])
            if unit.state == "passed":
                close_what_is_done(unit, cast=self.cast, at=self.clock())
            if unit.state in ("passed", "released", "scrapped"):
                break
            if unit.state == "held":
                listen()
                if not review(unit, alone=self._alone, cast=self.cast, at=self.clock()):
                    break
                placed = _placed(unit)  # a weak cell was replaced
                continue
            operation = self._next(unit)
            if operation is None:
                pass_unit(unit=unit, by=self.cast.inspector, at=self.clock())
            else:
                self._do(unit, operation, placed)
        return unit

    def _next(self, unit: Unit) -> Operation | None:
        done = set(unit.steps.filter(state__in=DONE).values_list("operation_id", flat=True))
        return next((o for o in self.operations if o.pk not in done), None)

    def _do(self, unit: Unit, operation: Operation, placed: Sequence[Placement]) -> None:
        person = self.cast.at_operation(operation.code)
        step = (
            unit.steps.filter(operation=operation, state="started")
            .select_related("station", "operator", "recipe")
            .first()
        )
        if step is not None:  # begun before an interruption
            step.unit, step.operation = unit, operation
        else:
            station = self.equipment.stations[operation.station_kind]
            tool = self.equipment.tools.get(operation.tool_kind)
            step = start_step(
                unit=unit,
                operation=operation,
                station=station,
                tools=[tool] if tool is not None else [],
                recipe=self.equipment.recipes.get(operation.recipe_code),
                by=person,
                at=self.clock(),
            )
        if operation.cells_go_in and part_of_unit(unit) is None:
            install_parts(
                unit=unit,
                components={"bms": f"V-BMS-{unit.serial}"},
                by=person,
                at=self.clock(),
            )
        self._measure(step, facts_of_unit(unit, placed, self.design), person)
        finish_step(step=step, by=person, at=self.clock())

    def _alone(self, unit: Unit, group: int) -> dict[str, float]:
        facts = facts_of_unit(unit, _placed(unit), self.design)
        return self.line.rest_alone(facts, group - 1)

    def _measure(self, step: Step, facts: UnitFacts, person: Person) -> None:
        operation = step.operation
        characteristics = sorted(operation.characteristics.all(), key=lambda c: c.code)
        judged = {
            c.code: JOINT_COLUMNS[c.code] for c in characteristics if c.code in JOINT_COLUMNS
        }
        if judged and not step.joint_sets.exists():
            kinds = {c.code: c.gauge_kind for c in characteristics if c.code in judged}
            at = self.clock()
            take_joints(
                step=step,
                columns=joint_columns(self.line, facts, step.attempt),
                judged=judged,
                gauge=None,
                gauges={
                    code: self.equipment.gauges[kind]
                    for code, kind in kinds.items()
                    if kind in self.equipment.gauges
                },
                program_version=VERSION,
                taken_at=at,
                virtual=True,
                by=person,
                at=at,
            )
        single = [c for c in characteristics if c.per != "joint"]
        if single and not step.readings.exists():
            at = self.clock()
            take_readings(
                step=step,
                readings=readings_for(
                    self.line, facts, operation, single, step.attempt, self.equipment.gauges
                ),
                program_version=VERSION,
                taken_at=at,
                virtual=True,
                by=person,
                at=at,
            )


def _placed(unit: Unit) -> list[Placement]:
    """Return the cells of a unit, in their places."""
    return list(unit.placements.select_related("cell").order_by("group", "slot"))
