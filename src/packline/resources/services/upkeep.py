"""Logging what stations do, and planning and recording their maintenance."""

from __future__ import annotations

from datetime import datetime

from packline.foundation.commands import command, unchanged
from packline.foundation.errors import Refused
from packline.foundation.events import record
from packline.foundation.models import Person
from packline.resources.models import MaintenanceDone, MaintenancePlan, Station, StationLog
from packline.resources.states import STATION_STATES


@command("resources.log_station")
def log_station(
    *,
    station: Station,
    condition: str,
    reason: str = "",
    began_at: datetime,
    by: Person,
    at: datetime,
) -> StationLog:
    """Say that a station went into a state; the state before it ends there.

    The same state again, for the same reason, changes nothing.

    Raises
    ------
    Refused
        If it is down for no reason, or the moment is not after the last entry, or lies ahead.
    """
    if condition not in STATION_STATES:
        raise Refused(f"no such state: {condition!r}; allowed: {', '.join(STATION_STATES)}")
    reason = reason.strip()[:200]
    if condition == "down" and not reason:
        raise Refused(f"{station} is down: say why")
    if began_at > at:
        raise Refused(f"{station} cannot have gone into a state at {began_at}, which is ahead")
    last = station.log.order_by("-number").first()
    if last is not None and (last.condition, last.reason) == (condition, reason):
        return unchanged(last)
    if last is not None and began_at <= last.began_at:
        raise Refused(f"{station} has an entry of {last.began_at} already: {last.condition}")
    entry = StationLog(
        station=station,
        number=last.number + 1 if last is not None else 1,
        condition=condition,
        reason=reason,
        began_at=began_at,
        logged_by=by,
    )
    entry.save(force_insert=True)
    record(f"resources.station.{condition}", station, by=by, at=at, rows=[entry], reason=reason)
    return entry


@command("resources.register_station")
def state_ideal_cycle(
    *, station: Station, ideal_cycle_s: float, by: Person, at: datetime
) -> Station:
    """State how long one piece takes at a station when nothing is in the way."""
    if not 0 < ideal_cycle_s < 1e6:
        raise Refused(f"an ideal cycle is a positive time in seconds, not {ideal_cycle_s}")
    if station.ideal_cycle_s == ideal_cycle_s:
        return unchanged(station)
    station.ideal_cycle_s = ideal_cycle_s
    station.save(update_fields=["ideal_cycle_s"])
    record(
        "resources.station.timed",
        station,
        by=by,
        at=at,
        rows=[station],
        ideal_cycle_s=ideal_cycle_s,
    )
    return station


@command("resources.plan_maintenance")
def plan_maintenance(
    *,
    station: Station,
    code: str,
    task: str,
    interval_days: int | None = None,
    interval_cycles: int | None = None,
    retired: bool = False,
    by: Person,
    at: datetime,
) -> MaintenancePlan:
    """Plan a task that comes again; the same code again changes its task and intervals.

    Raises
    ------
    Refused
        If it has neither interval, or no code or task.
    """
    if not code.strip() or not task.strip():
        raise Refused("maintenance needs a code and says what is done")
    stated = [v for v in (interval_days, interval_cycles) if v is not None]
    if not stated or min(stated) < 1:
        raise Refused(f"{code}: maintenance comes again after some days, some cycles, or both")
    plan = MaintenancePlan.objects.filter(station=station, code=code).first()
    if plan is None:
        plan = MaintenancePlan(station=station, code=code, counted_from=at)
    plan.task, plan.retired = task.strip()[:300], retired
    plan.interval_days, plan.interval_cycles = interval_days, interval_cycles
    plan.save()
    record("resources.maintenance.planned", station, by=by, at=at, rows=[plan], plan=str(plan))
    return plan


@command("resources.record_maintenance")
def record_maintenance(
    *, plan: MaintenancePlan, note: str = "", done_at: datetime, by: Person, at: datetime
) -> MaintenanceDone:
    """Record that a task was done; from there on days and cycles count anew."""
    if done_at > at:
        raise Refused(f"{plan} cannot have been done at {done_at}, which is ahead")
    last = plan.done.order_by("-number").first()
    if last is not None and done_at <= last.done_at:
        raise Refused(f"{plan} was done at {last.done_at} already")
    done = MaintenanceDone(
        plan=plan,
        number=last.number + 1 if last is not None else 1,
        done_at=done_at,
        done_by=by,
        note=note.strip()[:300],
    )
    done.save(force_insert=True)
    record("resources.maintenance.done", plan.station, by=by, at=at, rows=[done], plan=str(plan))
    return done
