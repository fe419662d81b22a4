"""`packline import-cells`: what it imports, what it says, and its exit codes."""

import csv
import json

import pytest
from typer.testing import CliRunner

from packline.foundation.models import Event
from packline.site.cli import app
from packline.supply.models import Cell, CellLot
from packline.supply.services import set_sampling

HEADER = "serial,capacity_Ah,ocv_V,acir_mohm"
GOOD = [HEADER, "A1,5.01,3.6,15.2", "A2,5.02,3.6,15.3"]
LOT = ("--lot", "L-1", "--supplier", "Cells Ltd", "--cell", "samsung-inr21700-50e")


@pytest.fixture
def command(tmp_path):
    """Run the command on a file of these lines; return exit code, stdout and stderr."""

    def run(lines, *options, lot=LOT):
        file = tmp_path / "lot.csv"
        file.write_text("\n".join(lines), encoding="utf-8")
        done = CliRunner().invoke(app, ["import-cells", str(file), *lot, *options])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.stdout, done.stderr

    return run


@pytest.mark.django_db
def test_readable_rows_are_imported_and_the_others_written_for_whoever_mends_them(
    command, tmp_path
):
    rejects = tmp_path / "rejects.csv"
    lines = [*GOOD, "A3,nan,3.6,15", "A1,5,3.6,15"]
    code, out, _ = command(lines, "--rejects", str(rejects), "--json")
    told = json.loads(out)
    assert (code, told["read"], told["received_by"]) == (0, 2, "v.inspector")
    assert [row["line"] for row in told["rejected"]] == [4, 5]
    rows = list(csv.reader(rejects.read_text(encoding="utf-8").splitlines()))
    assert [row[0] for row in rows] == ["line", "4", "5"]
    assert sorted(Cell.objects.values_list("serial", flat=True)) == ["A1", "A2"]


@pytest.mark.django_db
def test_a_person_is_told_what_was_read_and_what_was_not(command):
    code, out, err = command([*GOOD, "A3,nan,3.6,15"])
    assert code == 0
    assert "Lot L-1 of samsung-inr21700-50e: lot.csv: 2 read, 1 rejected." in out
    assert "Ida Moreau (virtual)" in out
    assert "rejected: line 4: capacity_Ah = nan: not a number" in err


@pytest.mark.django_db
def test_the_lot_is_received_by_who_says_so(command, people):
    code, out, _ = command(GOOD, "--as", people.operator.username, "--json")
    assert (code, json.loads(out)["received_by"]) == (0, "otto")
    assert Event.objects.get(verb="supply.lot.received").by == people.operator


@pytest.mark.django_db
def test_the_same_again_changes_nothing_and_another_file_is_refused(command):
    assert command(GOOD)[0] == 0
    events = Event.objects.count()
    assert command(GOOD)[0] == 0
    assert Event.objects.count() == events
    code, _, err = command([HEADER, "B1,5,3.6,15"])
    assert code == 1
    assert "lot L-1 was received already" in err
    assert (Event.objects.count(), Cell.objects.count()) == (events, 2)


@pytest.mark.parametrize(
    ("lines", "options", "said"),
    [
        ([*GOOD, "A3,x,3.6,15"], ["--strict"], "lot.csv line 4: capacity_Ah = x: not a number"),
        ([HEADER], [], "lot.csv: the file has a header and no rows"),
        (GOOD, ["--column", "capacity"], "allowed: FIELD=COLUMN[:UNIT[:KIND]]"),
        (GOOD, ["--column", "resistance=acir_mohm:mOhm"], "which resistance is it?"),
        (GOOD, ["--select", "kind"], "allowed: COLUMN=VALUE"),
    ],
)
def test_what_cannot_be_used_is_refused_before_the_database_is_even_opened(
    command, lines, options, said
):
    """These tests may not touch the database: pytest-django refuses it."""
    code, out, err = command(lines, *options)
    assert (code, out) == (2, "")
    assert said in err


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("options", "lot", "said"),
    [
        ([], (*LOT[:-1], "no-such-cell"), "the catalogue has no such cell"),
        (["--as", "nobody"], LOT, "there is no such person"),
    ],
)
def test_an_unknown_cell_or_person_is_refused_and_nothing_is_written(command, options, lot, said):
    code, _, err = command(GOOD, *options, lot=lot)
    assert code == 2
    assert said in err
    assert (CellLot.objects.count(), Event.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_a_lot_of_a_sampled_supplier_waits_for_its_sample(command, people, now):
    assert command(GOOD)[0] == 0
    first = CellLot.objects.get()
    set_sampling(
        supplier=first.supplier, cell=first.cell, aql="1.0", level="II", checks=("visual",),
        agreement_pct=2, by=people.inspector, at=now,
    )  # fmt: skip
    second = [HEADER, "B1,5.01,3.6,15.2", "B2,5.02,3.6,15.3"]
    code, out, _ = command(second, lot=("--lot", "L-2", *LOT[2:]))
    assert code == 0
    assert "draw the sample on the page of the lot" in " ".join(out.split())
