import json

import pytest

from packline.assurance.models import Document, Release
from packline.foundation.models import Event
from packline.foundation.verification import verify_record
from packline.production.models import Reading, Step, Unit


@pytest.fixture
def done(cli, program):
    result = cli("run", program.path, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_a_program_ends_as_released_packs_with_their_records(done, data_dir):
    assert done["released"] == 2
    assert [u["serial"] for u in done["units"]] == ["EB48-000001", "EB48-000002"]
    assert [line["stage"] for line in done["stages"]] == [
        "requirements", "design", "process", "supply", "production", "quality", "assurance",
        "insight",
    ]  # fmt: skip
    assert Document.objects.filter(kind="device_history").count() == 2
    records = sorted(p.name for p in (data_dir / "output/EB48-1/records").iterdir())
    assert records[0] == "EB48-000001-device-history-record.pdf"
    assert (data_dir / "output/EB48-1/report.html").stat().st_size > 10_000


def test_what_was_built_virtually_says_so_everywhere(done):
    assert all(unit["virtual"] for unit in done["units"])
    assert not Reading.objects.filter(virtual=False).exists()
    assert set(Release.objects.values_list("outcome", "for_shipment")) == {
        ("released (virtual), not for shipment", False)
    }


def test_the_inspector_is_never_the_operator_who_built(done):
    inspected = Step.objects.filter(operation__code__in=("eol", "final"))
    assert set(inspected.values_list("operator__username", flat=True)) == {"v.inspector"}
    built = Step.objects.exclude(operation__code__in=("eol", "final"))
    assert set(built.values_list("operator__username", flat=True)) == {"v.operator"}
    released_by = set(Release.objects.values_list("released_by__username", flat=True))
    assert released_by == {"v.approver"}


def test_the_whole_record_is_proven(done):
    found = verify_record()
    assert found.proven, found.differences[:3]
    assert found.rows > 500


def test_the_same_run_again_does_nothing_twice(done, cli, program):
    before = (Event.objects.count(), Unit.objects.count(), Document.objects.count())
    again = cli("run", program.path, "--json")
    assert again.exit_code == 0
    assert json.loads(again.stdout)["units"] == done["units"]
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


def test_a_trace_goes_from_a_cell_to_its_pack_and_back(done, cli):
    cell = done["units"][0]["groups"][0][0]
    found = json.loads(cli("trace", cell, "--json").stdout)
    assert [u["serial"] for u in found["units"]] == ["EB48-000001"]
    pack = json.loads(cli("trace", "EB48-000001", "--json").stdout)
    assert cell in {p["serial"] for p in pack["parts"]}
    assert pack["complete"] is True
