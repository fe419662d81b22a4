"""What can be asked about stations."""

from __future__ import annotations

from django.db.models import QuerySet

from packline.resources.models import Station


def all_stations() -> QuerySet[Station]:
    """Return every station."""
    return Station.objects.order_by("code")
