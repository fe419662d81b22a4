"""What can be done about resources. The only code that writes these tables."""

from __future__ import annotations

from datetime import date, datetime

from packline.foundation.commands import command, unchanged
from packline.foundation.errors import Refused
from packline.foundation.events import record
from packline.foundation.models import Person
from packline.resources.models import Gauge, Qualification, Station


@command("resources.register_station")
def register_station(*, code: str, kind: str, virtual: bool, by: Person, at: datetime) -> Station:
    """Make a station known; the same one again changes nothing."""
    known = Station.objects.filter(code=code).first()
    if known is not None:
        if (known.kind, known.virtual) != (kind, virtual):
            raise Refused(f"station {code} is known already, as another kind: {known.kind}")
        return unchanged(known)
    station = Station.objects.create(code=code, kind=kind, virtual=virtual)
    record("resources.station.registered", station, by=by, at=at, rows=[station])
    return station


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


@command("resources.qualify_person")
def qualify_person(
    *,
    person: Person,
    operation_code: str,
    granted_on: date,
    expires_on: date,
    by: Person,
    at: datetime,
) -> Qualification:
    """Record that a person was trained for an operation. Nobody qualifies themselves."""
    if person == by:
        raise Refused(f"{person} cannot qualify themselves for {operation_code}")
    held = Qualification.objects.filter(
        person=person, operation_code=operation_code, expires_on__gte=expires_on
    ).first()
    if held is not None:
        return unchanged(held)
    qualification = Qualification.objects.create(
        person=person,
        operation_code=operation_code,
        granted_on=granted_on,
        expires_on=expires_on,
    )
    record("resources.person.qualified", qualification, by=by, at=at, rows=[qualification])
    return qualification
