"""`packline spc | capability | msa | sample-plan`: answers, exit codes, and what is refused."""

import json
import random
import re

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


def test_limits_of_few_points_are_widened_if_wanted(run, steady, tmp_path):
    kept = tmp_path / "limits.json"
    run("spc", steady, "--column", "ocv", "--freeze", f"A={kept}", "--widen")
    assert json.loads(kept.read_text())["widening"] == pytest.approx(1.076, abs=0.005)
    done = run("spc", steady, "--column", "ocv", "--limits", kept)
    assert "limits 1.08 times as wide, found from 60 points" in done.stdout


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


@pytest.fixture
def two(tmp_path):
    """Forty rows of two characteristics in ten groups; the last ten rows are off in the second."""
    chance = random.Random(4)
    path = tmp_path / "two.csv"
    rows = [
        f"{i // 4},{chance.gauss(10, 0.1):.4f},{chance.gauss(5, 0.1) + 0.5 * (i > 29):.4f}"
        for i in range(40)
    ]
    path.write_text("\n".join(["group,length,width", *rows]) + "\n")
    return path


@pytest.mark.parametrize(
    ("words", "panels", "said"),
    [
        (["--chart", "i-mr-s", "--subgroup", "group"], ["mean", "moving range", "sd"], ""),
        (["--chart", "ewma"], ["moving average"], "Average run length: 559.9 points"),
        (["--chart", "cusum"], ["sum above", "sum below"], "Average run length: 465.4 points"),
    ],
)
def test_every_chart_of_one_column_is_drawn(run, two, tmp_path, words, panels, said):
    svg = tmp_path / "chart.svg"
    done = run("spc", two, "--column", "width", *words, "--svg", svg, "--json")
    found = json.loads(done.stdout)
    assert [p["statistic"] for p in found["panels"]] == panels
    assert said in " ".join(found["said"])
    assert "UCL" in svg.read_text()


def test_a_shift_is_dated_by_the_cusum(run, two, tmp_path):
    kept = tmp_path / "limits.json"
    early = tmp_path / "early.csv"
    early.write_text("\n".join(two.read_text().splitlines()[:31]) + "\n")
    run("spc", early, "--column", "width", "--freeze", f"A={kept}")
    done = run("spc", two, "--column", "width", "--chart", "cusum", "--limits", kept)
    assert done.exit_code == 1
    dated = re.search(r"sum above signals at (\d+) and began to grow at (\d+)", done.stdout)
    assert dated is not None
    assert 31 <= int(dated[1]) <= 33
    assert 30 <= int(dated[2]) <= 31


@pytest.mark.parametrize("words", [["--chart", "t2"], ["--chart", "t2", "--subgroup", "group"]])
def test_several_columns_are_charted_together_and_the_culprit_is_named(run, two, words):
    done = run("spc", two, "--column", "length,width", *words)
    assert "Limit for new points" in done.stdout
    assert ("comes from width" in done.stdout) == (done.exit_code == 1)


def test_a_mewma_says_which_run_length_its_limit_gives(run, two):
    done = run("spc", two, "--column", "length,width", "--chart", "mewma", "--json")
    found = json.loads(done.stdout)
    assert found["panels"][0]["upper"][0] == pytest.approx(10.08, abs=0.01)
    assert "370.4 points" in found["said"][1]


def test_part_types_of_a_short_run_share_a_chart(run, tmp_path):
    path = tmp_path / "short.csv"
    path.write_text("part,mm\nA,50.1\nB,25.2\nA,49.9\nB,24.9\nA,50.0\n")
    words = ["--column", "mm", "--chart", "short-run", "--part", "part"]
    done = run("spc", path, *words, "--target", "A=50", "--target", "B=25", "--json")
    points = json.loads(done.stdout)["panels"][0]["points"]
    assert points == pytest.approx([0.1, 0.2, -0.1, -0.1, 0.0])
    done = run("spc", path, *words, "--target", "A=50")
    assert (done.exit_code, "part type 'B' has no target" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--column", "width", "--chart", "t2"], "needs two columns or more"),
        (["--column", "length,width", "--chart", "t2", "--freeze", "A=x"], "cannot be kept"),
        (["--column", "length,width", "--chart", "mewma", "--subgroup", "4"], "single rows"),
        (["--column", "width", "--chart", "p", "--size", "n"], "a column: group, length, width"),
        (["--column", "width", "--only", "9"], "nelson has no rule '9'"),
        (["--column", "width", "--chart", "short-run"], "needs the column of the part type"),
        (
            ["--column", "width", "--chart", "short-run", "--part", "group", "--target", "0=x"],
            "needs NAME=NUMBER",
        ),
    ],
)
def test_what_a_chart_lacks_is_said(run, two, words, told):
    done = run("spc", two, *words)
    assert (done.exit_code, told in done.stderr) == (2, True), done.stderr


@pytest.mark.parametrize("method", ["weibull", "box_cox", "johnson"])
def test_values_that_are_not_normal_have_their_picture(run, tmp_path, method):
    chance = random.Random(2)
    path, svg = tmp_path / "runout.csv", tmp_path / "runout.svg"
    path.write_text("x\n" + "\n".join(f"{chance.lognormvariate(1, 0.3):.4f}" for _ in range(60)))
    words = ["--high", 8, "--method", method, "--judged", "nonconforming", "--svg", svg, "--json"]
    done = run("capability", path, *words)
    study = json.loads(done.stdout)["study"]
    assert study["indices"]["pp"] == {"no_data": "the limits are one-sided"}
    assert "same fractions beyond the limits" in study["convention"]
    assert "99.865" in svg.read_text()


