"""`packline spc | capability | msa | sample-plan`: answers, exit codes, and what is refused."""

import json
import random

import pytest
import typer
from typer.testing import CliRunner

from packline.site.commands.statistics import capability, msa, sample_plan, spc

app = typer.Typer()
app.command()(spc)
app.command()(capability)
app.command()(msa)
app.command("sample-plan")(sample_plan)


@pytest.fixture
def run():
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def steady(tmp_path):
    """Sixty readings of a process in control, in twelve subgroups."""
    chance = random.Random(0)
    path = tmp_path / "steady.csv"
    rows = [f"{i // 5},{chance.gauss(3.6, 0.002):.4f}" for i in range(60)]
    path.write_text("\n".join(["group,ocv", *rows]) + "\n")
    return path


@pytest.fixture
def gauge(tmp_path):
    """Three parts, two operators, two trials, with a semicolon and decimal commas."""
    path = tmp_path / "gauge.csv"
    rows = [
        f"{part};{operator};{part + 0.01 * trial + 0.005 * (operator == 'B')}".replace(".", ",")
        for part in (1, 2, 3)
        for operator in "AB"
        for trial in (0, 1)
    ]
    path.write_text("part;operator;value\n" + "\n".join(rows) + "\n")
    return path


def test_a_process_in_control_exits_with_0(run, steady):
    done = run("spc", steady, "--column", "ocv", "--subgroup", "group", "--json")
    found = json.loads(done.stdout)
    assert (done.exit_code, found["in_control"]) == (0, True)
    assert [p["statistic"] for p in found["panels"]] == ["mean", "range"]


def test_a_signal_exits_with_1_and_is_told_with_its_rule(run, steady):
    steady.write_text(steady.read_text() + "12,3.7\n")
    done = run("spc", steady, "--column", "ocv")
    assert done.exit_code == 1
    assert "individual 61 = 3.7: rule 1, one point beyond three sigma" in done.stdout


def test_frozen_limits_judge_new_points(run, steady, tmp_path):
    kept = tmp_path / "limits.json"
    run("spc", steady, "--column", "ocv", "--freeze", f"2026-A={kept}")
    new = tmp_path / "new.csv"
    new.write_text("ocv\n3.6\n3.65\n")
    done = run("spc", new, "--limits", kept, "--json")
    found = json.loads(done.stdout)
    assert (found["phase"], found["baseline"]["version"]) == ("II", "2026-A")
    assert {s["point"] for s in found["signals"]} == {2}


def test_every_cell_that_is_no_number_is_named_and_nothing_is_drawn(run, tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text("a\n1\nx\n\nnan\n")
    svg = tmp_path / "never.svg"
    done = run("spc", bad, "--column", "a", "--svg", svg)
    assert done.exit_code == 2
    assert "line 3 a = x: not a finite number" in done.stderr
    assert "line 5 a = nan" in done.stderr
    assert not svg.exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--column", "c"], "allowed: group, ocv"),
        (["--column", "ocv", "--rules", "mine"], "allowed: nelson, minitab"),
        (["--column", "ocv", "--subgroup", "7"], "60 rows do not fall into subgroups of 7"),
        (["--column", "ocv", "--exclude", "3"], "needs NUMBER=REASON"),
        (["--column", "ocv", "--exclude", "99=why"], "points 1 to 60"),
        (["--column", "group", "--chart", "p"], "a p chart needs the sample size"),
    ],
)
def test_what_cannot_be_used_exits_with_2_and_says_what_is_allowed(run, steady, words, told):
    done = run("spc", steady, *words)
    assert (done.exit_code, told in done.stderr) == (2, True), done.stderr


def test_counts_have_their_chart(run, tmp_path):
    counts = tmp_path / "counts.csv"
    counts.write_text("bad,n\n3,50\n4,60\n2,40\n")
    done = run("spc", counts, "--column", "bad", "--size", "n", "--chart", "u", "--json")
    assert json.loads(done.stdout)["baseline"]["kind"] == "u"


def test_a_chart_is_drawn_with_its_limits(run, steady, tmp_path):
    svg = tmp_path / "chart.svg"
    assert run("spc", steady, "--column", "ocv", "--svg", svg).exit_code == 0
    text = svg.read_text()
    assert text.startswith("<?xml")
    assert "UCL" in text


def test_capability_says_how_surely_it_is_known(run, steady):
    done = run("capability", steady, "--column", "ocv", "--low", 3.59, "--high", 3.61, "--json")
    found = json.loads(done.stdout)
    assert done.exit_code == 0
    assert found["study"]["ppk"]["low"] < found["ppk"] < found["study"]["ppk"]["high"]


def test_a_required_ppk_that_is_not_reached_exits_with_1(run, steady):
    words = ["--column", "ocv", "--low", 3.599, "--required", 1.33]
    done = run("capability", steady, *words)
    assert done.exit_code == 1
    assert "below the required 1.33" in done.stderr


def test_too_few_values_are_no_capability(run, tmp_path):
    few = tmp_path / "few.csv"
    few.write_text("x\n1\n2\n3\n")
    done = run("capability", few, "--low", 0)
    assert (done.exit_code, "no data: 3 values" in done.stderr) == (1, True)


def test_capability_without_limits_is_refused(run, steady):
    done = run("capability", steady, "--column", "ocv")
    assert (done.exit_code, "at least one side" in done.stderr) == (2, True)


@pytest.mark.parametrize("method", ["anova", "range"])
def test_a_gauge_study_reads_the_table_as_exported(run, gauge, method):
    done = run("msa", gauge, "--method", method, "--tolerance", 5, "--json")
    result = json.loads(done.stdout)["study"]["result"]
    assert (done.exit_code, result["verdict"]) == (0, "acceptable")


def test_a_missing_reading_is_named_by_part_and_operator(run, gauge):
    lines = gauge.read_text().splitlines()
    gauge.write_text("\n".join(lines[:-1]) + "\n")
    done = run("msa", gauge)
    assert (done.exit_code, "3 / B = 1" in done.stderr) == (2, True), done.stderr


def test_the_plan_of_a_lot_states_its_risk(run):
    done = run("sample-plan", "--lot", 1000, "--aql", "1.0", "--json")
    found = json.loads(done.stdout)
    assert found["plan"]["stages"] == [{"n": 80, "accept": 2, "reject": 3}]
    assert found["accept_at_aql"] == pytest.approx(0.9534, abs=1e-3)


def test_an_aql_that_is_not_preferred_is_refused_with_those_that_are(run):
    done = run("sample-plan", "--lot", 1000, "--aql", "1.2")
    assert (done.exit_code, "allowed: 0.010, 0.015" in done.stderr) == (2, True)
