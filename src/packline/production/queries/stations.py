"""What was done at stations: pieces of a day, how effective it was, which maintenance is due."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from packcalc.stats.no_data import NoData
from packcalc.stats.oee import Oee
from packline.production.models import Step
from packline.resources.calc.upkeep import DueMaintenance, Span, due, effectiveness
from packline.resources.models import MaintenancePlan, Station
from packline.resources.queries import maintenance_plans, plans_of_station, spans_of_station

__all__ = [
    "MaintenanceStanding",
    "StationDay",
    "maintenance_standing",
    "overdue_at",
    "station_day",
]

GOOD = ("passed", "conceded")


@dataclass(frozen=True, slots=True)
class StationDay:
    """One day of a station: how it spent its time, what it made, and how effective that was."""

    day: date
    spans: tuple[Span, ...]
    made: int
    rejects: int
    oee: Oee | NoData


@dataclass(frozen=True, slots=True)
class MaintenanceStanding:
    """A task with the moment from which it counts, and when it is due."""

    plan: MaintenancePlan
    since: datetime
    cycles: int
    due: DueMaintenance
    overdue: bool


def station_day(station: Station, day: date, until: datetime) -> StationDay:
    """Return a day (UTC) of a station up to a moment; what failed at first is a reject."""
    begin = datetime.combine(day, time(), UTC)
    states = list(
        Step.objects.filter(
            station=station,
            finished_at__gte=begin,
            finished_at__lt=begin + timedelta(days=1),
        ).values_list("state", "attempt")
    )
    spans = tuple(spans_of_station(station, day, until))
    rejects = sum(state == "failed" for state, _ in states)
    rejects += sum(state == "superseded" for state, _ in states)
    found = effectiveness(
        spans, ideal_cycle_s=station.ideal_cycle_s, total=len(states), rejects=rejects
    )
    return StationDay(day, spans, len(states), rejects, found)


def maintenance_standing(
    at: datetime, stations: Iterable[Station] | None = None
) -> list[MaintenanceStanding]:
    """Return every planned task with when it is due, what is overdue first.

    Cycles are steps finished at the station since the task was last done.
    """
    plans = list(maintenance_plans(stations))
    finished: dict[int, list[datetime]] = {}
    counted = {p.station_id: since for p, since in plans if p.interval_cycles is not None}
    if counted:
        earliest = min(since for p, since in plans if p.interval_cycles is not None)
        rows = Step.objects.filter(
            station__in=list(counted), finished_at__gt=earliest, finished_at__lte=at
        ).values_list("station", "finished_at")
        for station, moment in rows:
            if moment is not None:
                finished.setdefault(station, []).append(moment)
    found = []
    for plan, since in plans:
        cycles = sum(moment > since for moment in finished.get(plan.station_id, ()))
        found.append(_standing(plan, since, cycles, at))
    return sorted(found, key=lambda m: (not m.overdue, _when(m)))


def overdue_at(station: Station, at: datetime) -> list[MaintenanceStanding]:
    """Return the maintenance of a station that should have been done by now."""
    standing = [
        _standing(plan, since, _cycles(plan, since, at), at)
        for plan, since in plans_of_station(station)
    ]
    return sorted((m for m in standing if m.overdue), key=_when)


def _cycles(plan: MaintenancePlan, since: datetime, at: datetime) -> int:
    """Count the steps that were finished at a station since its maintenance."""
    if plan.interval_cycles is None:
        return 0
    steps = Step.objects.filter(station=plan.station_id)
    return steps.filter(finished_at__gt=since, finished_at__lte=at).count()


def _standing(
    plan: MaintenancePlan, since: datetime, cycles: int, at: datetime
) -> MaintenanceStanding:
    when = due(
        interval_days=plan.interval_days,
        interval_cycles=plan.interval_cycles,
        last_at=since,
        cycles_since=cycles,
    )
    return MaintenanceStanding(plan, since, cycles, when, when.overdue(at))


def _when(standing: MaintenanceStanding) -> datetime:
    return standing.due.due_at or datetime.max.replace(tzinfo=UTC)
