"""A station: what it does now, how it spent its days, its effectiveness and its maintenance."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST

from packcalc.stats.no_data import NoData
from packline.foundation.errors import DomainError
from packline.production.queries.stations import (
    StationDay,
    maintenance_standing,
    station_day,
)
from packline.resources.calc.upkeep import time_in
from packline.resources.models import Station
from packline.resources.queries import (
    all_stations,
    condition_of,
    conditions_now,
    log_of_station,
    maintenance_done,
)
from packline.resources.services import (
    log_station,
    plan_maintenance,
    record_maintenance,
    state_ideal_cycle,
)
from packline.resources.states import STATION_STATES
from packline.site import access, charts
from packline.site.acting import carry_out, verb_named
from packline.site.paging import page_of

__all__ = ["act", "maintenance", "station"]

DAYS = 7
MAY = ("log_station", "plan_maintenance", "record_maintenance", "register_station")


def station(request: HttpRequest, code: str) -> HttpResponse:
    """Show a station with its last days."""
    found = _station(request, code)
    now = timezone.now()
    days = [station_day(found, (now - timedelta(days=k)).date(), now) for k in range(DAYS)]
    return render(
        request,
        "resources/station.html",
        {
            "stage": "resources",
            "station": found,
            "now": condition_of(found),
            "days": [(day, _drawn(day), _shares(day), time_in(day.spans)) for day in days],
            "page": page_of(request, log_of_station(found), per_page=15),
            "maintenance": maintenance_standing(now, [found]),
            "done": maintenance_done(found)[:10],
            "states": STATION_STATES,
            "may": _may(request),
        },
    )


def maintenance(request: HttpRequest) -> HttpResponse:
    """List what has to be done at the stations, the overdue first, and what each does now."""
    access.for_the_house_only(request)
    now = conditions_now()
    return render(
        request,
        "resources/maintenance.html",
        {
            "stage": "maintenance",
            "standing": maintenance_standing(timezone.now()),
            "stations": [(s, now.get(s.pk)) for s in all_stations()],
            "may": _may(request),
        },
    )


@require_POST
def act(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """Carry out what a form of the page asks; what is refused is said there."""
    found = _station(request, code)
    asked = verb_named(ACTS, verb)
    carry_out(request, lambda: asked(request, found))
    return redirect("one-station", code=code)


def _station(request: HttpRequest, code: str) -> Station:
    access.for_the_house_only(request)
    found = Station.objects.filter(code=code).first()
    if found is None:
        raise Http404
    return found


def _may(request: HttpRequest) -> frozenset[str]:
    person = access.who(request)
    return frozenset(name for name in MAY if person.has_perm(f"resources.{name}"))


def _drawn(day: StationDay) -> SafeString:
    def hour(moment: datetime) -> float:
        begin = datetime(day.day.year, day.day.month, day.day.day, tzinfo=UTC)
        return (moment - begin).total_seconds() / 3600

    spans = [
        (
            s.condition,
            hour(s.began_at),
            hour(s.ended_at),
            f"{s.began_at:%H:%M} to {s.ended_at:%H:%M} {s.condition}"
            + (f": {s.reason}" if s.reason else ""),
        )
        for s in day.spans
    ]
    return mark_safe(charts.timeline(spans, title=f"{day.day:%Y-%m-%d} (UTC)"))


def _shares(day: StationDay) -> list[tuple[str, float | None, str]]:
    """Return availability, performance, quality and their product; no data has its reason."""
    if isinstance(day.oee, NoData):
        return []
    found = day.oee
    return [
        (name, None if isinstance(value, NoData) else value, str(value))
        for name, value in (
            ("availability", found.availability),
            ("performance", found.performance),
            ("quality", found.quality),
            ("OEE", found.oee),
        )
    ]


def _log(request: HttpRequest, found: Station) -> str:
    now = timezone.now()
    entry = log_station(
        station=found,
        condition=request.POST.get("condition", ""),
        reason=request.POST.get("reason", ""),
        began_at=now,
        by=access.who(request),
        at=now,
    )
    return f"{found} is {entry.condition}."


def _cycle(request: HttpRequest, found: Station) -> str:
    text = request.POST.get("ideal_cycle_s", "")
    try:
        cycle = float(text)
    except ValueError as error:
        raise DomainError(f"{text!r} is no time in seconds") from error
    state_ideal_cycle(
        station=found, ideal_cycle_s=cycle, by=access.who(request), at=timezone.now()
    )
    return "The ideal cycle was stated."


def _plan(request: HttpRequest, found: Station) -> str:
    def whole(name: str) -> int | None:
        text = request.POST.get(name, "").strip()
        if text and not text.isdecimal():
            raise DomainError(f"{name.replace('_', ' ')}: {text!r} is no whole number")
        return int(text[:9]) if text else None

    plan = plan_maintenance(
        station=found,
        code=request.POST.get("code", "").strip()[:40],
        task=request.POST.get("task", ""),
        interval_days=whole("interval_days"),
        interval_cycles=whole("interval_cycles"),
        retired=request.POST.get("retired") == "yes",
        by=access.who(request),
        at=timezone.now(),
    )
    return f"{plan.code} was planned."


def _done(request: HttpRequest, found: Station) -> str:
    plan = found.maintenance.filter(code=request.POST.get("code", "")).first()
    if plan is None:
        raise DomainError("choose a planned task")
    now = timezone.now()
    record_maintenance(
        plan=plan, note=request.POST.get("note", ""), done_at=now, by=access.who(request), at=now
    )
    return f"{plan.code} was done: days and cycles count anew."


ACTS: dict[str, Callable[[HttpRequest, Station], str]] = {
    "log": _log,
    "cycle": _cycle,
    "plan": _plan,
    "done": _done,
}
