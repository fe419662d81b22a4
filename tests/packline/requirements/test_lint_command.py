"""`packline lint`: what it prints and how it ends."""

import json

import pytest
import typer
from typer.testing import CliRunner

from packline.site.commands.lint import lint

from .programs import MINIMAL, changed, write_program


@pytest.fixture
def run():
    app = typer.Typer()
    app.command()(lint)
    return lambda *arguments: CliRunner().invoke(app, [str(a) for a in arguments])


def test_a_program_with_warnings_only_ends_well(run, tmp_path):
    done = run(write_program(tmp_path))
    assert done.exit_code == 0
    assert "Completeness" in done.stdout
    assert "cybersecurity-later" in done.stdout


def test_a_finding_of_severity_error_is_a_no(run, tmp_path):
    done = run(write_program(tmp_path, changed('"micromobility"', '"medical"')))
    assert done.exit_code == 1
    assert "iso-9001-alone" in done.stdout


def test_an_unusable_program_names_every_problem(run, tmp_path):
    done = run(write_program(tmp_path, changed('"kWh"', '"Wx"').replace("54.6", "nan")))
    assert done.exit_code == 2
    assert done.stdout == ""
    assert 'unit = "Wx": is not a unit' in done.stderr
    assert "value = nan: is not finite" in done.stderr


def test_json_is_all_that_is_printed(run, tmp_path):
    done = run(write_program(tmp_path), "--json")
    document = json.loads(done.stdout)
    assert document["program"] == "EB48"
    assert document["completeness"]["groups"][0]["expected"] == 9
    assert {finding["rule"] for finding in document["findings"]} >= {"cybersecurity-later"}


def test_json_of_an_unusable_program_lists_the_problems(run, tmp_path):
    done = run(write_program(tmp_path, MINIMAL.replace('"kWh"', '"Wx"')), "--json")
    assert done.exit_code == 2
    (problem,) = json.loads(done.stdout)["problems"]
    assert (problem["field"], problem["value"]) == ("unit", '"Wx"')


def test_a_missing_folder_is_unusable(run, tmp_path):
    assert run(tmp_path / "none").exit_code == 2
