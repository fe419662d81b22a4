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
    closed = 0
    for unit in units:
        for found in unit["nonconformances"]:
            assert (found["state"], found["disposition"]) in {
                ("closed", "rework"),
                ("contained", ""),
            }
            closed += found["state"] == "closed"
        attempts = {}
        for step in unit["steps"]:  # in the order of the routing, then of the attempts
            attempts.setdefault(step["operation"], []).append(step["state"])
        for states in attempts.values():
            assert set(states[:-1]) <= {"superseded"}
        if any(found["state"] == "closed" for found in unit["nonconformances"]):
            assert any(states == ["superseded", "passed"] for states in attempts.values())
    assert closed
    assert verify_record().proven
