"""`packline open`: a program is taken into the record by the people who work with it."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from packline.assurance.models import Evidence
from packline.foundation.models import Event, Person
from packline.requirements.models import Program
from packline.site.cli import app

pytestmark = pytest.mark.django_db
EXAMPLE = Path(__file__).parents[3] / "examples/ebike-48v"


def packline_open(folder, *options):
    """Run the command; return exit code, stdout and stderr."""
    done = CliRunner().invoke(app, ["open", str(folder), *options])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def folder(tmp_path):
    """The example, to be changed."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "program"))


def test_a_planner_opens_a_program_and_reads_what_is_next(people):
    code, out, _ = packline_open(EXAMPLE, "--as", "paula")
    assert code == 0
    assert "Completeness 100%" in out
    assert "Program EB48 is open, by Paula Plan." in out
    assert "0 of 15 reports are declared." in out
    assert "Next: An engineer studies which packs meet the requirements." in out
    assert Event.objects.get(verb="requirements.program.opened").by == people.planner
    assert not Person.objects.filter(virtual=True).exists()


def test_an_engineer_declares_the_reports_and_a_third_time_changes_nothing(people):
    packline_open(EXAMPLE, "--as", "paula")
    code, out, _ = packline_open(EXAMPLE, "--as", "emil")
    assert code == 0
    assert "was open already, with this content" in out
    assert "15 of 15 reports are declared." in out
    events = Event.objects.count()
    code, out, _ = packline_open(EXAMPLE, "--as", "emil", "--json")
    told = json.loads(out)
    assert (code, told["opened"], told["reports_not_declared"]) == (0, False, 0)
    assert told["next"]["page"] == "/programs/EB48/design/"
    assert Event.objects.count() == events


def test_a_report_that_cannot_be_is_refused_and_the_program_is_not_open_either(people, folder):
    file = folder / "program.toml"
    file.write_text(
        file.read_text().replace("issued_on = 2026-10-30", "issued_on = 2090-10-30", 1)
    )
    code, _, err = packline_open(folder, "--as", "emil")
    assert code == 1
    assert "is dated 2090-10-30, after" in err
    assert not Program.objects.exists()
    assert not Evidence.objects.exists()


def test_another_content_under_the_same_code_is_refused(people, folder):
    packline_open(EXAMPLE, "--as", "paula")
    file = folder / "program.toml"
    file.write_text(file.read_text().replace("volume_per_year = 4000", "volume_per_year = 4001"))
    code, _, err = packline_open(folder, "--as", "paula")
    assert code == 1
    assert "give the changed program its own code" in err


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("otto", 1, "may not requirements.open_program"),
        ("nobody", 2, "there is no such person; allowed: anna, axel"),
    ],
)
def test_who_may_not_open_it_does_not(people, name, code, said):
    found, _, err = packline_open(EXAMPLE, "--as", name)
    assert found == code
    assert said in err
    assert not Program.objects.exists()


def test_a_program_with_mistakes_names_each_before_anything_is_written(people, folder):
    file = folder / "program.toml"
    file.write_text(file.read_text().replace('"EB48"', '"eb"'))
    code, _, err = packline_open(folder, "--as", "paula")
    assert code == 2
    assert 'program.toml [program] code = "eb": has not the right form' in err
    assert not Event.objects.exists()
