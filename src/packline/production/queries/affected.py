"""What was measured with a gauge that was found out of tolerance, since it was last known good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q, QuerySet

from packline.production.models import JointSet, Reading, Unit
from packline.resources.models import Calibration
from packline.resources.queries import last_good_before
from packline.resources.states import OUT_OF_TOLERANCE

__all__ = ["Affected", "affected_by"]


@dataclass(frozen=True, slots=True)
class Affected:
    """What a calibration puts in doubt."""

    calibration: Calibration
    good: Calibration | None  # the last good one before it; None: everything is in doubt
    readings: QuerySet[Reading]
    joints: QuerySet[JointSet]
    units: QuerySet[Unit]


def affected_by(calibration: Calibration) -> Affected:
    """Return all readings and joints of a gauge between two calibrations, and their units.

    Both days count in full: whether something was measured before or after the calibration of the
    same day is not on record. Nothing is in doubt unless the gauge was found out of tolerance.
    """
    good = last_good_before(calibration)
    taken = Q(gauge=calibration.gauge_id, taken_at__lt=_begin(calibration, days=1))
    if good is not None:
        taken &= Q(taken_at__gte=_begin(good))
    if calibration.as_found != OUT_OF_TOLERANCE:
        taken = Q(pk__in=[])
    readings = Reading.objects.filter(taken)
    joints = JointSet.objects.filter(taken)
    units = Unit.objects.filter(
        Q(pk__in=readings.values("step__unit")) | Q(pk__in=joints.values("step__unit"))
    )
    return Affected(
        calibration=calibration,
        good=good,
        readings=readings.select_related(
            "step__unit", "step__operation", "characteristic"
        ).order_by("taken_at", "step__unit__serial", "characteristic__code", "position"),
        joints=joints.select_related("step__unit", "step__operation", "characteristic").order_by(
            "taken_at", "step__unit__serial", "characteristic__code"
        ),
        units=units.select_related("order").order_by("serial"),
    )


def _begin(calibration: Calibration, days: int = 0) -> datetime:
    day = calibration.calibrated_on + timedelta(days)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
