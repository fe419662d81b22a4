"""Planning how a released design is built."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Model

from packline.design.models import Design
from packline.foundation.commands import command, unchanged
from packline.foundation.events import record
from packline.foundation.models import Person
from packline.process.calc.limits import DesignRow
from packline.process.calc.plan import (
    DesignFacts,
    PlannedCharacteristic,
    PlannedOperation,
    plan_hash,
    plan_operations,
)
from packline.process.models import Characteristic, FailureMode, Operation, Routing
from packline.process.queries.revisions import revised_instructions


@command("process.plan_process")
def plan_process(*, design: Design, by: Person, at: datetime) -> Routing:
    """Generate routing, control plan and process FMEA from a design; the same plan is kept once.

    Raises
    ------
    Refused
        With everything that keeps the design from being planned.
    """
    plan = plan_operations(_facts(design), revised_instructions())
    digest = plan_hash(plan)
    last = Routing.objects.filter(design=design).order_by("-revision").first()
    if last is not None and last.plan_sha256 == digest:
        return unchanged(last)
    revision = 1 if last is None else last.revision + 1
    routing = Routing.objects.create(design=design, revision=revision, plan_sha256=digest)
    rows: list[Model] = [routing]
    for operation in plan:
        rows += _write_operation(routing, operation)
    record(
        "process.routing.planned",
        routing,
        by=by,
        at=at,
        rows=rows,
        operations=len(plan),
        characteristics=sum(len(operation.characteristics) for operation in plan),
    )
    return routing


def _facts(design: Design) -> DesignFacts:
    return DesignFacts(
        name=f"design {design}",
        cell=str(design.cell),
        series=design.series,
        parallel=design.parallel,
        rows={
            row.code: DesignRow(str(row), row.unit_code, row.low, row.high, row.target, row.reason)
            for row in design.limits.select_related("design__program").order_by("code")
        },
    )


def _write_operation(routing: Routing, planned: PlannedOperation) -> list[Model]:
    operation = Operation.objects.create(
        routing=routing,
        number=planned.number,
        code=planned.code,
        title=planned.title,
        instruction=planned.instruction,
        instruction_revision=planned.instruction_revision,
        trained_from=planned.trained_from,
        station_kind=planned.station_kind,
        tool_kind=planned.tool_kind,
        recipe_code=planned.recipe_code,
        cells_go_in=planned.cells_go_in,
    )
    characteristics = Characteristic.objects.bulk_create(
        [_characteristic(operation, row) for row in planned.characteristics]
    )
    failures = FailureMode.objects.bulk_create(
        _failure_modes(operation, planned.characteristics, characteristics)
    )
    return [operation, *characteristics, *failures]


def _characteristic(operation: Operation, planned: PlannedCharacteristic) -> Characteristic:
    kind, limits = planned.type, planned.limits
    return Characteristic(
        operation=operation,
        code=kind.code,
        name=kind.name,
        per=kind.per,
        unit_code=kind.unit,
        low=limits.low,
        high=limits.high,
        target=limits.target,
        gauge_kind=kind.gauge_kind,
        sample=kind.sample,
        reaction=kind.reaction,
        ctq=kind.ctq,
        special=kind.special,
        revision=str(operation.routing.revision),
        source=limits.source,
    )


def _failure_modes(
    operation: Operation,
    planned: Sequence[PlannedCharacteristic],
    rows: Sequence[Characteristic],
) -> list[FailureMode]:
    return [
        FailureMode(
            operation=operation,
            characteristic=row,
            ref=failure.type.ref,
            mode=failure.type.mode,
            effect=failure.type.effect,
            cause=failure.type.cause,
            prevention=failure.type.prevention,
            detection=failure.type.detection,
            s=failure.type.s,
            o=failure.type.o,
            d=failure.type.d,
            rpn=failure.rpn,
            ap=failure.ap,
        )
        for row, characteristic in zip(rows, planned, strict=True)
        for failure in characteristic.failures
    ]
