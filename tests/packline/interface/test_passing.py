"""An inspector who is signed in at a station passes a unit over the interface."""

import pytest

from packline.foundation.models import Event
from packline.production.models import Unit
from packline.production.services import hold_unit, install_parts
from packline.resources.models import Attendance
from packline.resources.services import attend_station
from tests.packline.production.test_building import Line

UNIT = "PK-000001"


@pytest.fixture
def bench(station_of, world, people, now):
    """The bench of the end of the line, with Ida signed in at it."""
    station = station_of("eol_bench", signed_in=False)
    began = attend_station(station=world.stations["eol_bench"], by=people.inspector, at=now)
    station.attendance = Attendance.objects.get(pk=began.pk).code
    return station


@pytest.fixture
def built(world, people, now):
    unit, line = world.unit(), Line(world, people, now)
    line.kit(unit)
    install_parts(unit=unit, components={"bms": "BMS-1"}, by=people.operator, at=now)
    line.weld(unit)
    line.eol(unit)
    return unit


def passed():
    return Event.objects.filter(verb="production.unit.passed").count()


def test_a_built_unit_is_passed_once_however_often_it_is_sent(bench, built, people):
    seen = bench.get(f"/units/{UNIT}")
    first = bench.post(f"/units/{UNIT}/pass", key="pass-once", If_Match=seen["ETag"])
    assert first.status_code == 200, first.content
    said = first.json()
    assert (said["serial"], said["state"]) == (UNIT, "passed")
    assert first["ETag"] == f'"{said["version"]}"' != seen["ETag"]
    again = bench.post(f"/units/{UNIT}/pass", key="pass-once", If_Match=seen["ETag"])
    assert (again.json(), again["Idempotency-Replayed"]) == (said, "true")
    assert passed() == 1
    assert Event.objects.get(verb="production.unit.passed").by == people.inspector


def test_everything_that_is_open_is_named(bench, world, people, now):
    Line(world, people, now).kit(world.unit())
    hold_unit(unit=world.unit(), reason="a dent", cause="seen", by=people.operator, at=now)
    refused = bench.post(f"/units/{UNIT}/pass")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:packline:problem:blocked")
    assert [(b["code"], b["record"]) for b in refused.json()["blockers"]] == [
        ("operation_not_done", "operation 40 Welding"),
        ("operation_not_done", "operation 80 Eol"),
        ("unit_held", f"hold {UNIT}/hold/1"),
        ("parts_missing", f"unit {UNIT}"),
    ]
    assert passed() == 0


def test_an_operator_passes_nothing(station_of, built):
    refused = station_of("eol_bench").post(f"/units/{UNIT}/pass")
    assert (refused.status_code, refused.json()["type"]) == (
        403,
        "urn:packline:problem:not-allowed",
    )
    assert Unit.objects.get(serial=UNIT).state == "building"


def test_a_unit_that_moved_since_it_was_seen_is_not_passed(bench, built, people, now):
    seen = bench.get(f"/units/{UNIT}")["ETag"]
    hold_unit(unit=built, reason="a dent", cause="seen", by=people.operator, at=now)
    refused = bench.post(f"/units/{UNIT}/pass", If_Match=seen)
    assert (refused.status_code, refused.json()["type"]) == (
        412,
        "urn:packline:problem:precondition-failed",
    )
    assert passed() == 0
