"""Good and scrap in one action: one key, all or nothing, and the operator does not sign it off."""

import pytest

from packline.foundation.models import Event
from packline.foundation.verification import verify_record
from packline.production.models import Hold, Step, Unit
from packline.quality.models import Nonconformance
from packline.site.listeners import listen
from tests.packline.interface.conftest import kit_count

ONE, TWO = "PK-000001", "PK-000002"


@pytest.fixture
def kitting(station_of):
    return station_of("kitting_bench")


def told(kitting, good=(), scrap=(), operation="kitting", **how):
    rows = [{"serial": serial, "reason": reason} for serial, reason in scrap]
    body = {"operation": operation, "good": list(good), "scrap": rows}
    return kitting.post("/tally", body, **how)


def read_for(kitting, serial, now):
    kitting.start(serial, "kitting")
    return kitting.read(serial, "kitting", kit_count(), taken_at=now.isoformat())


def test_one_is_good_and_one_is_scrap_in_one_action_that_is_done_once(kitting, now):
    read_for(kitting, ONE, now)
    first = told(kitting, [ONE], [(TWO, "case cracked")], key="tally-key-1")
    assert first.status_code == 200, first.content
    said = first.json()
    assert [(g["serial"], g["state"], g["next"]["operation"]) for g in said["good"]] == [
        (ONE, "passed", "welding")
    ]
    assert [(s["serial"], s["reason"]) for s in said["scrap"]] == [
        (TWO, "set aside as scrap: case cracked")
    ]
    before = Event.objects.count()
    assert told(kitting, [ONE], [(TWO, "case cracked")], key="tally-key-1").json() == said
    assert Event.objects.count() == before
    assert Unit.objects.get(serial=TWO).state == "held"
    assert kitting.start(TWO, "kitting").status_code == 409
    listen()
    listen()
    found = Nonconformance.objects.get()
    assert (found.defect_code, found.state, str(found.unit)) == ("set_aside", "contained", TWO)
    assert found.title == "set aside at kitting: case cracked"
    assert found.hold == Hold.objects.get()
    for serial in (ONE, TWO):
        assert verify_record(f"production.unit:{serial}").proven


def test_what_is_not_done_stops_all_of_it_and_every_record_is_named(kitting):
    before = Event.objects.count()
    refused = told(kitting, [ONE], [(TWO, "case cracked")])  # nobody read what kitting asks for
    assert refused.status_code == 409
    assert [(b["code"], b["record"].split(",")[0]) for b in refused.json()["blockers"]] == [
        ("reading_missing", ONE)
    ]
    assert Event.objects.count() == before
    assert not Step.objects.exists()
    assert not Hold.objects.exists()


def test_an_operation_without_readings_is_started_and_finished_at_once(kitting, world):
    world.operation("kitting").characteristics.all().delete()
    said = told(kitting, [ONE, TWO])
    assert said.status_code == 200, said.content
    assert [g["step"] for g in said.json()["good"]] == [
        f"{ONE}/20-kitting/1", f"{TWO}/20-kitting/1",
    ]  # fmt: skip
    verbs = Event.objects.filter(subject=f"production.unit:{ONE}").values_list("verb", flat=True)
    assert list(verbs.order_by("seq"))[-2:] == [
        "production.step.started",
        "production.step.finished",
    ]


def test_a_unit_in_work_is_set_aside_with_its_step(kitting):
    kitting.start(ONE, "kitting")
    assert told(kitting, [], [(ONE, "dropped")]).status_code == 200
    listen()
    assert str(Nonconformance.objects.get().step) == f"{ONE}/20-kitting/1"
    again = told(kitting, [], [(ONE, "dropped")])
    assert again.status_code == 422
    assert again.json()["errors"][0]["value"] == ONE


@pytest.mark.parametrize(
    ("good", "scrap", "status"),
    [
        ((), (), 422),
        ((ONE, ONE), (), 422),
        ((ONE,), ((ONE, "x"),), 422),
        ((), ((ONE, " "),), 422),
        ((), ((ONE, ""),), 422),
        (("PK-999999",), (), 404),
        ([f"PK-{n:06d}" for n in range(201)], (), 422),
    ],
)
def test_a_tally_that_cannot_be_is_refused_and_writes_nothing(kitting, good, scrap, status):
    before = Event.objects.count()
    assert told(kitting, good, scrap).status_code == status
    assert Event.objects.count() == before


def test_nobody_signed_in_or_another_kind_of_station_tallies_nothing(station_of):
    assert told(station_of("kitting_bench", signed_in=False), [ONE]).status_code == 401
    assert told(station_of("kitting_bench", scopes=["units:read"]), [ONE]).status_code == 403
    welder = told(station_of("welder"), [ONE])
    assert welder.status_code == 409
    codes = {b["code"] for b in welder.json()["blockers"]}
    assert "station_wrong_kind" in codes
