"""The main job in this process, on the test's database: two packs from requirements to records."""

import json

from packline.assurance.models import Document
from packline.foundation.models import Event
from packline.foundation.verification import verify_record
from packline.production.models import Unit


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
