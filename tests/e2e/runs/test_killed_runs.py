"""A run that is killed goes on where it stopped, and nothing is half-written."""

import json

import pytest

BOTH = ("sqlite", "postgresql")


@pytest.mark.parametrize("database", BOTH)
def test_a_killed_run_goes_on_where_it_stopped(place, program, database):
    program.replace("defect_rate = 0.0", "defect_rate = 0.5")
    whole = place().run(program.path)
    broken = place(database)
    for stage, after in (("design", 0.05), ("supply", 0.5), ("production", 0.2)):
        broken.kill_in_run(stage, after, program.path)
        verified = broken.packline("verify", "--json")
        assert json.loads(verified.stdout)["differences"] == []
    assert broken.run(program.path)["units"] == whole["units"]
    assert broken.packline("verify").returncode == 0
