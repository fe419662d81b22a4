"""The same run gives the same answer: on both databases, on a repeat, and killed on its way."""

import json

import pytest

from tests.e2e.runs.processes import Place, small_program

BOTH = ("sqlite", "postgresql")


@pytest.fixture(scope="module")
def defective(tmp_path_factory):
    """A program on whose line half of the packs get a defect."""
    program = small_program(tmp_path_factory.mktemp("killed") / "program")
    program.replace("defect_rate = 0.0", "defect_rate = 0.5")
    return program


@pytest.fixture(scope="module")
def whole(tmp_path_factory, defective):
    """What a run of it says that nobody stops, on the embedded database."""
    return Place(tmp_path_factory.mktemp("whole") / "data").run(defective.path)


@pytest.mark.parametrize("database", BOTH)
def test_both_databases_give_the_same_answer_and_so_does_a_repeat(
    place, defective, whole, database
):
    assert len(whole["units"]) == 2
    assert place(database).run(defective.path)["units"] == whole["units"]


@pytest.mark.parametrize("database", BOTH)
def test_a_killed_run_goes_on_where_it_stopped(place, defective, whole, database):
    program, broken = defective, place(database)
    for stage, after in (("design", 0.05), ("supply", 0.5), ("production", 0.2)):
        broken.kill_in_run(stage, after, program.path)
        verified = broken.packline("verify", "--json")
        assert json.loads(verified.stdout)["differences"] == []
    assert broken.run(program.path)["units"] == whole["units"]
    assert broken.packline("verify").returncode == 0
