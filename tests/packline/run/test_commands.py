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
    program.replace("value = 0.86", "value = 4.3")
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


@pytest.fixture
def admit(cli, people, monkeypatch):
    import packline.site.commands.admit as admit_command

    monkeypatch.setattr(admit_command, "point_at", lambda *_: None)
    monkeypatch.setattr(admit_command, "prepare_database", lambda: None)

    def run(username, *options):
        named = ("--first-name", "Olga", "--last-name", "Ortiz", "--as", "root")
        return cli("admit", username, *named, *options)

    return run


def test_a_person_is_admitted_with_roles_and_a_password_of_their_own(admit):
    from packline.foundation.models import Person

    result = admit("olga", "--role", "operator", "--role", "inspector")
    assert result.exit_code == 0, result.stderr
    olga = Person.objects.get(username="olga")
    assert olga.check_password(result.stdout.split("First password ")[1].split(",")[0])
    assert set(olga.groups.values_list("name", flat=True)) == {"operator", "inspector"}
    assert olga.has_perm("production.start_step")
    assert not olga.has_perm("production.release_unit")


@pytest.mark.parametrize(
    ("username", "options", "words"),
    [
        ("olga", ["--role", "boss"], ["boss", "operator"]),
        ("otto", ["--role", "operator"], ["otto", "is taken"]),
        ("olga", ["--role", "customer"], ["--customer"]),
        ("olga", ["--role", "operator", "--as", "otto"], ["otto", "root"]),
    ],
)
def test_who_cannot_be_admitted_is_told_why(admit, username, options, words):
    result = admit(username, *options)
    assert result.exit_code == 2
    assert all(word in result.stderr for word in words), result.stderr


def test_an_imported_lot_is_judged_by_the_design_that_uses_its_cell(cli, program, tmp_path):
    from packline.quality.models import Nonconformance

    assert cli("run", program.path).exit_code == 0
    file = tmp_path / "more.csv"
    file.write_text("serial,capacity_Ah,ocv_V,acir_mohm\nN1,4.97,3.552,26\nN2,4.1,3.552,26\n")
    named = ("--lot", "L2", "--supplier", "S", "--cell", "samsung-inr21700-50e")
    result = cli("import-cells", file, *named, "--json")
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert (found["state"], found["quarantined"]) == ("inspected", 1)
    nonconformance = Nonconformance.objects.get(lot__number="L2")
    assert [c.cell.serial for c in nonconformance.cells.all()] == ["N2"]


def test_a_lot_that_no_design_uses_waits(cli, tmp_path):
    file = tmp_path / "cells.csv"
    file.write_text("serial,capacity_Ah,ocv_V,acir_mohm\nN1,4.97,3.552,26\n")
    named = ("--lot", "L2", "--supplier", "S", "--cell", "samsung-inr21700-50e")
    result = cli("import-cells", file, *named)
    assert "Not judged yet: no released design uses this cell." in result.stdout
    refused = cli("import-cells", file, *named, "--program", "NOPE")
    assert refused.exit_code == 2
