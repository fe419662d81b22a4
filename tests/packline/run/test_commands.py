"""What the smaller commands print, and how they end."""

import json

import pytest


@pytest.fixture(autouse=True)
def _nothing_but_this_process(cli, monkeypatch):
    import packline.site.commands.design as design_command

    monkeypatch.setattr(design_command, "point_at", lambda *_: None)


def test_design_ranks_what_is_feasible_and_rejects_with_a_reason(cli, program):
    result = cli("design", program.path, "--json")
    found = json.loads(result.stdout)
    assert result.exit_code == 0
    assert [row["rank"] for row in found["feasible"]] == [1]
    assert found["feasible"][0]["topology"] == "13S4P"
    assert found["tried"] > len(found["rejected"]) > 20
    assert all(row["binding"] and row["reason"] for row in found["rejected"])


def test_design_without_a_feasible_pack_ends_with_one(cli, program):
    program.replace("value = 0.86", "value = 860")
    result = cli("design", program.path)
    assert result.exit_code == 1
    assert "0 feasible" in result.stdout


def test_lint_of_a_complete_program_finds_nothing(cli, program):
    result = cli("lint", program.path)
    assert (result.exit_code, "No findings" in result.stdout) == (0, True)


@pytest.mark.parametrize("command", ["design", "lint", "run"])
def test_a_folder_that_does_not_exist_cannot_be_used(cli, tmp_path, command):
    result = cli(command, tmp_path / "nowhere")
    assert result.exit_code == 2
    assert "does not exist" in result.stderr


def test_a_trace_of_nothing_known_ends_with_one(cli):
    result = cli("trace", "NOPE")
    assert result.exit_code == 1
    assert "NOPE: no pack, cell, part or lot of that name is known" in result.stderr
