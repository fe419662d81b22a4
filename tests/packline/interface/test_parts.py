"""Parts over the interface: put in against the match, replaced, taken out; as they were then."""

from datetime import timedelta

import pytest

from packline.foundation.verification import verify_record
from packline.process.models import Operation
from packline.production.models import Link, Placement
from packline.production.queries.trace import stood_at
from packline.production.services import hold_part
from packline.supply.models import Cell
from tests.packline.interface.conftest import kit_count

UNIT = "PK-000001"
STEP = f"/units/{UNIT}/steps/kitting/1"


@pytest.fixture
def bench(station_of):
    """The bench at which the cells go in, with a step that runs."""
    Operation.objects.filter(code="kitting").update(cells_go_in=True)
    station = station_of("kitting_bench")
    assert station.start(UNIT, "kitting").status_code == 201
    return station


def wanted():
    return [p.cell.serial for p in Placement.objects.filter(unit__serial=UNIT).order_by("pk")]


def numbers(station, kind, at=""):
    found = station.get(f"/units/{UNIT}/parts{at}").json()["parts"]
    return [part["number"] for part in found if part["kind"] == kind]


def test_matched_cells_and_a_bms_go_in_and_the_step_can_end(bench, now):
    waiting = bench.get(f"/units/{UNIT}/parts").json()
    assert (waiting["parts"], len(waiting["waiting"])) == ([], 4)
    assert waiting["waiting"][0] == {"serial": wanted()[0], "group": 1, "place": 1}
    bench.read(UNIT, "kitting", kit_count(), taken_at=now.isoformat())
    blocked = bench.finish(UNIT, "kitting")
    assert blocked.status_code == 409
    assert [b["code"] for b in blocked.json()["blockers"]] == ["parts_missing"]
    assert "4 cells were matched for it and not put in" in blocked.json()["detail"]
    put = bench.post(f"{STEP}/parts", {
        "matched_cells": True, "scanned": wanted(),
        "parts": [{"kind": "bms", "number": "BMS-7", "position": 1}],
    })  # fmt: skip
    assert put.status_code == 201, put.content
    assert put.json()["waiting"] == 0
    assert sorted(numbers(bench, "cell")) == sorted(wanted())
    assert numbers(bench, "bms") == ["BMS-7"]
    assert bench.finish(UNIT, "kitting").json()["state"] == "passed"
    assert not verify_record(f"production.unit:{UNIT}").differences


def test_what_was_scanned_is_held_against_the_match_and_every_difference_is_named(bench):
    mine, other = wanted(), Placement.objects.filter(unit__serial="PK-000002").first().cell.serial
    scanned = [mine[0], mine[0], other]
    put = bench.post(f"{STEP}/parts", {"matched_cells": True, "scanned": scanned})
    assert put.status_code == 422
    assert [(e["field"], e["value"], e["message"].partition(":")[0]) for e in put.json()["errors"]
            ] == [
        ("scanned[1]", mine[0], "was scanned twice"),
        ("scanned[2]", other, f"is no cell that waits for {UNIT}"),
        *(("scanned", serial, "is missing") for serial in mine[1:]),
    ]  # fmt: skip
    forgotten = bench.post(f"{STEP}/parts", {
        "scanned": mine, "parts": [{"kind": "bms", "number": "B"}],
    })  # fmt: skip
    assert (forgotten.status_code, forgotten.json()["errors"][0]["field"]) == (422, "scanned")
    assert not Link.objects.exists()


def test_the_same_request_again_puts_nothing_in_twice(bench):
    body = {"matched_cells": True}
    answers = [bench.post(f"{STEP}/parts", body, key="once-only-1") for _ in range(2)]
    assert [a.status_code for a in answers] == [201, 201]
    assert answers[1]["Idempotency-Replayed"] == "true"
    again = bench.post(f"{STEP}/parts", body)
    assert again.status_code == 409
    assert "has its parts already" in again.json()["detail"]


def test_a_part_is_replaced_and_the_record_knows_what_was_in_it_when(bench, clock, now):
    bench.post(f"{STEP}/parts", {"matched_cells": True, "parts": [{"kind": "bms", "number": "A"}]})
    clock.at = now + timedelta(hours=1)
    body = {"kind": "bms", "old": "A", "new": "B", "reason": "does not answer"}
    assert bench.post(f"{STEP}/parts/replace", body).status_code == 200
    assert numbers(bench, "bms") == ["B"]
    assert numbers(bench, "bms", f"?at={(now + timedelta(minutes=1)):%Y-%m-%dT%H:%M:%SZ}") == ["A"]
    then = now + timedelta(minutes=1)
    assert "A" in {part.serial for part in stood_at(UNIT, then).parts}
    assert [place.within for place in stood_at("A", then).parts] == [UNIT]
    assert stood_at("A", clock.at).parts == ()
    assert stood_at("nothing", then) is None
    gone = bench.post(f"{STEP}/parts/replace", body)
    assert (gone.status_code, gone.json()["detail"]) == (404, f"no bms A is in {UNIT} now")
    taken = bench.post(f"{STEP}/parts/remove", {"kind": "bms", "number": "B", "reason": "wrong"})
    assert (taken.status_code, numbers(bench, "bms")) == (200, [])


def test_a_cell_is_replaced_from_the_stock_and_never_taken_out_alone(bench):
    bench.post(f"{STEP}/parts", {"matched_cells": True})
    old = wanted()[0]
    fresh = Cell.objects.filter(state="accepted").order_by("serial").first().serial
    for new, status in (("C999", 404), (wanted()[1], 409), (fresh, 200)):
        body = {"kind": "cell", "old": old, "new": new, "reason": "weak"}
        answer = bench.post(f"{STEP}/parts/replace", body)
        assert answer.status_code == status, answer.content
    assert fresh in numbers(bench, "cell")
    assert old not in numbers(bench, "cell")
    alone = bench.post(f"{STEP}/parts/remove", {"kind": "cell", "number": fresh, "reason": "x"})
    assert (alone.status_code, "replace it" in alone.json()["detail"]) == (409, True)


def test_a_part_on_hold_and_a_step_of_another_station_are_refused(bench, station_of, people, now):
    bench.post(f"{STEP}/parts", {"matched_cells": True, "parts": [{"kind": "bms", "number": "A"}]})
    hold_part(kind="bms", part="B", reason="recalled", by=people.inspector, at=now)
    body = {"kind": "bms", "old": "A", "new": "B", "reason": "?"}
    held = bench.post(f"{STEP}/parts/replace", body)
    assert held.status_code == 409
    assert [b["code"] for b in held.json()["blockers"]] == ["part_held"]
    other = station_of("welder").post(f"{STEP}/parts", {"parts": [{"kind": "x", "number": "1"}]})
    assert other.status_code == 403
    nothing = bench.post(f"{STEP}/parts", {})
    assert (nothing.status_code, nothing.json()["errors"][0]["field"]) == (422, "parts")


def test_parts_are_changed_only_while_the_step_runs(bench, now):
    bench.post(f"{STEP}/parts", {"matched_cells": True})
    bench.read(UNIT, "kitting", kit_count(), taken_at=now.isoformat())
    bench.finish(UNIT, "kitting")
    late = bench.post(f"{STEP}/parts", {"parts": [{"kind": "bms", "number": "A"}]})
    assert late.status_code == 409
    assert "is passed: parts are changed within a step that runs" in late.json()["detail"]
    assert bench.get(f"/units/{UNIT}/parts?at=yesterday").status_code == 422
