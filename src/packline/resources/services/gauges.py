"""What can be done about gauges: known, calibrated, recalled, put back into service."""

from __future__ import annotations

from datetime import date, datetime

from packline.foundation.commands import command, unchanged
from packline.foundation.errors import DomainError, Refused
from packline.foundation.events import record
from packline.foundation.models import Person, StoredFile
from packline.foundation.states import move
from packline.resources.models import Calibration, Gauge
from packline.resources.states import (
    AS_FOUND,
    AS_LEFT,
    EQUIPMENT,
    IN_TOLERANCE,
    OUT_OF_TOLERANCE,
    UNKNOWN,
)


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
    calibration = _append(gauge, calibrated_on, due_on, UNKNOWN, IN_TOLERANCE)
    record("resources.gauge.calibrated", gauge, by=by, at=at, rows=[gauge, calibration])
    return gauge


@command("resources.calibrate_gauge")
def calibrate_gauge(
    *,
    gauge: Gauge,
    calibrated_on: date,
    due_on: date,
    as_found: str,
    as_left: str,
    laboratory: str = "",
    note: str = "",
    certificate: StoredFile | None = None,
    by: Person,
    at: datetime,
) -> Calibration:
    """Record a calibration. One that leaves the gauge out of tolerance takes it out of service.

    When it was *found* out of tolerance, everything measured with it since the last good
    calibration is in doubt: production lists it, and quality stops the units.
    """
    if as_found not in AS_FOUND:
        raise DomainError(f"as found: {as_found}; allowed: {', '.join(AS_FOUND)}")
    if as_left not in AS_LEFT:
        raise DomainError(f"as left: {as_left}; allowed: {', '.join(AS_LEFT)}")
    if calibrated_on > at.date():
        raise DomainError(f"gauge {gauge} cannot have been calibrated on {calibrated_on}, ahead")
    if due_on <= calibrated_on:
        raise DomainError(f"gauge {gauge}: due on {due_on}, not after {calibrated_on}")
    calibration = _append(
        gauge, calibrated_on, due_on, as_found, as_left, laboratory, note, certificate
    )
    if as_left == IN_TOLERANCE and calibrated_on >= gauge.calibrated_on:
        gauge.calibrated_on, gauge.due_on = calibrated_on, due_on
        gauge.save(update_fields=["calibrated_on", "due_on"])
    if as_left == OUT_OF_TOLERANCE and gauge.state != "out_of_service":
        _set_aside(gauge, "out_of_service", f"{calibration} left it out of tolerance")
    record(
        "resources.gauge.calibrated",
        gauge,
        by=by,
        at=at,
        rows=[gauge, calibration],
        calibration=str(calibration),
        as_found=as_found,
        as_left=as_left,
    )
    return calibration


@command("resources.recall_gauge")
def recall_gauge(
    *, gauge: Gauge, reason: str, for_good: bool = False, by: Person, at: datetime
) -> Gauge:
    """Call a gauge back, or take it out of service for good: nothing is measured with it."""
    if not reason.strip():
        raise DomainError(f"gauge {gauge}: say why it is not to be used")
    _set_aside(gauge, "out_of_service" if for_good else "recalled", reason.strip())
    record("resources.gauge.recalled", gauge, by=by, at=at, rows=[gauge], reason=reason)
    return gauge


@command("resources.return_gauge")
def return_gauge(*, gauge: Gauge, because: str, by: Person, at: datetime) -> Gauge:
    """Put a gauge back into service, and say what shows that it may be used."""
    last = gauge.calibrations.order_by("-calibrated_on", "-number").first()
    if last is not None and last.as_left == OUT_OF_TOLERANCE:
        raise Refused(f"gauge {gauge}: {last} left it out of tolerance: calibrate it first")
    if not because.strip():
        raise DomainError(f"gauge {gauge}: say what shows that it may be used again")
    move(gauge, EQUIPMENT, to="in_service")
    gauge.state_reason = ""
    gauge.save(update_fields=["state_reason"])
    record("resources.gauge.returned", gauge, by=by, at=at, rows=[gauge], because=because)
    return gauge


def _append(
    gauge: Gauge,
    calibrated_on: date,
    due_on: date,
    as_found: str,
    as_left: str,
    laboratory: str = "",
    note: str = "",
    certificate: StoredFile | None = None,
) -> Calibration:
    last = gauge.calibrations.order_by("-number").first()
    return Calibration.objects.create(
        gauge=gauge,
        number=last.number + 1 if last else 1,
        calibrated_on=calibrated_on,
        due_on=due_on,
        as_found=as_found,
        as_left=as_left,
        laboratory=laboratory,
        note=note[:300],
        certificate=certificate,
    )


def _set_aside(gauge: Gauge, state: str, reason: str) -> None:
    """Give the reason first: the database holds no gauge that is set aside without one."""
    gauge.state_reason = reason[:300]
    gauge.save(update_fields=["state_reason"])
    move(gauge, EQUIPMENT, to=state)