REFERENCE = [("ref", "value"), *[(r, r + 0.01 * t) for r in (2, 4, 6) for t in (-1, 0, 1)]]
SORTED = [
    ("part", "operator", "value", "reference"),
    *[
        (p, o, "ok" if p < 4 else "nok", "ok" if p < 3 else "nok")
        for p in range(6)
        for o in "AB"
        for _ in (1, 2)
    ],
]


@pytest.mark.parametrize(
    ("method", "rows", "words", "code", "picture"),
    [
        ("type1", REFERENCE[:1] + [(0, x) for x in (9.99, 10.0, 10.01)] * 9,
         ["--reference", 10, "--tolerance", 1], 0, "reference 10"),
        ("bias", REFERENCE[:1] + [(0, x) for x in (9.99, 10.0, 10.01)] * 9,
         ["--reference", 10.1], 1, "reference 10.1"),
        ("linearity", REFERENCE, ["--reference", "ref"], 0, "no bias"),
        ("stability", REFERENCE, ["--occasion", "ref"], 1, "UCL"),
        ("attribute", SORTED, [], 1, "within oneself"),
        ("nested", [SORTED[0][:3], *[(f"{o}{p}", o, p + 0.1 * t) for o in "AB" for p in (1, 2, 3)
                                     for t in (0, 1)]], [], 0, "readings by operator"),
    ],
)  # fmt: skip
def test_every_gauge_study_has_its_answer_and_picture(
    run, tmp_path, method, rows, words, code, picture
):
    path, svg = tmp_path / "study.csv", tmp_path / "study.svg"
    path.write_text("\n".join(",".join(map(str, row)) for row in rows) + "\n")
    done = run("msa", path, "--method", method, *words, "--svg", svg)
    assert done.exit_code == code, done.stderr
    assert picture in svg.read_text()


def test_a_short_range_study_is_the_one_of_the_manual(run, tmp_path):
    # AIAG MSA 4th ed., range method: five parts, two appraisers, process sd 0.0777, 75.7 %
    path = tmp_path / "short.csv"
    readings = {"A": (0.85, 0.75, 1.00, 0.45, 0.50), "B": (0.80, 0.70, 0.95, 0.55, 0.60)}
    rows = [f"{n},{who},{x}" for who, of in readings.items() for n, x in enumerate(of)]
    path.write_text("\n".join(["part,operator,value", *rows]) + "\n")
    words = ["msa", path, "--method", "short-range", "--process-sd", 0.0777]
    done = run(*words, "--json")
    study = json.loads(done.stdout)["study"]
    assert done.exit_code == 1
    assert study["grr"] == pytest.approx(0.0588, abs=5e-5)
    assert study["study_pct"] == pytest.approx(75.7, abs=0.1)
    done = run(*words, "--svg", tmp_path / "x.svg")
    assert (done.exit_code, "has no picture" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--method", "type1", "--reference", 10], "--tolerance"),
        (["--method", "bias"], "give the value of the reference"),
        (["--method", "attribute"], "line 2 value = 1: is no rating"),
    ],
)
def test_what_a_gauge_study_lacks_is_said(run, gauge, words, told):
    gauge.write_text(gauge.read_text().replace("A;1", "A;7"))
    done = run("msa", gauge, *words)
    told = told.replace("= 1", "= 7,0")
    assert (done.exit_code, told in done.stderr) == (2, True), done.stderr


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["--lot", 1000, "--aql", "1.0", "--kind", "variables"], ["35", "1.8940", "2.66 %"]),
        (["--kind", "zero", "--bad", 1, "--lot", 500], ["184"]),
        (["--kind", "zero", "--bad", 1, "--consumer-risk", 0.05], ["299"]),
        (["--kind", "two-point", "--good", 5, "--bad", 15, "--consumer-risk", 0.075], ["80", "7"]),
        (
            ["--kind", "two-point-variables", "--good", 5, "--bad", 15, "--consumer-risk", 0.075],
            ["49", "1.3265"],
        ),
    ],
)
def test_every_kind_of_plan_is_found_and_drawn(run, tmp_path, words, found):
    svg = tmp_path / "plan.svg"
    done = run("sample-plan", *words, "--svg", svg)
    assert done.exit_code == 0, done.stderr
    assert all(f" {figure} " in done.stdout for figure in found)
    assert "10 % at" in svg.read_text()


def test_the_history_of_lots_decides_the_severity(run, tmp_path):
    lots = tmp_path / "lots.csv"
    words = ["sample-plan", "--lot", 1000, "--aql", "1.0", "--history", lots]
    lots.write_text("accepted\nyes\nno\nyes\nno\n")
    done = run(*words)
    assert "Lot 4: normal to tightened, because 2 of the last 4 lots" in done.stdout
    assert "tightened, single" in done.stdout
    lots.write_text("accepted\n" + "no\n" * 7)
    done = run(*words)
    assert (done.exit_code, "discontinued" in done.stderr) == (1, True)
    lots.write_text("accepted\nyes\nmaybe\n")
    done = run(*words)
    assert (done.exit_code, "line 3 accepted = maybe" in done.stderr) == (2, True)
    done = run(*words, "--severity", "normal")
    assert (done.exit_code, "the history of lots says" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--lot", 1000], "--aql: a single plan needs it"),
        (["--kind", "zero"], "--bad: a zero plan needs it"),
        (["--kind", "zero", "--bad", 100], "between 0 and 100 %"),
        (["--kind", "two-point", "--good", 5, "--bad", 1], "must be below bad"),
        (["--lot", 1000, "--aql", "25", "--kind", "variables"], "allowed: 0.10, 0.15"),
    ],
)
def test_what_a_plan_lacks_is_said(run, words, told):
    done = run("sample-plan", *words)
    assert (done.exit_code, told in done.stderr) == (2, True), done.stderr
