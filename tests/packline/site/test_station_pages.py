"""The pages of stations and of maintenance."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from packline.resources.models import MaintenanceDone, StationLog
from packline.resources.services import plan_maintenance, register_station


@pytest.fixture
def station(people, now):
    return register_station(code="S1", kind="welder", virtual=False, by=people.engineer, at=now)


def test_a_station_is_logged_planned_and_maintained_on_its_page(client, people, station):
    client.force_login(people.engineer)

    def act(verb, **told):
        return client.post(f"/stations/S1/do/{verb}/", told, follow=True).content.decode()

    assert "Nobody has logged" in client.get("/stations/S1/").content.decode()
    assert "say why" in act("log", condition="down")
    assert "S1 is down." in act("log", condition="down", reason="<b>jam</b>")
    shown = act("cycle", ideal_cycle_s="12")
    assert "ideal cycle 12 s" in shown
    assert "&lt;b&gt;jam&lt;/b&gt;" in shown
    assert "<b>jam" not in shown
    assert "is no whole number" in act("plan", code="tips", task="dress", interval_days="-1")
    assert "tips was planned" in act("plan", code="tips", task="dress", interval_days="7")
    assert "tips was done" in act("done", code="tips", note="new tips")
    assert MaintenanceDone.objects.get().note == "new tips"
    assert "dress" in client.get("/maintenance/").content.decode()


def test_who_may_not_sees_no_form_and_a_customer_nothing(client, people, station):
    client.force_login(people.auditor)
    assert "<button" not in client.get("/stations/S1/").content.decode().split("<main")[1]
    client.post("/stations/S1/do/log/", {"condition": "running"})
    assert not StationLog.objects.exists()
    client.force_login(people.customer)
    assert client.get("/stations/S1/").status_code == 404
    assert client.get("/maintenance/").status_code == 404


def test_many_tasks_and_stations_ask_as_often_as_few(client, people, now):
    client.force_login(people.engineer)

    def more(n):
        for k in range(n):
            made = register_station(
                code=f"T{n}-{k}", kind="welder", virtual=False, by=people.engineer, at=now
            )
            plan_maintenance(
                station=made, code="x", task="y", interval_days=1, interval_cycles=5,
                by=people.engineer, at=now - timedelta(days=k),
            )  # fmt: skip

    counts = []
    for n in (2, 9):
        more(n)
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/maintenance/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
