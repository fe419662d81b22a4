"""Stations: what they did, how effective that was, and their maintenance."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from packcalc.stats.no_data import NoData
from packline.foundation.errors import NotAllowed, Refused
from packline.foundation.verification import verify_record
from packline.resources.calc.upkeep import due, effectiveness, spans_of_day
from packline.resources.models import MaintenancePlan, StationLog
from packline.resources.queries import conditions_now, maintenance_plans, spans_of_station
from packline.resources.services import (
    log_station,
    plan_maintenance,
    record_maintenance,
    register_station,
)

DAY = datetime(2026, 11, 23, tzinfo=UTC)


def at(hour, minute=0):
    return DAY + timedelta(hours=hour, minutes=minute)


@pytest.fixture
def station(people, now):
    return register_station(code="S1", kind="welder", virtual=False, by=people.engineer, at=now)


def log(station, people, condition, began_at, *, reason="", by=None):
    return log_station(
        station=station, condition=condition, reason=reason, began_at=began_at,
        by=by or people.operator, at=at(24),
    )  # fmt: skip


def test_the_log_of_a_day_is_cut_at_its_ends_and_at_the_moment():
    entries = [("running", "", at(-3)), ("down", "nozzle", at(6)), ("running", "", at(7))]
    spans = spans_of_day(entries, DAY.date(), at(9))
    assert [(s.condition, s.length_s / 3600) for s in spans] == [
        ("running", 6), ("down", 1), ("running", 2),
    ]  # fmt: skip
    assert spans_of_day(entries, (DAY - timedelta(1)).date(), at(9))[0].length_s == 3 * 3600
    assert not spans_of_day(entries, (DAY - timedelta(2)).date(), at(9))


def test_effectiveness_is_that_of_the_published_example():
    # Vorne Industries, leanproduction.com "OEE calculation": shift 480 min, breaks 60, down 47,
    # ideal cycle 1 s, 19,271 made, 423 rejected: 88.81 % x 86.11 % x 97.80 % = 74.79 %
    entries = [("idle", "", at(0)), ("down", "jam", at(1)), ("running", "", at(1, 47))]
    spans = spans_of_day(entries, DAY.date(), at(8))
    found = effectiveness(spans, ideal_cycle_s=1.0, total=19271, rejects=423)
    shares = (found.availability, found.performance, found.quality, found.oee)
    assert [round(100 * share, 2) for share in shares] == [88.81, 86.11, 97.8, 74.79]


def test_what_is_not_known_is_no_data_and_not_zero():
    assert isinstance(effectiveness([], ideal_cycle_s=1.0, total=5, rejects=0), NoData)
    spans = spans_of_day([("running", "", at(0))], DAY.date(), at(8))
    found = effectiveness(spans, ideal_cycle_s=None, total=5, rejects=1)
    assert (found.availability, found.quality) == (1.0, 0.8)
    assert str(found.performance) == "no data: no ideal cycle of the station is stated"
    assert isinstance(found.oee, NoData)


def test_a_state_lasts_until_the_next_entry(station, people):
    log(station, people, "running", at(8))
    log(station, people, "running", at(9))  # the same again: nothing new
    log(station, people, "down", at(10), reason="electrode")
    assert StationLog.objects.count() == 2
    assert conditions_now()[station.pk].reason == "electrode"
    spans = spans_of_station(station, DAY.date(), at(12))
    assert [(s.condition, s.length_s / 3600) for s in spans] == [("running", 2), ("down", 2)]
    assert verify_record().proven


def test_what_cannot_be_is_not_logged(station, people):
    log(station, people, "running", at(8))
    with pytest.raises(Refused, match="is down: say why"):
        log(station, people, "down", at(9))
    with pytest.raises(Refused, match="has an entry of"):
        log(station, people, "idle", at(8))
    with pytest.raises(Refused, match="which is ahead"):
        log(station, people, "idle", at(25))
    with pytest.raises(Refused, match="no such state: 'asleep'"):
        log(station, people, "asleep", at(9))
    with pytest.raises(NotAllowed):
        log(station, people, "idle", at(9), by=people.customer)


def test_maintenance_is_due_by_days_or_by_cycles_whichever_comes_first():
    told = {"interval_days": 7, "interval_cycles": 100, "last_at": at(0)}
    assert not due(**told, cycles_since=100).overdue(at(7 * 24))
    assert due(**told, cycles_since=101).overdue(at(1))
    assert due(**told, cycles_since=0).overdue(at(7 * 24, 1))
    assert due(**told | {"interval_days": None}, cycles_since=0).due_at is None


def test_what_was_done_counts_anew(station, people, now):
    plan = plan_maintenance(
        station=station, code="tips", task="dress the electrodes", interval_days=7,
        by=people.engineer, at=now,
    )  # fmt: skip
    assert maintenance_plans() == [(plan, now)]
    later = now + timedelta(days=6)
    record_maintenance(plan=plan, done_at=later, by=people.operator, at=later)
    assert maintenance_plans() == [(plan, later)]
    with pytest.raises(Refused, match="was done at"):
        record_maintenance(plan=plan, done_at=now, by=people.operator, at=later)
    plan_maintenance(
        station=station, code="tips", task="dress", interval_cycles=9, retired=True,
        by=people.engineer, at=later,
    )  # fmt: skip
    assert not maintenance_plans()
    assert verify_record().proven


def test_maintenance_that_never_comes_again_is_refused(station, people, now):
    with pytest.raises(Refused, match="comes again after some days"):
        plan_maintenance(station=station, code="x", task="y", by=people.engineer, at=now)
    with pytest.raises(IntegrityError, match="comes_again"), transaction.atomic():
        MaintenancePlan.objects.create(station=station, code="x", task="y", counted_from=now)
    with pytest.raises(IntegrityError, match="down_for_a_reason"), transaction.atomic():
        StationLog.objects.create(
            station=station, number=1, condition="down", began_at=now, logged_by=people.operator
        )
