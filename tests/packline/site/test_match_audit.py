"""`packline match` against a checker of its own, which reads the table and adds up by itself."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from fractions import Fraction

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from packline.site.commands.grade import grade
from packline.site.commands.match import match
from packline.site.commands.replacement import replacement

app = typer.Typer()
for command in (match, grade, replacement):
    app.command()(command)


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def rows_of(count, seed=1, lots=3):
    """Rows as texts: serial, Ah, mOhm, V, lot, date."""
    random = np.random.default_rng(seed)
    return [
        [
            f"C{i:04d}",
            f"{random.normal(5.0, 0.03):.4f}",
            f"{random.normal(15, 0.6):.2f}",
            f"{random.normal(3.6, 0.0015):.4f}",
            f"L{random.integers(lots)}",
            f"2026-0{random.integers(1, 9)}-11",
        ]
        for i in range(count)
    ]


HEADING = ["serial", "capacity_Ah", "ir_mOhm", "ocv_V", "lot", "date"]


def written(path, rows, heading=HEADING, separator=","):
    path.write_text("\n".join(separator.join(row) for row in [heading, *rows]) + "\n")
    return path


def audit(rows, answer, shape, **limits):
    """Check an answer with exact fractions of the texts; gives what is wrong with it."""
    series, parallel = shape
    cells = {row[0]: row for row in rows}

    def spread(group, k):
        values = [Fraction(cells[s][k]) for s in group]
        return max(values) - min(values)

    places = Counter(s for pack in answer["packs"] for group in pack["groups"] for s in group)
    places += Counter(answer["leftover"]) + Counter(one["serial"] for one in answer["rejected"])
    wrong = []
    if places != Counter(row[0] for row in rows):
        wrong.append("a cell is missing or stands twice")
    for pack in answer["packs"]:
        groups = pack["groups"]
        if len(groups) != series or {len(group) for group in groups} != {parallel}:
            wrong.append(f"pack {pack['pack']} is not {shape}")
        sums = [sum(Fraction(cells[s][1]) for s in group) for group in groups]
        ppm = (max(sums) - min(sums)) * series / sum(sums) * 10**6
        if abs(ppm - Fraction(pack["capacity_spread_ppm"])) > Fraction(1, 100):
            wrong.append(f"pack {pack['pack']} says {pack['capacity_spread_ppm']} of {float(ppm)}")
        if limits.get("capacity") and ppm > limits["capacity"] * 10**6:
            wrong.append("capacity spread")
        for group in groups:
            if limits.get("ocv") and spread(group, 3) > limits["ocv"]:
                wrong.append("OCV spread")
            if limits.get("ir") and spread(group, 2) > limits["ir"]:
                wrong.append("resistance spread")
            if limits.get("lots") == "group" and len({cells[s][4] for s in group}) > 1:
                wrong.append("lots in a group")
        everyone = {cells[s][4] for group in groups for s in group}
        if limits.get("lots") == "pack" and len(everyone) > 1:
            wrong.append("lots in a pack")
    return wrong


@pytest.mark.parametrize(
    ("shape", "words", "limits"),
    [
        ((4, 3), [], {}),
        ((1, 4), ["--lots", "group"], {"lots": "group"}),
        ((5, 1), ["--lots", "pack"], {"lots": "pack"}),
        ((1, 1), ["--ocv-spread", "1"], {"ocv": Fraction(1, 1000)}),
        (
            (4, 2),
            ["--ocv-spread", "2", "--ir-spread", "0.8", "--lots", "pack"],
            {"ocv": Fraction(2, 1000), "ir": Fraction(8, 10), "lots": "pack"},
        ),
        ((6, 3), ["--capacity-spread", "0.1", "--packs", "4"], {"capacity": Fraction(1, 1000)}),
        ((3, 2), ["--capacity-only", "--ocv-spread", "0"], {"ocv": Fraction(1, 10**12)}),
        ((96, 1), ["--effort", "0"], {}),
        ((2, 40), [], {}),
    ],
)
def test_the_answer_holds_what_it_says(shape, words, limits, tmp_path):
    rows = rows_of(131)
    file, out = written(tmp_path / "cells.csv", rows), tmp_path / "packs.json"
    result = run("match", file, "-t", f"{shape[0]}S{shape[1]}P", "--json", out, *words)
    answer = json.loads(out.read_text())
    assert audit(rows, answer, shape, **limits) == []
    assert result.exit_code == (0 if answer["packs"] else 1)


def test_the_audit_itself_finds_what_is_wrong(tmp_path):
    rows, out = rows_of(30), tmp_path / "packs.json"
    run("match", written(tmp_path / "cells.csv", rows), "-t", "4S2P", "--json", out)
    answer = json.loads(out.read_text())
    assert "OCV spread" in audit(rows, answer, (4, 2), ocv=Fraction(1, 10**6))
    answer["packs"][0]["groups"][0][0] = answer["packs"][0]["groups"][1][0]
    assert audit(rows, answer, (4, 2))[0] == "a cell is missing or stands twice"


def test_threads_order_of_rows_and_dialect_do_not_change_the_answer(tmp_path):
    rows = rows_of(60)
    file = written(tmp_path / "cells.csv", rows)
    first = run("match", file, "-t", "4S3P", "--json", "-", "--threads", "1")
    told = (
        "\ufeff" + "Seriennummer;Kapazität (mAh);Innenwiderstand [mΩ];Leerlaufspannung / mV;x\r\n"
    )
    for serial, ah, mohm, v, *_ in reversed(rows):
        numbers = (f"{1000 * float(ah):.1f}", mohm, f"{1000 * float(v):.1f}")
        told += ";".join([serial, *numbers, ""]).replace(".", ",") + "\r\n"
    (tmp_path / "german.csv").write_bytes(told.encode())
    other = run("match", tmp_path / "german.csv", "-t", "4S3P", "--json", "-", "--threads", "3")
    assert json.loads(first.stdout)["packs"] == json.loads(other.stdout)["packs"]


def test_the_oldest_cells_are_used_and_unknown_dates_count_as_young(tmp_path):
    rows = rows_of(60)
    rows[7][5] = ""
    out = tmp_path / "packs.json"
    words = ["--packs", "1", "--oldest-first", "--json", out]
    assert run("match", written(tmp_path / "c.csv", rows), "-t", "4S3P", *words).exit_code == 0
    dates = {row[0]: row[5] or "9999" for row in rows}
    used = [s for g in json.loads(out.read_text())["packs"][0]["groups"] for s in g]
    assert max(dates[s] for s in used) <= min(d for s, d in dates.items() if s not in used)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--lots", "pack"], "--lots pack is asked for, but no column holds it"),
        (["--packs", "1", "--oldest-first"], "--oldest-first is asked for, but no column"),
        (["--oldest-first"], "--oldest-first: says nothing without --packs"),
        (["--window", "capacity=nan.."], "cannot be read"),
        (["--window", "capacity=4..", "--window", "capacity=5.."], "set already"),
        (["--window", "capacity=6..", "--window", "capacity=..5"], "leaves nothing"),
        (["--weight", "beauty=1"], "no such weight; allowed: capacity, conductance"),
        (["--weight", "alike=2"], "it must be from 0 to 1"),
        (["--finish-under", "-1"], "is negative"),
    ],
)
def test_an_option_that_could_not_be_kept_is_refused(words, said, tmp_path):
    rows = [row[:4] for row in rows_of(20)]
    file = written(tmp_path / "cells.csv", rows, HEADING[:4])
    result = run("match", file, "-t", "2S2P", *words, "--json", tmp_path / "packs.json")
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())
    assert not (tmp_path / "packs.json").exists()


def test_bounds_and_sigmas_of_one_reading_hold_together(tmp_path):
    rows = [*rows_of(60), ["low", "4.0000", "15.00", "3.6000", "L0", ""]]
    rows.append(["high", "5.0000", "99.00", "3.6000", "L0", ""])
    words = ["--window", "capacity=4.5..", "--window", "capacity=6sigma"]
    words += ["--window", "resistance=..20", "--json", tmp_path / "packs.json"]
    run("match", written(tmp_path / "cells.csv", rows), "-t", "4S3P", *words)
    answer = json.loads((tmp_path / "packs.json").read_text())
    reasons = {one["serial"]: one["reason"] for one in answer["rejected"]}
    assert set(reasons) == {"low", "high"}
    assert reasons["high"] == "resistance 99 is over 20"


def test_cells_that_arrive_over_days_are_held_until_packs_are_good(tmp_path):
    rows, out = rows_of(100), tmp_path / "packs.json"
    words = ["--finish-under", "150", "--reserve", "40", "--json", out]
    assert run("match", written(tmp_path / "c.csv", rows), "-t", "4S3P", *words).exit_code == 0
    answer = json.loads(out.read_text())
    assert 1 <= len(answer["packs"]) <= 5
    assert all(pack["capacity_spread_ppm"] <= 150 for pack in answer["packs"])
    assert len(answer["leftover"]) >= 40


def test_every_cell_is_graded_into_the_class_that_its_readings_name(tmp_path):
    rows, out = rows_of(80), tmp_path / "grades.json"
    file = written(tmp_path / "cells.csv", rows)
    widths = ["--capacity-width", "0.02", "--ir-width", "0.5"]
    assert run("grade", file, "-t", "4S3P", *widths, "--json", out).exit_code == 0
    answer = json.loads(out.read_text())
    cells = {row[0]: row for row in rows}
    by_class = defaultdict(set)
    for one in answer["grades"]:
        for serial in one["cells"]:
            by_class[serial].add(one["grade"])
            for k, (low, high) in ((1, one["capacity"]), (2, one["resistance"])):
                assert low - 1e-9 <= float(cells[serial][k]) < high + 1e-9
    assert {len(names) for names in by_class.values()} == {1}
    assert set(by_class) == set(cells)


def test_the_best_replacement_is_the_one_that_trying_all_finds(tmp_path):
    rows, packs = rows_of(50), tmp_path / "packs.json"
    file, out = written(tmp_path / "cells.csv", rows), tmp_path / "found.json"
    run("match", file, "-t", "4S3P", "--json", packs)
    answer = json.loads(packs.read_text())
    groups = answer["packs"][1]["groups"]
    failed = groups[2][0]
    result = run("replacement", file, "--packs", packs, "--failed", failed, "--json", out)
    assert result.exit_code == 0
    ah = {row[0]: Fraction(row[1]) for row in rows}
    trials = {}
    for serial in answer["leftover"]:
        sums = [sum(ah[serial if s == failed else s] for s in group) for group in groups]
        trials[serial] = float((max(sums) - min(sums)) * 4 / sum(sums) * 10**6)
    best = json.loads(out.read_text())["replacements"]
    assert [one["capacity_spread_ppm"] for one in best] == pytest.approx(
        [trials[one["serial"]] for one in best]
    )
    assert round(trials[best[0]["serial"]] / 100) == round(min(trials.values()) / 100)


def test_a_replacement_for_a_cell_in_no_pack_or_from_no_such_file_is_refused(tmp_path):
    rows, packs = rows_of(50), tmp_path / "packs.json"
    file = written(tmp_path / "cells.csv", rows)
    run("match", file, "-t", "4S3P", "--json", packs)
    free = json.loads(packs.read_text())["leftover"][0]
    refused = run("replacement", file, "--packs", packs, "--failed", free)
    assert (refused.exit_code, "stands in no pack" in refused.stderr) == (2, True)
    packs.write_text('{"packs": [{"groups": [["C0001", "nobody"]]}]}')
    refused = run("replacement", file, "--packs", packs, "--failed", "C0001")
    assert (refused.exit_code, "nobody stands in a pack" in refused.stderr) == (2, True)
