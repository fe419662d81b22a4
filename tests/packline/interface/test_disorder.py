"""Clocks that are set back, and requests that come twice and out of order."""

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from packline.foundation.models import Event
from packline.foundation.verification import verify_record
from packline.production.models import Reading, Step
from packline.site.api.clock import Clock
from tests.packline.interface.conftest import kit_count

UNIT = "PK-000001"


@pytest.fixture
def computer(monkeypatch, now):
    """The clock of the computer, which a test may set; the interface reads it as it does."""

    class Set:
        at = now

    monkeypatch.setattr(timezone, "now", lambda: Set.at)
    own = Clock()
    monkeypatch.setattr("packline.site.api.speaker.moment", own.now)
    return Set


def test_a_clock_set_back_in_mid_work_moves_nothing_back(station_of, computer, now):
    kitting = station_of("kitting_bench")
    computer.at = now + timedelta(minutes=10)
    assert kitting.start(UNIT, "kitting").status_code == 201
    computer.at = now - timedelta(hours=3)
    taken_at = (now + timedelta(minutes=11)).isoformat()  # the station's own clock is right
    read = kitting.read(UNIT, "kitting", kit_count(), taken_at=taken_at)
    assert read.status_code == 201, read.content
    assert kitting.finish(UNIT, "kitting").status_code == 200
    times = list(Event.objects.filter(subject=f"production.unit:{UNIT}").order_by("seq"))
    assert [e.at for e in times] == sorted(e.at for e in times)
    step = Step.objects.get()
    assert step.started_at <= step.finished_at
    assert verify_record(f"production.unit:{UNIT}").proven


def test_a_server_started_on_a_clock_set_back_refuses_in_words_and_recovers(
    station_of, computer, now, monkeypatch
):
    kitting = station_of("kitting_bench")
    computer.at = now + timedelta(minutes=1)
    kitting.start(UNIT, "kitting")
    computer.at = now - timedelta(days=1)
    monkeypatch.setattr("packline.site.api.speaker.moment", Clock().now)  # knows no later time
    taken_at = (now + timedelta(minutes=2)).isoformat()
    refused = kitting.read(UNIT, "kitting", kit_count(), taken_at=taken_at, key="same-key")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "taken_at"
    assert kitting.finish(UNIT, "kitting").status_code == 401  # nobody was signed in yesterday
    assert not Reading.objects.exists()
    computer.at = now + timedelta(minutes=3)
    read = kitting.read(UNIT, "kitting", kit_count(), taken_at=taken_at, key="same-key")
    assert read.status_code == 201, read.content
    assert kitting.finish(UNIT, "kitting").status_code == 200
    assert verify_record(f"production.unit:{UNIT}").proven


@pytest.mark.parametrize("seed", range(4))
def test_in_whatever_order_and_however_often_work_arrives_it_is_there_once(station_of, now, seed):
    kitting, at = station_of("kitting_bench"), now.isoformat()
    todo = [
        work
        for unit in (UNIT, "PK-000002")
        for work in (
            lambda u=unit: kitting.start(u, "kitting", key=f"start-{u}"),
            lambda u=unit: kitting.read(u, "kitting", kit_count(), taken_at=at, key=f"read-{u}-1"),
            lambda u=unit: kitting.finish(u, "kitting", key=f"finish-{u}"),
        )
    ]
    chance, answers = random.Random(seed), {}
    while len(answers) < len(todo):
        n = chance.randrange(len(todo))
        answer = todo[n]()
        assert answer.status_code in (200, 201, 404, 409, 422), answer.content
        if answer.status_code < 300:
            assert answers.setdefault(n, answer.content) == answer.content
    for work, n in [(todo[n], n) for n in chance.sample(range(len(todo)), len(todo))]:
        assert work().content == answers[n]
    assert Reading.objects.count() == Step.objects.filter(state="passed").count() == 2
    for unit in (UNIT, "PK-000002"):
        told = Event.objects.filter(subject=f"production.unit:{unit}", verb__contains=".step.")
        assert told.count() == 2
        assert verify_record(f"production.unit:{unit}").proven
