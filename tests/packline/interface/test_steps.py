"""Work on a unit over the interface: what passes, what is refused, and that nothing is doubled."""

import sys
from datetime import timedelta

import pytest

from packline.foundation.models import Answer, Event
from packline.foundation.verification import verify_record
from packline.production.models import Hold, Reading, Step
from packline.resources.services import attend_station
from tests.packline.interface.conftest import kit_count

UNIT = "PK-000001"


@pytest.fixture
def kitting(station_of):
    return station_of("kitting_bench")


@pytest.fixture
def taken_at(now):
    return now.isoformat()


def test_a_step_is_started_read_for_and_finished(kitting, taken_at, now):
    started = kitting.start(UNIT, "kitting")
    assert started.status_code == 201, started.content
    assert started.json()["step"] == f"{UNIT}/20-kitting/1"
    assert started.json()["operator"] == "otto"
    read = kitting.read(UNIT, "kitting", kit_count(), taken_at=taken_at)
    assert (read.status_code, read.json()["passed"]) == (201, True)
    finished = kitting.finish(UNIT, "kitting")
    assert finished.status_code == 200, finished.content
    assert (finished.json()["state"], finished.json()["next"]["operation"]) == (
        "passed",
        "welding",
    )
    shown = kitting.get(f"/units/{UNIT}/steps/kitting/1").json()
    assert [(r["code"], r["value"], r["low"], r["high"]) for r in shown["readings"]] == [
        ("kit_cell_count", 4, 4, 4)
    ]
    told = kitting.get(f"/units/{UNIT}/history?limit=200").json()
    told = told["events"]
    assert [e["verb"] for e in told][-3:] == [
        "production.step.started", "production.readings.taken", "production.step.finished",
    ]  # fmt: skip


def test_the_gate_is_asked_without_writing_and_stands_in_front_of_a_start(station_of):
    welder = station_of("welder")
    before = Event.objects.count()
    asked = welder.get(f"/units/{UNIT}/gate?operation=welding").json()
    assert not asked["open"]
    assert [b["record"] for b in asked["blockers"]] == ["operation 20 Kitting"]
    refused = welder.start(UNIT, "welding")
    assert (refused.status_code, refused["Content-Type"]) == (409, "application/problem+json")
    assert refused.json()["type"] == "urn:packline:problem:blocked"
    assert refused.json()["blockers"] == asked["blockers"]
    assert Event.objects.count() == before
    assert not Step.objects.exists()
    assert not Answer.objects.filter(key__startswith="key-").exists()  # may be tried again


def test_a_reading_out_of_its_limits_holds_the_unit_in_the_same_answer(kitting, taken_at):
    kitting.start(UNIT, "kitting")
    read = kitting.read(UNIT, "kitting", kit_count(3), taken_at=taken_at).json()
    assert (read["passed"], read["unit_state"]) == (False, "held")
    assert [(f["code"], f["value"], f["high"]) for f in read["failed"]] == [
        ("kit_cell_count", 3, 4)
    ]
    assert Hold.objects.get().cause == f"{UNIT}/20-kitting/1"
    assert kitting.get(f"/units/{UNIT}").json()["holds"][0]["hold"] == f"{UNIT}/hold/1"


def test_what_is_sent_twice_is_done_once_and_answered_alike(kitting, taken_at):
    kitting.start(UNIT, "kitting")
    first = kitting.read(UNIT, "kitting", kit_count(), taken_at=taken_at, key="same-key")
    again = kitting.read(UNIT, "kitting", kit_count(), taken_at=taken_at, key="same-key")
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert Reading.objects.count() == 1
    other = kitting.read(UNIT, "kitting", kit_count(3), taken_at=taken_at, key="same-key")
    assert (other.status_code, other.json()["type"]) == (409, "urn:packline:problem:key-reused")
    assert verify_record(f"production.unit:{UNIT}").proven


def test_a_key_is_kept_only_with_what_it_was_for(kitting, taken_at, monkeypatch):
    kitting.start(UNIT, "kitting")

    def fails(**_):
        raise RuntimeError("the power is gone between the rows and the answer")

    monkeypatch.setattr(sys.modules["packline.production.api.steps"], "unit_version", fails)
    broken = kitting.read(UNIT, "kitting", kit_count(), taken_at=taken_at, key="lost-answer")
    assert broken.status_code == 500
    assert not Reading.objects.exists()
    monkeypatch.undo()
    assert not Answer.objects.filter(key="lost-answer").exists()


def test_the_same_key_of_another_station_is_another_key(station_of, taken_at):
    kitting, other = station_of("kitting_bench"), station_of("welder")
    assert kitting.start(UNIT, "kitting", key="one-for-two").status_code == 201
    assert other.start(UNIT, "welding", key="one-for-two").json()["type"].endswith("blocked")


def test_a_write_holds_to_the_version_that_was_seen(kitting, taken_at):
    seen = kitting.get(f"/units/{UNIT}")
    assert kitting.get(f"/units/{UNIT}", If_None_Match=seen["ETag"]).status_code == 304
    started = kitting.start(UNIT, "kitting", If_Match=seen["ETag"])
    assert started.status_code == 201
    late = kitting.read(UNIT, "kitting", kit_count(), taken_at=taken_at, If_Match=seen["ETag"])
    assert late.status_code == 412
    assert not Reading.objects.exists()
    now_seen = kitting.get(f"/units/{UNIT}/steps/kitting/1")["ETag"]
    assert now_seen == started["ETag"]
    read = kitting.read(UNIT, "kitting", kit_count(), taken_at=taken_at, If_Match=now_seen)
    assert read.status_code == 201


def test_a_station_writes_only_to_its_own_steps(station_of, taken_at):
    station_of("kitting_bench").start(UNIT, "kitting")
    welder = station_of("welder")
    for refused in (
        welder.read(UNIT, "kitting", kit_count(), taken_at=taken_at),
        welder.finish(UNIT, "kitting"),
    ):
        assert refused.status_code == 403
        assert "this is the token of station S-welder" in refused.json()["detail"]
    assert not Reading.objects.exists()


def test_queued_work_is_of_whom_was_signed_in_when_it_was_done(kitting, clock, people, world, now):
    kitting.start(UNIT, "kitting")
    clock.at = now + timedelta(hours=1)
    attend_station(station=world.stations["kitting_bench"], by=people.inspector, at=clock.at)
    clock.at = now + timedelta(hours=2)
    late = (now + timedelta(minutes=90)).isoformat()
    refused = kitting.read(UNIT, "kitting", kit_count(), taken_at=late)
    assert refused.status_code == 401
    assert "otto was signed in at station S-kitting_bench" in refused.json()["detail"]
    queued = (now + timedelta(minutes=10)).isoformat()
    assert kitting.read(UNIT, "kitting", kit_count(), taken_at=queued).status_code == 201
    assert Event.objects.filter(verb="production.readings.taken").get().by == people.operator


def test_a_clock_set_back_moves_no_end_before_its_start(kitting, clock, now, taken_at):
    kitting.start(UNIT, "kitting")
    clock.at = now - timedelta(minutes=3)
    read = kitting.read(UNIT, "kitting", kit_count(), taken_at=taken_at)
    assert read.status_code == 201, read.content
    assert kitting.finish(UNIT, "kitting").status_code == 200
    step = Step.objects.get()
    assert step.finished_at == step.started_at == now
    assert verify_record(f"production.unit:{UNIT}").proven
