"""The virtual material review: what the virtual approver decides about a held unit.

Its policy is cautious and stated: a defect that doing an operation again mends is reworked, once;
a cell that discharges itself is replaced from stock; whatever is left stays held, for a person.
Nothing is ever conceded by a virtual approver.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from packline.process.models import Operation
from packline.production.models import Reading, Unit
from packline.production.queries.stock import replacement_for
from packline.production.queries.twins import twin_named
from packline.production.services import swap_cell
from packline.quality.models import Nonconformance
from packline.quality.services import close_nonconformance, dispose_nonconformance
from packline.site.run.cast import Cast
from packline.supply.models import Cell
from packline.supply.services import dispose_cells
from packlink.virtual import REWORK_FROM

__all__ = ["RestAlone", "close_what_is_done", "review"]

MOST_REWORKS = 1  # of one operation

# How fast the voltage of each cell of a unit's group (from 1) falls alone: serial -> mV/d
RestAlone = Callable[[Unit, int], dict[str, float]]


def review(unit: Unit, *, alone: RestAlone, cast: Cast, at: datetime) -> bool:
    """Decide on every open nonconformance of a unit; say whether it may go on."""
    waiting = [n for n in _open_on(unit) if n.state in ("open", "contained")]
    decisions = [(n, _rework_from(n)) for n in waiting]
    if not decisions or any(operation is None for _, operation in decisions):
        return False
    for nonconformance, operation in decisions:
        assert operation is not None
        with transaction.atomic():  # the cell is replaced and the rework ordered, or neither
            _replace_weak_cells(nonconformance, alone, cast, at)
            dispose_nonconformance(
                nonconformance=nonconformance,
                disposition="rework",
                justification=f"{operation.title} is done again, and everything after it",
                repeat_from=operation,
                by=cast.approver,
                at=at,
            )
    return True


def close_what_is_done(unit: Unit, *, cast: Cast, at: datetime) -> None:
    """Close the nonconformances of a unit whose rework has been carried out and measured."""
    for nonconformance in _open_on(unit):
        if nonconformance.state == "dispositioned":
            close_nonconformance(
                nonconformance=nonconformance,
                note="the operations were repeated and measured; the old readings stay",
                by=cast.approver,
                at=at,
            )


def _open_on(unit: Unit) -> list[Nonconformance]:
    return list(
        unit.nonconformances.exclude(state="closed")
        .select_related("unit__order__design", "step__operation__routing", "hold__unit")
        .order_by("number")
    )


def _rework_from(nonconformance: Nonconformance) -> Operation | None:
    """Return the operation to repeat, or None when a person has to decide."""
    step = nonconformance.step
    if step is None or nonconformance.unit is None:
        return None
    codes = _failed_codes(nonconformance)
    names = [REWORK_FROM.get(code) for code in codes]
    if not names or None in names:
        return None
    numbers = [int(name.partition("-")[0]) for name in names if name is not None]
    operation = step.operation.routing.operations.get(number=min(numbers))
    repeated = nonconformance.unit.steps.filter(operation=operation).count()
    return operation if repeated <= MOST_REWORKS else None


def _failed_codes(nonconformance: Nonconformance) -> list[str]:
    step, hold = nonconformance.step, nonconformance.hold
    assert step is not None
    twin = twin_named(hold.cause) if hold is not None else None
    if twin is not None:
        return sorted({*twin.figures.filter(agrees=False).values_list("code", flat=True)})
    readings = step.readings.filter(passed=False).values_list("characteristic__code", flat=True)
    joints = step.joint_sets.filter(n_failed__gt=0).values_list("characteristic__code", flat=True)
    return sorted({*readings, *joints})


def _replace_weak_cells(
    nonconformance: Nonconformance, alone: RestAlone, cast: Cast, at: datetime
) -> None:
    """Replace the cell of each group whose voltage fell too fast, if there is one to take.

    A group's voltage does not say which of its cells discharges itself: the group is opened and
    each cell rests alone; the one that falls fastest is replaced and scrapped.
    """
    step, unit = nonconformance.step, nonconformance.unit
    assert step is not None
    assert unit is not None
    fallen = Reading.objects.filter(
        step=step, passed=False, characteristic__code="ocv_drop"
    ).order_by("position")
    for reading in fallen:
        drops = alone(unit, reading.position)
        serial = max(drops, key=lambda name: (drops[name], name))
        weak = Cell.objects.select_related("lot").get(serial=serial)
        fresh = replacement_for(weak, unit.order)
        if fresh is None:
            continue
        reason = f"{nonconformance}: falls by {drops[serial]:.3g} mV/d when it rests alone"
        swap_cell(unit=unit, old=weak, new=fresh, reason=reason, by=cast.inspector, at=at)
        weak.refresh_from_db()
        dispose_cells(cells=[weak], disposition="scrapped", reason=reason, by=cast.approver, at=at)
