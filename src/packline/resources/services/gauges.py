"""What can be done about gauges."""

from __future__ import annotations

from datetime import date, datetime

from packline.foundation.commands import command, unchanged
from packline.foundation.errors import Refused
from packline.foundation.events import record
from packline.foundation.models import Person
from packline.resources.models import Gauge


@command("resources.register_gauge")
def register_gauge(
    *,
    code: str,
    kind: str,
    calibrated_on: date,
    due_on: date,
    virtual: bool,
    by: Person,
    at: datetime,
) -> Gauge:
    """Make a gauge known with its calibration; a later calibration moves the due date."""
    gauge = Gauge.objects.filter(code=code).first()
    if gauge is None:
        gauge = Gauge(code=code, kind=kind, virtual=virtual)
    elif (gauge.kind, gauge.virtual) != (kind, virtual):
        raise Refused(f"gauge {code} is known already, as another kind: {gauge.kind}")
    elif gauge.due_on >= due_on:
        return unchanged(gauge)
    gauge.calibrated_on, gauge.due_on = calibrated_on, due_on
    gauge.save()
    record("resources.gauge.calibrated", gauge, by=by, at=at, rows=[gauge])
    return gauge
