"""Asking the gate: every check in turn, and the refusal that names all that they found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Unpack

from packline.foundation.errors import Blocked, Blocker
from packline.foundation.models import Person
from packline.foundation.prepared import Prepared
from packline.process.models import Operation, Recipe
from packline.production.gate.asked import Act, Asked, Measuring, Question
from packline.production.gate.equipment import (
    gauge_blocks,
    station_blocks,
    tool_blocks,
    upkeep_blocks,
)
from packline.production.gate.holds import hold_blocks, unit_blocks
from packline.production.gate.parts import missing_part_blocks, part_blocks
from packline.production.gate.people import document_blocks, person_blocks
from packline.production.gate.permits import Opened, opened_by_permit
from packline.production.gate.readings import reading_blocks
from packline.production.gate.revisions import revision_blocks
from packline.production.gate.sequence import NO_STEP, not_done, sequence_blocks
from packline.production.models import Step, ToolUse, Unit
from packline.resources.models import Gauge, Station, Tool

_tool_uses = Prepared(
    lambda step: ToolUse.objects.filter(step=step).select_related("tool").order_by("tool__code")
)


def blocks(**question: Unpack[Question]) -> list[Blocker]:
    """Return every record that keeps `operator` from doing `operation` on `unit` now.

    Parameters
    ----------
    unit, operation, station, operator, at
        Who wants to do what, where, on which unit, and when.
    gauges : sequence of Gauge
        Gauges that will be used.
    measuring : sequence of Measuring
        What is about to be measured, each with its gauge.
    tools : sequence of Tool
        Tools that will be used; within a step, those that it was started with when none is named.
    recipe : Recipe, optional
        What the machine has loaded; within a step, what it was started with when none is named.
    within : Step, optional
        The step that is being continued: its own start is then no obstacle, nor are the holds
        that its own readings placed.
    act : str, optional
        ``start``, ``read`` or ``finish``; without it ``read`` within a step, else ``start``.

    Returns
    -------
    list of Blocker
        All that stands in the way and that no permit opens; empty: it may begin.
    """
    return _opened(_asked(**question))[0]


def let_pass(**question: Unpack[Question]) -> list[Opened]:
    """Raise `Blocked` with every blocking record, or return what passed only by a permit.

    It is asked as `blocks` is.
    """
    asked = _asked(**question)
    found, opened = _opened(asked)
    if found:
        raise Blocked(f"{asked.operation.title} on {asked.unit}", found)
    return opened


def let_unit_pass(*, unit: Unit, operator: Person, at: datetime) -> list[Opened]:
    """Raise `Blocked` with everything that is still open on a built unit, or return.

    A permit that let it skip an operation counts here when it is for no one operation.
    """
    steps = unit.steps.exclude(state="superseded").select_related("unit", "operation")
    done = {step.operation_id: step for step in steps}
    operations = unit.order.routing.operations.exclude(code=NO_STEP).order_by("number")
    found = [
        *not_done(list(operations), done, never="is not done"),
        *hold_blocks(unit),
        *part_blocks(unit, at),
        *missing_part_blocks(unit),
    ]
    found, opened = opened_by_permit(found, unit=unit, operator=operator, at=at)
    if found:
        raise Blocked(f"passing {unit}", found)
    return opened


def _found(asked: Asked) -> list[Blocker]:
    """Look at everything; what a completed step no longer depends on is asked before."""
    found = [
        *unit_blocks(asked.unit, asked.within),
        *part_blocks(asked.unit, asked.at),
        *sequence_blocks(asked.unit, asked.operation, asked.within, asked.at),
        *person_blocks(asked.operation, asked.operator, asked.at),
        *station_blocks(asked.station, asked.operation),
        *gauge_blocks(asked.gauges, asked.measuring, asked.at),
    ]
    if asked.within is None:
        found += upkeep_blocks(asked.station, asked.at)
        found += document_blocks(asked.operation, asked.operator, asked.at)
    if asked.act == "finish" and asked.within is not None:
        found += reading_blocks(asked.within)
        if asked.operation.cells_go_in:
            found += missing_part_blocks(asked.unit)
    else:
        found += tool_blocks(asked.tools, asked.operation, asked.at)
        found += revision_blocks(asked.unit, asked.operation, asked.recipe, asked.at)
    return found


def _opened(asked: Asked) -> tuple[list[Blocker], list[Opened]]:
    return opened_by_permit(
        _found(asked),
        unit=asked.unit,
        operator=asked.operator,
        at=asked.at,
        operation_code=asked.operation.code,
    )


def _asked(
    *,
    unit: Unit,
    operation: Operation,
    station: Station,
    operator: Person,
    at: datetime,
    gauges: Sequence[Gauge] = (),
    measuring: Sequence[Measuring] = (),
    tools: Sequence[Tool] = (),
    recipe: Recipe | None = None,
    within: Step | None = None,
    act: Act | None = None,
) -> Asked:
    if within is not None and not tools:
        tools = [use.tool for use in _tool_uses(step=within)]
    if within is not None and recipe is None:
        recipe = within.recipe
    return Asked(
        act=act or ("start" if within is None else "read"),
        unit=unit,
        operation=operation,
        station=station,
        operator=operator,
        at=at,
        gauges=gauges,
        measuring=measuring,
        tools=tools,
        recipe=recipe,
        within=within,
    )
