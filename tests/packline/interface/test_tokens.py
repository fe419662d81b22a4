"""Who may speak: tokens of stations, scopes, and signing in by badge and PIN."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from packline.foundation.errors import InputError, NotAllowed
from packline.foundation.models import Event
from packline.foundation.verification import verify_record
from packline.resources.calc.tokens import SCOPES
from packline.resources.models import Attendance, Pin, StationToken
from packline.resources.services import issue_token, revoke_token, set_pin
from packline.site.api.rates import Rates
from tests.packline.interface.conftest import Station, kit_count

UNIT = "PK-000001"


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def test_a_token_is_kept_as_a_digest_and_told_by_an_event(world, people, now):
    token, shown = issue_token(
        station=world.stations["welder"], name="rig", scopes=["units:read"],
        expires_at=now + timedelta(days=1), by=people.admin, at=now,
    )  # fmt: skip
    assert shown.startswith(f"pl_{token.prefix}_")
    secret = shown.rpartition("_")[2]
    assert not [e for e in Event.objects.all() if secret in e.text]
    assert secret not in "".join(map(str, StationToken.objects.values_list()[0]))
    revoke_token(token=token, reason="lost", by=people.admin, at=now)
    verbs = Event.objects.filter(subject=f"resources.stationtoken:{token}").order_by("seq")
    assert [e.verb for e in verbs] == ["resources.token.issued", "resources.token.revoked"]
    assert verify_record(f"resources.stationtoken:{token}").proven


def test_a_token_needs_scopes_that_exist_a_name_and_an_end(world, people, now):
    with pytest.raises(InputError) as refused:
        issue_token(
            station=world.stations["welder"], name=" ", scopes=["everything"], expires_at=now,
            by=people.admin, at=now,
        )  # fmt: skip
    assert [p.field for p in refused.value.problems] == ["scope", "expires_at", "name"]
    with pytest.raises(NotAllowed):
        issue_token(
            station=world.stations["welder"], name="x", scopes=["units:read"],
            expires_at=now + timedelta(days=1), by=people.engineer, at=now,
        )  # fmt: skip


def test_only_a_valid_token_opens_the_interface(station_of, clock, now, people):
    station = station_of("welder", days=1)
    assert station.get("/station").json()["attendance"]["person"] == "otto"
    other = "A" if station.token[-1] != "A" else "B"
    for token in ("", "x", "pl_aaaaaaaaaa_" + "a" * 43, station.token[:-1] + other):
        refused = Station(token).get("/station")
        assert (refused.status_code, refused["Content-Type"]) == (401, "application/problem+json")
        assert refused["WWW-Authenticate"].startswith("Bearer")
    clock.at = now + timedelta(days=1)
    assert "expired" in station.get("/station").json()["detail"]
    clock.at = now
    revoke_token(token=StationToken.objects.get(), reason="lost", by=people.admin, at=now)
    assert "revoked" in station.get("/station").json()["detail"]


@pytest.mark.parametrize("role", [None, "customer", "admin"])
def test_no_operation_of_the_interface_answers_without_a_token(role, people, client):
    """No sign-in at the pages opens it: a customer sees no programs of others here either."""
    from packline.site.api import api

    if role:
        client.force_login(getattr(people, role))
    asked = 0
    for path, operations in api.get_openapi_schema()["paths"].items():
        for method in operations:
            answer = getattr(client, method)(path.replace("{attempt}", "1"))
            assert answer.status_code == 401, (method, path)
            asked += 1
    assert asked >= 15
    assert client.get("/api/v1/nothing").status_code == 404


STEP = f"/units/{UNIT}/steps/kitting/1"
LOGGED = "judged=x:v&taken_at=2026-11-23T09:30:00Z&program_version=1"
READS, TRACES, NCS, WRITES, FILES = (
    "units:read", "trace:read", "quality:read", "steps:write", "files:write",
)  # fmt: skip
# operation -> (the one scope that opens it, a request that is in order)
OPENED_BY = {
    "station": (None, "/station", None),
    "sign_in": (WRITES, "/attendance", {"badge": "B-0001", "pin": "1234"}),
    "sign_out": (WRITES, "/attendance/end", {}),
    "documents": (READS, "/documents?operation=kitting", None),
    "read_document": (WRITES, "/documents/read", {"document": "WI-40", "revision": 1}),
    "orders": (READS, "/orders", None),
    "queue": (READS, "/queue", None),
    "order": (READS, "/orders/O1", None),
    "trace": (TRACES, f"/trace/{UNIT}", None),
    "take_joints": (
        WRITES, f"{STEP}/joints",
        {"columns": {"v": [0.1]}, "judged": {"x": "v"}, "taken_at": "2026-11-23T09:30:00Z",
         "program_version": "1"},
    ),
    "take_joint_log": (WRITES, f"{STEP}/joints.parquet?{LOGGED}", b"PAR1"),
    "attach_file": (FILES, f"{STEP}/files?name=x.bin", b"x"),
    "file": (READS, f"/files/{'0' * 64}", None),
    "tally": (WRITES, "/tally", {"operation": "kitting", "good": [UNIT]}),
    "start_step": (WRITES, f"/units/{UNIT}/steps", {"operation": "kitting"}),
    "unit_steps": (READS, f"/units/{UNIT}/steps", None),
    "step": (READS, STEP, None),
    "take_readings": (
        WRITES, f"{STEP}/readings",
        {"readings": kit_count(), "taken_at": "2026-11-23T09:30:00Z", "program_version": "1"},
    ),
    "finish_step": (WRITES, f"{STEP}/finish", {}),
    "pass_unit": (WRITES, f"/units/{UNIT}/pass", {}),
    "parts": (READS, f"/units/{UNIT}/parts", None),
    "install_parts": (WRITES, f"{STEP}/parts", {"matched_cells": True}),
    "replace_part": (
        WRITES, f"{STEP}/parts/replace",
        {"kind": "bms", "old": "A", "new": "B", "reason": "dead"},
    ),
    "remove_part": (
        WRITES, f"{STEP}/parts/remove", {"kind": "bms", "number": "A", "reason": "wrong"}
    ),
    "units": (READS, "/units", None),
    "unit_history": (READS, f"/units/{UNIT}/history", None),
    "gate": (READS, f"/units/{UNIT}/gate?operation=kitting", None),
    "unit": (READS, f"/units/{UNIT}", None),
    "nonconformances": (NCS, "/nonconformances", None),
    "nonconformance": (NCS, "/nonconformances/NC-000001", None),
}  # fmt: skip


def test_each_operation_is_opened_by_one_scope_and_no_other(station_of):
    from packline.site.api import api

    every = {
        operation["operationId"]
        for operations in api.get_openapi_schema()["paths"].values()
        for operation in operations.values()
    }
    assert every == set(OPENED_BY)
    wrong = []
    for scope in SCOPES:
        station = station_of("kitting_bench", scopes=[scope])
        for name, (needed, path, body) in OPENED_BY.items():
            kind = "application/octet-stream"
            if isinstance(body, dict):
                kind = "application/json"
            elif "parquet" in path:
                kind = "application/vnd.apache.parquet"
            answer = station.get(path)
            if body is not None:
                answer = station.post(path, body, content_type=kind)
            lacks = b"lacks scope" in answer.content
            if lacks != (needed not in (None, scope)) or answer.status_code >= 500:
                wrong.append((name, scope, answer.status_code, answer.content[:200]))
    assert wrong == []


def test_a_scope_opens_what_it_says_and_no_more(station_of):
    reader = station_of("welder", scopes=["units:read"])
    assert reader.get("/units").status_code == 200
    assert reader.get("/nonconformances").status_code == 403
    refused = reader.start("PK-000001", "welding")
    assert (refused.status_code, refused.json()["type"]) == (
        403,
        "urn:packline:problem:not-allowed",
    )
    assert "lacks scope steps:write" in refused.json()["detail"]


def test_signing_in_by_badge_and_pin_signs_the_one_before_out(station_of, people, now, clock):
    station = station_of("welder")
    set_pin(person=people.inspector, badge="B-17", pin="4711", by=people.admin, at=now)
    assert "4711" not in "".join(Event.objects.values_list("text", flat=True))
    clock.at = now + timedelta(minutes=1)
    began = station.post("/attendance", {"badge": "B-17", "pin": "4711"})
    assert began.status_code == 201, began.content
    assert station.get("/station").json()["attendance"]["person"] == "ida"
    assert Attendance.objects.get(person=people.operator).ended_at == clock.at
    station.attendance = began.json()["attendance"]
    assert station.post("/attendance/end").status_code == 200
    assert station.get("/station").json()["attendance"] is None
    assert station.post("/attendance/end").status_code == 404
    assert verify_record("resources.station:S-welder").proven


def test_wrong_pins_lock_the_badge_for_a_while(station_of, people, now, clock):
    station = station_of("welder", signed_in=False)
    set_pin(person=people.operator, badge="B-1", pin="1234", by=people.admin, at=now)
    for _ in range(5):
        assert station.post("/attendance", {"badge": "B-1", "pin": "9999"}).status_code == 401
    locked = station.post("/attendance", {"badge": "B-1", "pin": "1234"})
    assert "is locked until" in locked.json()["detail"]
    clock.at = now + timedelta(minutes=6)
    assert station.post("/attendance", {"badge": "B-1", "pin": "1234"}).status_code == 201


@pytest.mark.parametrize(
    ("badge", "pin"), [("B 1", "1234"), ("B-1", "12"), ("B-1", "1111"), ("B-2", "1234")]
)
def test_a_badge_is_one_persons_and_a_pin_no_single_digit(people, now, badge, pin):
    set_pin(person=people.inspector, badge="B-2", pin="1234", by=people.admin, at=now)
    with pytest.raises(InputError):
        set_pin(person=people.operator, badge=badge, pin=pin, by=people.admin, at=now)
    assert Pin.objects.count() == 1


def test_nobody_works_where_nobody_is_signed_in(station_of):
    station = station_of("kitting_bench", signed_in=False)
    refused = station.start("PK-000001", "kitting")
    assert refused.status_code == 401
    assert "nobody is signed in at station S-kitting_bench" in refused.json()["detail"]


def test_the_database_lets_one_person_be_signed_in_at_a_station(station_of, people, now, world):
    station_of("welder")
    with pytest.raises(IntegrityError), transaction.atomic():
        Attendance.objects.create(
            station=world.stations["welder"], person=people.inspector, code="x", began_at=now,
            expires_at=now + timedelta(hours=1),
        )  # fmt: skip


def test_the_database_refuses_a_token_that_ends_before_it_begins_or_opens_nothing(
    world, people, now
):
    good = {
        "station": world.stations["welder"], "name": "x", "prefix": "x", "secret_sha256": "0" * 64,
        "scopes": "units:read", "issued_at": now, "issued_by": people.admin,
        "expires_at": now + timedelta(days=1),
    }  # fmt: skip
    for bad in ({"expires_at": now}, {"scopes": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            StationToken.objects.create(**good | bad)


def test_a_bucket_refills_steadily():
    now = [0.0]
    rates = Rates(2.0, clock=lambda: now[0])
    for _ in range(20):
        rates.take("a")
    with pytest.raises(Exception, match="wait 1 s") as refused:
        rates.take("a")
    assert (refused.value.status, refused.value.retry_after_s) == (429, 1)
    rates.take("b")
    now[0] = 0.5
    rates.take("a")
