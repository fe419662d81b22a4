"""What can be asked about gauges on a given day."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from packline.resources.models import Calibration, Gauge
from packline.resources.states import IN_TOLERANCE


def gauges_in_calibration(on: date) -> QuerySet[Gauge]:
    """Return the gauges that may be used on a day."""
    return Gauge.objects.filter(calibrated_on__lte=on, due_on__gte=on).order_by("code")


def all_gauges() -> QuerySet[Gauge]:
    """Return every gauge, the soonest due first."""
    return Gauge.objects.order_by("due_on", "code")


def calibrations_of(gauge: Gauge) -> QuerySet[Calibration]:
    """Return the calibrations of a gauge, the latest first."""
    return gauge.calibrations.select_related("certificate").order_by("-calibrated_on", "-number")


def calibration_holding(gauge: Gauge, on: date) -> bool:
    """Say whether a gauge was in calibration on a day, whatever was found later."""
    if on >= gauge.calibrated_on:
        return on <= gauge.due_on
    last = (
        gauge.calibrations.filter(calibrated_on__lte=on)
        .order_by("-calibrated_on", "-number")
        .first()
    )
    return last is not None and last.as_left == IN_TOLERANCE and on <= last.due_on


def last_good_before(calibration: Calibration) -> Calibration | None:
    """Return the last calibration before one that left the gauge in tolerance."""
    return (
        Calibration.objects.filter(
            gauge=calibration.gauge_id,
            as_left=IN_TOLERANCE,
            calibrated_on__lte=calibration.calibrated_on,
        )
        .exclude(pk=calibration.pk)
        .exclude(calibrated_on=calibration.calibrated_on, number__gt=calibration.number)
        .order_by("-calibrated_on", "-number")
        .first()
    )
