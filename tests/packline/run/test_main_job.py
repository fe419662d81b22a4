"""The main job in this process, on the test's database: two packs from requirements to records."""

import json
import os
import sqlite3

import pytest

from packline.assurance.models import Document
from packline.foundation.models import Event
from packline.foundation.verification import verify_record
from packline.production.models import Unit


@pytest.fixture(scope="module")
def done(finished):
    """What a finished run says when it is asked again."""
    if "PACKLINE_DATABASE" in os.environ:
        pytest.skip("looked at once, on the embedded database")
    return finished.run(finished.data.parent / "program")


def asked(finished, query):
    with sqlite3.connect(finished.data / "packline.sqlite3") as connection:
        rows = connection.execute(query).fetchall()
    connection.close()
    return rows


def test_a_program_ends_as_released_packs_with_their_records(done, finished):
    assert done["released"] == 2
    assert [u["serial"] for u in done["units"]] == ["EB48-000001", "EB48-000002"]
    assert [line["stage"] for line in done["stages"]] == [
        "requirements", "design", "process", "supply", "production", "quality", "assurance",
        "insight",
    ]  # fmt: skip
    records = sorted(p.name for p in (finished.data / "output/EB48-1/records").iterdir())
    assert records == [
        f"EB48-00000{n}-{kind}.pdf"
        for n in (1, 2)
        for kind in ("device-history-record", "traveller")
    ]
    assert (finished.data / "output/EB48-1/report.html").stat().st_size > 10_000


def test_what_was_built_virtually_says_so_everywhere(done, finished):
    assert all(unit["virtual"] for unit in done["units"])
    assert asked(finished, "SELECT count(*) FROM production_reading WHERE NOT virtual") == [(0,)]
    assert asked(finished, "SELECT DISTINCT outcome, for_shipment FROM assurance_release") == [
        ("released (virtual), not for shipment", 0)
    ]


WHO = """SELECT DISTINCT p.username FROM production_step s JOIN foundation_person p
ON p.id = s.operator_id JOIN process_operation o ON o.id = s.operation_id WHERE o.code {} """


def test_the_inspector_is_never_the_operator_who_built(done, finished):
    assert asked(finished, WHO.format("IN ('eol', 'final')")) == [("v.inspector",)]
    assert asked(finished, WHO.format("NOT IN ('eol', 'final')")) == [("v.operator",)]
    assert asked(
        finished,
        "SELECT DISTINCT p.username FROM assurance_release r JOIN foundation_person p "
        "ON p.id = r.released_by_id",
    ) == [("v.approver",)]


def test_a_trace_goes_from_a_cell_to_its_pack_and_back(done, finished):
    cell = done["units"][0]["groups"][0][0]
    found = json.loads(finished.packline("trace", cell, "--json").stdout)
    assert [u["serial"] for u in found["units"]] == ["EB48-000001"]
    pack = json.loads(finished.packline("trace", "EB48-000001", "--json").stdout)
    assert cell in {p["serial"] for p in pack["parts"]}
    assert pack["complete"] is True


def test_the_same_run_again_does_nothing_twice(cli, program):
    first = cli("run", program.path, "--json")
    assert first.exit_code == 0, first.stderr
    found = verify_record()
    assert found.proven, found.differences[:3]
    assert found.rows > 500
    before = (Event.objects.count(), Unit.objects.count(), Document.objects.count())
    again = cli("run", program.path, "--json")
    assert again.exit_code == 0
    assert json.loads(again.stdout)["units"] == json.loads(first.stdout)["units"]
    assert (Event.objects.count(), Unit.objects.count(), Document.objects.count()) == before


def test_a_defect_is_reworked_measured_again_and_keeps_its_history(cli, program):
    program.replace("defect_rate = 0.0", "defect_rate = 1.0")
    result = cli("run", program.path, "--json")
    units = json.loads(result.stdout)["units"]
    found = [n for unit in units for n in unit["nonconformances"]]
    assert found
    reworked = [n for n in found if n["state"] == "closed"]
    assert all(n["disposition"] == "rework" for n in reworked)
    for unit in units:
        if unit["nonconformances"]:
            states = [s["state"] for s in unit["steps"]]
            assert "superseded" in states or "failed" in states
    assert verify_record().proven
