"""What can be asked about resources on a given day."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from packline.foundation.models import Person
from packline.resources.models import Gauge, Qualification, Station


def gauges_in_calibration(on: date) -> QuerySet[Gauge]:
    """Return the gauges that may be used on a day."""
    return Gauge.objects.filter(calibrated_on__lte=on, due_on__gte=on).order_by("code")


def qualification_of(person: Person, operation_code: str, on: date) -> Qualification | None:
    """Return what entitles a person to do an operation on a day, if anything does."""
    return (
        Qualification.objects.filter(
            person=person,
            operation_code=operation_code,
            granted_on__lte=on,
            expires_on__gte=on,
        )
        .order_by("-expires_on")
        .first()
    )


def all_gauges() -> QuerySet[Gauge]:
    """Return every gauge, the soonest due first."""
    return Gauge.objects.order_by("due_on", "code")


def all_stations() -> QuerySet[Station]:
    """Return every station."""
    return Station.objects.order_by("code")
