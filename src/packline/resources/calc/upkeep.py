"""How a station spent its time, how effective that was, and when maintenance is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from packcalc.stats.no_data import NoData
from packcalc.stats.oee import Oee, oee
from packline.resources.states import STATION_STATES

__all__ = ["DueMaintenance", "Span", "due", "effectiveness", "spans_of_day", "time_in"]

PLANNED = ("idle", "maintenance")  # not asked to produce: no loss of availability
UNPLANNED = ("down", "setup")


@dataclass(frozen=True, slots=True)
class Span:
    """An uninterrupted time in one state."""

    condition: str
    reason: str
    began_at: datetime
    ended_at: datetime

    @property
    def length_s(self) -> float:
        """How long it lasted."""
        return (self.ended_at - self.began_at).total_seconds()


@dataclass(frozen=True, slots=True)
class DueMaintenance:
    """When a task is due: the day, and how many cycles are left; either is None if not planned."""

    due_at: datetime | None
    cycles_left: int | None

    def overdue(self, at: datetime) -> bool:
        """Say whether it should have been done by now."""
        late = self.due_at is not None and at > self.due_at
        return late or (self.cycles_left is not None and self.cycles_left < 0)


def spans_of_day(
    entries: Sequence[tuple[str, str, datetime]], day: date, until: datetime
) -> list[Span]:
    """Cut the log of a station to one day (UTC), up to a moment.

    `entries` are condition, reason and beginning, the earliest first; the last before the day
    reaches into it.
    """
    begin = datetime.combine(day, time(), UTC)
    end = min(begin + timedelta(days=1), until)
    spans = []
    for k, (condition, reason, began) in enumerate(entries):
        ends = entries[k + 1][2] if k + 1 < len(entries) else end
        left, right = max(began, begin), min(ends, end)
        if left < right:
            spans.append(Span(condition, reason, left, right))
    return spans


def time_in(spans: Sequence[Span]) -> dict[str, float]:
    """Return the seconds in each state, every state named."""
    total = dict.fromkeys(STATION_STATES, 0.0)
    for span in spans:
        total[span.condition] += span.length_s
    return total


def effectiveness(
    spans: Sequence[Span], *, ideal_cycle_s: float | None, total: int, rejects: int
) -> Oee | NoData:
    """Return the overall equipment effectiveness of a logged time.

    Idle and maintenance are planned stops, down and setup are losses; time that nobody logged
    counts as neither. Without an ideal cycle there is no performance, and so no product.
    """
    spent: Mapping[str, float] = time_in(spans)
    shift = sum(spent.values())
    if not shift:
        return NoData("no state of the station was logged")
    found = oee(
        shift=shift,
        planned_stops=sum(spent[name] for name in PLANNED),
        unplanned_stops=sum(spent[name] for name in UNPLANNED),
        ideal_cycle=ideal_cycle_s or 0.0,
        total=total,
        rejects=rejects,
    )
    if ideal_cycle_s is not None:
        return found
    missing = NoData("no ideal cycle of the station is stated")
    return replace(found, performance=missing, oee=missing, waterfall=found.waterfall[:3])


def due(
    *,
    interval_days: int | None,
    interval_cycles: int | None,
    last_at: datetime,
    cycles_since: int,
) -> DueMaintenance:
    """Return when a task is due that was last done (or first planned) at a moment."""
    return DueMaintenance(
        None if interval_days is None else last_at + timedelta(days=interval_days),
        None if interval_cycles is None else interval_cycles - cycles_since,
    )
