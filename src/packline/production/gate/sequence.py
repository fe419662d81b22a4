"""Whether everything before is done, and this is not done already."""

from __future__ import annotations

from packline.foundation.errors import Blocker
from packline.process.models import Operation
from packline.production.models import Step, Unit
from packline.production.states import DONE


def sequence_blocks(unit: Unit, operation: Operation, within: Step | None) -> list[Blocker]:
    """Return the earlier operations that are not done, and a step that stands in its own way."""
    done: dict[int, Step] = {
        step.operation_id: step
        for step in Step.objects.filter(unit=unit)
        .exclude(state="superseded")
        .select_related("unit", "operation")
    }
    found = []
    for earlier in (
        operation.routing.operations.filter(number__lt=operation.number)
        .exclude(code="incoming")  # done on the cells, before there is a unit
        .order_by("number")
    ):
        step = done.get(earlier.pk)
        if step is None or step.state not in DONE:
            state = "was not done" if step is None else f"is {step.state}"
            found.append(
                Blocker(
                    f"operation {earlier.number} {earlier.title}",
                    f"{state} on {unit}",
                    "finishing it first",
                    code="operation_not_done",
                )
            )
    current = done.get(operation.pk)
    if current is not None and current != within:
        found.append(
            Blocker(
                f"step {current}",
                f"is {current.state}",
                "rework that repeats the operation",
                code="step_exists",
            )
        )
    if within is not None and within.state != "started":
        found.append(
            Blocker(
                f"step {within}",
                f"is {within.state}",
                "starting a new attempt",
                code="step_not_open",
            )
        )
    return found
