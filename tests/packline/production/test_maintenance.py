"""A station that is down, or whose maintenance is overdue, starts nothing."""

from datetime import timedelta

import pytest

from packline.foundation.errors import Blocked
from packline.production.queries.stations import maintenance_standing, overdue_at, station_day
from packline.resources.services import log_station, plan_maintenance, record_maintenance
from tests.packline.production.test_building import Line


@pytest.fixture
def line(world, people, now):
    return Line(world, people, now)


def plan(world, people, at, **interval):
    return plan_maintenance(
        station=world.stations["welder"], code="tips", task="dress the electrodes", **interval,
        by=people.engineer, at=at,
    )  # fmt: skip


def test_a_station_with_overdue_maintenance_starts_nothing_until_it_was_done(
    world, line, people, now
):
    made = plan(world, people, now - timedelta(days=8), interval_days=7)
    unit = world.unit()
    line.kit(unit)
    with pytest.raises(Blocked, match="dress the electrodes is overdue at S-welder"):
        line.weld(unit)
    record_maintenance(plan=made, done_at=now, by=people.operator, at=now)
    assert line.weld(unit).state == "passed"


def test_cycles_are_the_steps_finished_since_it_was_last_done(world, line, people, now):
    before = now - timedelta(hours=1)
    made = plan(world, people, before, interval_cycles=1)
    for number in (1, 2):
        line.kit(world.unit(number))
        line.weld(world.unit(number))
    standing = maintenance_standing(now)[0]
    assert (standing.cycles, standing.due.cycles_left, standing.overdue) == (2, -1, True)
    later = now + timedelta(minutes=1)
    record_maintenance(plan=made, done_at=later, by=people.operator, at=later)
    assert not overdue_at(world.stations["welder"], later)


def test_the_day_of_a_station_counts_its_pieces(world, line, people, now):
    station = world.stations["welder"]
    log_station(
        station=station, condition="running", began_at=now - timedelta(hours=1),
        by=people.operator, at=now,
    )  # fmt: skip
    for number, worst in ((1, 0.1), (2, 0.9)):
        line.kit(world.unit(number))
        line.weld(world.unit(number), worst=worst)
    day = station_day(station, now.date(), now)
    assert (day.made, day.rejects, day.oee.quality) == (2, 1, 0.5)


def test_a_station_that_is_down_starts_nothing_and_what_was_begun_may_be_finished(
    world, line, people, now
):
    station = world.stations["welder"]
    unit = world.unit()
    line.kit(unit)
    for minutes, condition, stopped in ((9, "down", True), (1, "running", False)):
        log_station(
            station=station, condition=condition, began_at=now - timedelta(minutes=minutes),
            reason="head broken", by=people.operator, at=now,
        )  # fmt: skip
        if stopped:
            with pytest.raises(Blocked, match="is down since 2026-11-23 09:21 UTC: head broken"):
                line.weld(unit)
    assert line.weld(unit).state == "passed"
