"""Whether everything before is done, and this is not done already."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from packline.foundation.errors import Blocker
from packline.foundation.prepared import Prepared
from packline.process.models import Operation
from packline.production.models import Deviation, Step, Unit
from packline.production.states import DONE

NO_STEP = "incoming"  # done on the cells, before there is a unit

_current_steps = Prepared(
    lambda unit: (
        Step.objects.filter(unit=unit).exclude(state="superseded").select_related("operation")
    )
)
_operations_before = Prepared(
    lambda routing, number: (
        Operation.objects.filter(routing=routing, number__lt=number)
        .exclude(code=NO_STEP)
        .order_by("number")
    )
)


def sequence_blocks(
    unit: Unit, operation: Operation, within: Step | None, at: datetime
) -> list[Blocker]:
    """Return the earlier operations that are not done, and a step that stands in its own way."""
    done: dict[int, Step] = {}
    for step in _current_steps(unit=unit):
        step.unit = unit
        done[step.operation_id] = step
    earlier = _operations_before(routing=operation.routing_id, number=operation.number)
    found = not_done(earlier, done, never=f"was not done on {unit}")
    found += _concessions([done[o.pk] for o in earlier if o.pk in done], at)
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


def not_done(operations: list[Operation], done: dict[int, Step], *, never: str) -> list[Blocker]:
    """Return the operations whose step is not done; `never` says it of one that never began."""
    found = []
    for operation in operations:
        step = done.get(operation.pk)
        if step is None or step.state not in DONE:
            found.append(
                Blocker(
                    f"operation {operation.number} {operation.title}",
                    never if step is None else f"is {step.state}",
                    "finishing it first",
                    code="operation_not_done",
                )
            )
    return found


def _concessions(steps: list[Step], at: datetime) -> Iterator[Blocker]:
    """Yield the concessions that an earlier step rests on and that have expired."""
    conceded = [step for step in steps if step.state == "conceded"]
    if not conceded:
        return
    for deviation in (
        Deviation.objects.filter(step__in=conceded, expires_at__lte=at)
        .select_related("step__unit", "step__operation", "characteristic")
        .order_by("step__operation__number", "characteristic__code")
    ):
        yield Blocker(
            f"deviation {deviation}",
            f"expired on {deviation.expires_at:%Y-%m-%d}",
            "rework of the operation, or a new decision",
            code="concession_expired",
        )
