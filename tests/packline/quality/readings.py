"""Finished steps with readings, written straight into the tables, and one that is really taken."""

from datetime import timedelta

from packline.foundation.events import record
from packline.production.models import Reading, Step, Unit

QUIET = (7.20, 7.21, 7.19, 7.20, 7.22, 7.18, 7.21, 7.20, 7.19, 7.20, 7.21, 7.20, 7.19, 7.21)


def a_unit(world, n):
    unit, _ = Unit.objects.get_or_create(
        serial=f"PX-{n:03d}",
        defaults={"order": world.order, "number": 500 + n, "virtual": False, "state": "building"},
    )
    return unit


def measured(world, people, at, n, volts, *, station=None, gauge=None, attempt=1, code="pack_ocv"):
    """Write one finished step with the readings of one characteristic."""
    operation = world.operation("eol")
    check = operation.characteristics.get(code=code)
    gauge = gauge or world.gauges[check.gauge_kind]
    step = Step.objects.create(
        unit=a_unit(world, n), operation=operation, attempt=attempt, operator=people.inspector,
        station=station or world.stations["eol_bench"], started_at=at, finished_at=at,
        state="passed",
    )  # fmt: skip
    values = volts if isinstance(volts, list | tuple) else [volts]
    for position, value in enumerate(values, start=1 if len(values) > 1 else 0):
        Reading.objects.create(
            step=step, characteristic=check, position=position, value=value,
            unit_code=check.unit_code, low=check.low, high=check.high,
            passed=check.low <= value <= check.high, gauge=gauge, characteristic_revision="1",
            program_version="x", taken_at=at, virtual=False,
        )  # fmt: skip
    return step


def heard(step, people, at):
    """Record that a step was finished, as production does, and return the event."""
    return record(
        "production.step.finished", step.unit, by=people.inspector, at=at, rows=[step],
        step=str(step), verdict=step.state,
    )  # fmt: skip


def quiet(world, people, now, **where):
    """Write enough quiet readings to freeze limits from, one a minute until now."""
    start = now - timedelta(minutes=len(QUIET))
    return [
        measured(world, people, start + timedelta(minutes=n), n, volts, **where)
        for n, volts in enumerate(QUIET, start=1)
    ]
