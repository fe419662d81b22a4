"""`packline match`: a table of cells in, packs, reasons and exit codes out."""

from __future__ import annotations

import json

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from packline.site.commands.match import match

app = typer.Typer()
app.command()(match)


@pytest.fixture
def cells(tmp_path):
    """Forty-five cells as a tester exports them, one of them without a reading."""
    random = np.random.default_rng(1)
    rows = ["Serial,Capacity (mAh),OCV (mV),AC IR (mOhm),Lot"]
    for i in range(45):
        capacity = "" if i == 7 else f"{random.normal(5000, 30):.1f}"
        ocv, resistance = random.normal(3600, 1.5), random.normal(15, 0.6)
        rows.append(f"C{i:03d},{capacity},{ocv:.1f},{resistance:.2f},L{i % 2}")
    path = tmp_path / "cells.csv"
    path.write_text("\n".join(rows) + "\n")
    return path


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def test_a_table_becomes_packs_and_a_file_of_serials(cells, tmp_path):
    out = tmp_path / "packs.json"
    result = run(cells, "--topology", "10S3P", "--json", out)
    assert result.exit_code == 0
    written = json.loads(out.read_text())
    assert [len(group) for group in written["packs"][0]["groups"]] == [3] * 10
    assert written["rejected"] == [{"serial": "C007", "reason": "no capacity reading"}]
    assert len(written["leftover"]) == 14


def test_a_picture_is_drawn(cells, tmp_path):
    assert run(cells, "-t", "10S3P", "--picture", tmp_path / "p.svg").exit_code == 0
    assert "<svg" in (tmp_path / "p.svg").read_text()


def test_rules_are_kept(cells, tmp_path):
    out = tmp_path / "packs.json"
    run(cells, "-t", "5S2P", "--lots", "pack", "--ocv-spread", "2", "--json", out)
    for pack in json.loads(out.read_text())["packs"]:
        assert pack["cell_ocv_spread"] <= 0.002 + 1e-9
        assert len({int(s[1:]) % 2 for group in pack["groups"] for s in group}) == 1


def test_no_pack_is_exit_one_and_says_why(cells):
    result = run(cells, "-t", "96S2P")
    assert result.exit_code == 1
    assert "44 cells are let in, one 96S2P needs 192" in result.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-t", "10x3"], "--topology = 10x3: is no topology; allowed: such as 14S3P"),
        (["-t", "2S2P", "--window", "weight=1..2"], "--window = weight=1..2: cannot be read"),
        (["-t", "2S2P", "--lots", "mixed"], "--lots = mixed: is no lot rule"),
        (["-t", "2S2P", "--column", "capacity=Q"], "no column 'Q'; the heading has Serial"),
        (["-t", "2S2P", "--ocv-spread", "-1"], "--ocv-spread = -1: is negative"),
        (["-t", "2S2P", "--window", "self_discharge=..1"], "a rule on self_discharge"),
    ],
)
def test_what_cannot_be_used_is_exit_two_and_named(cells, words, said):
    result = run(cells, *words)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_bad_field_is_named_with_file_row_column_and_value(cells, tmp_path):
    cells.write_text(cells.read_text().replace("C003,", "C003,about "))
    result = run(cells, "-t", "2S2P", "--json", tmp_path / "packs.json")
    assert result.exit_code == 2
    assert "cells.csv row 5 column Capacity (mAh) = 'about" in result.stderr
    assert not (tmp_path / "packs.json").exists()


def test_a_file_that_is_not_there_is_named(tmp_path):
    result = run(tmp_path / "none.csv", "-t", "2S2P")
    assert result.exit_code == 2
    assert "none.csv: No such file or directory" in result.stderr
