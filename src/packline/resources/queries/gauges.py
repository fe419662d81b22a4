"""What can be asked about gauges on a given day."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from packline.resources.models import Gauge


def gauges_in_calibration(on: date) -> QuerySet[Gauge]:
    """Return the gauges that may be used on a day."""
    return Gauge.objects.filter(calibrated_on__lte=on, due_on__gte=on).order_by("code")


def all_gauges() -> QuerySet[Gauge]:
    """Return every gauge, the soonest due first."""
    return Gauge.objects.order_by("due_on", "code")
