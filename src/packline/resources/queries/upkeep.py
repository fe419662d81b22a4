"""What stations did, and which maintenance is planned."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Max, OuterRef, QuerySet, Subquery

from packline.foundation.prepared import Prepared
from packline.resources.calc.upkeep import Span, spans_of_day
from packline.resources.models import MaintenanceDone, MaintenancePlan, Station, StationLog

__all__ = [
    "condition_at",
    "condition_of",
    "conditions_now",
    "log_of_station",
    "maintenance_done",
    "maintenance_plans",
    "plans_of_station",
    "spans_of_station",
]

_conditions = Prepared(
    lambda station, at: StationLog.objects.filter(station=station, began_at__lte=at).order_by(
        "-number"
    )[:1]
)
_plans = Prepared(
    lambda station: (
        MaintenancePlan.objects.filter(station=station, retired=False)
        .select_related("station")
        .annotate(last_done_at=Max("done__done_at"))
        .order_by("code")
    )
)


def condition_of(station: Station) -> StationLog | None:
    """Return the last entry of a station's log: what it does now."""
    return station.log.select_related("logged_by").order_by("-number").first()


def condition_at(station: Station, at: datetime) -> StationLog | None:
    """Return what a station did at a moment, as its log says."""
    return _conditions.first(station=station, at=at)


def conditions_now() -> dict[int, StationLog]:
    """Return the last entry of every station that has one, by the primary key of the station."""
    last = StationLog.objects.filter(station=OuterRef("station")).order_by("-number")
    rows = StationLog.objects.filter(number=Subquery(last.values("number")[:1]))
    return {entry.station_id: entry for entry in rows.select_related("station")}


def log_of_station(station: Station) -> QuerySet[StationLog]:
    """Return the log of a station, the latest first."""
    return station.log.select_related("logged_by").order_by("-number")


def spans_of_station(station: Station, day: date, until: datetime) -> list[Span]:
    """Return how a station spent a day (UTC), up to a moment."""
    begin = datetime.combine(day, time(), UTC)
    before = station.log.filter(began_at__lt=begin).order_by("-number")[:1]
    within = station.log.filter(began_at__gte=begin, began_at__lt=begin + timedelta(days=1))
    rows = [*before, *within.order_by("number")]
    return spans_of_day([(e.condition, e.reason, e.began_at) for e in rows], day, until)


def maintenance_plans(
    stations: Iterable[Station] | None = None,
) -> list[tuple[MaintenancePlan, datetime]]:
    """Return the tasks that come again, each with the moment from which it counts."""
    rows = MaintenancePlan.objects.filter(retired=False)
    if stations is not None:
        rows = rows.filter(station__in=list(stations))
    done = MaintenanceDone.objects.filter(plan__in=rows).order_by()
    last = dict(done.values_list("plan").annotate(Max("done_at")))
    return [
        (plan, last.get(plan.pk, plan.counted_from))
        for plan in rows.select_related("station").order_by("station__code", "code")
    ]


def plans_of_station(station: Station) -> list[tuple[MaintenancePlan, datetime]]:
    """Return the tasks that come again at a station, each with the moment from which it counts."""
    return [(plan, plan.last_done_at or plan.counted_from) for plan in _plans(station=station)]


def maintenance_done(station: Station) -> QuerySet[MaintenanceDone]:
    """Return what was done at a station, the latest first."""
    return (
        MaintenanceDone.objects.filter(plan__station=station)
        .select_related("plan__station", "done_by")
        .order_by("-done_at")
    )
