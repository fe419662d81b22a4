"""`packline simulate` and `packline identify`: what they print, and how they end."""

import json

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from packcalc.cell import read_parameters
from packline.site.commands.identify import identify
from packline.site.commands.simulate import simulate

app = typer.Typer()
app.command()(simulate)
app.command()(identify)
SIX = ["simulate", "--cell", "leaf-2013", "--series", "6", "--parallel", "2"]


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def test_a_discharge_prints_its_figures_as_json():
    done = run(*SIX, "--current-a", "50", "--duration-s", "600", "--soc-pct", "80", "--json")
    assert done.exit_code == 0
    figures = json.loads(done.stdout)
    assert figures["ended"] == "the load came to its end"
    assert figures["charge_ah"] == pytest.approx(50 * 600 / 3600)
    assert figures["soc_end_pct"] == pytest.approx(66.4, abs=0.1)


def test_a_load_file_of_power_is_followed(tmp_path):
    path = tmp_path / "load.csv"
    path.write_text("time_s,power_w\n0,500\n60,800\n120,0\n")
    done = run(*SIX, "--load", path, "--soc-pct", "80", "--rail-mohm", "0.05", "--json")
    assert json.loads(done.stdout)["energy_wh"] == pytest.approx(1300 / 60, rel=1e-6)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "give one of the three"),
        (["--current-a", "5", "--charge-a", "5"], "give one of the three"),
        (["--charge-a", "5"], "needs current and voltage"),
        (["--charge-a", "5", "--charge-v", "25", "--cutoff-a", "6"], "cutoff"),
        (["--current-a", "5", "--plot", "x.bmp"], "unknown kind"),
        (["--current-a", "5", "--bleed-ohm", "0"], "--bleed-ohm 0"),
        (["--current-a", "5", "--cells", "absent.csv"], "cannot be read"),
        (["--current-a", "5000"], "beyond 30 A"),
        (["--current-a", "5000"], "--beyond-current goes there"),
        (["--current-a", "5", "--soc-pct", "120"], "state of charge 1.2"),
        (["--current-a", "5", "--temperature-degc", "-40"], "outside"),
        (["--current-a", "5", "--dt-s", "0"], "above zero"),
        (["--current-a", "nan"], "finite"),
        (["--load", "absent.csv"], "cannot be read"),
    ],
)
def test_bad_input_ends_with_two_and_a_reason(words, message):
    done = run(*SIX, *words)
    assert done.exit_code == 2
    assert message in done.output


def test_a_bad_row_of_a_load_is_named(tmp_path):
    path = tmp_path / "load.csv"
    path.write_text("time_s,current_a\n0,1\n10,many\n")
    done = run(*SIX, "--load", path)
    assert done.exit_code == 2
    assert "row 3: not numbers" in done.output


def test_a_charge_ends_at_its_cutoff_and_is_drawn_and_written(tmp_path):
    plot, course = tmp_path / "charge.svg", tmp_path / "charge.csv"
    done = run(*SIX, "--charge-a", "30", "--charge-v", "24.6", "--soc-pct", "60", "--plot", plot,
               "--course", course, "--ambient-w-per-k", "0.5", "--json")  # fmt: skip
    assert done.exit_code == 0, done.output
    figures = json.loads(done.stdout)
    assert figures["ended"] == "charged: the current fell to its cutoff"
    assert figures["charge_ah"] < 0
    assert b"<svg" in plot.read_bytes()
    rows = course.read_text().splitlines()
    assert rows[0].startswith("time_s,current_a,voltage_v,group_1_v,")
    last = dict(zip(rows[0].split(","), rows[-1].split(","), strict=True))
    assert float(last["time_s"]) == figures["time_s"]
    assert float(last["voltage_v"]) == pytest.approx(24.6, abs=2e-3)


def test_a_table_of_cells_makes_the_weak_one_end_the_run(tmp_path):
    cells = tmp_path / "cells.csv"
    cells.write_text("group,cell,capacity_factor,soc_pct\n3,1,0.8,\n3,2,0.8,\n1,1,,95\n")
    words = [*SIX, "--current-a", "50", "--duration-s", "7200", "--cut-below-v", "3.2", "--json"]
    even, weak = (json.loads(run(*words, *more).stdout) for more in ([], ["--cells", cells]))
    assert even["ended"] == weak["ended"] == "cut: group under voltage"
    assert weak["charge_ah"] == pytest.approx(0.8 * even["charge_ah"], rel=0.02)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("group,cell\n1,1\n", "any of capacity_factor"),
        ("group,cell,colour,soc_pct\n1,1,red,5\n", "unknown column colour"),
        ("group,cell,soc_pct\n7,1,50\n", "row 2: group = 7 is not among 1 to 6"),
        ("group,cell,soc_pct\n1,x,50\n", "row 2: cell = 'x'"),
        ("group,cell,soc_pct\n1,1,50\n1,1,60\n", "row 3: this cell stands in row 2"),
        ("group,cell,soc_pct\n1,1,half\n", "row 2: soc_pct = 'half'"),
        ("group,cell,soc_pct\n1,2,150\n", "state of charge 1.5 of cell 2 in group 1"),
        ("group,cell,capacity_factor\n1,2,0\n", "capacity_factor[0, 1] = 0"),
    ],
)
def test_a_bad_table_of_cells_is_named_by_row_and_column(tmp_path, text, message):
    path = tmp_path / "cells.csv"
    path.write_text(text)
    done = run(*SIX, "--current-a", "5", "--cells", path)
    assert done.exit_code == 2
    assert message in done.output.replace("\n", "")


@pytest.fixture
def made_test(tmp_path):
    beat = np.r_[np.zeros(120), np.full(30, 20.0), np.zeros(60), np.full(200, 6.0)]
    i = np.r_[0.0, np.tile(beat, 11)]
    soc = 1 - np.cumsum(i) / i.sum()
    rows = [
        f"{t},{-amps},{3.4 + 0.7 * z - 3e-3 * amps}"
        for t, amps, z in zip(range(i.size), i, soc, strict=True)
    ]
    path = tmp_path / "hppc.csv"
    path.write_text("Time(s),Current(A),Voltage(V)\n" + "\n".join(rows))
    return path


FIGURES = ["--heat-capacity-j-per-k", "45", "--voltage-min-v", "3", "--voltage-max-v", "4.2"]


def test_a_pulse_test_becomes_a_parameter_set_and_a_picture(made_test, tmp_path):
    toml, plot = tmp_path / "cell.toml", tmp_path / "cell.svg"
    words = ["--name", "made", "--temperature-degc", "25", "--toml", toml, "--plot", plot]
    done = run("identify", made_test, *words, *FIGURES, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["tests"][0]["rms_mv"] < 1
    cell = read_parameters(toml.read_text())
    assert np.median(cell.r0) == pytest.approx(3e-3, rel=0.05)
    assert b"<svg" in plot.read_bytes()
    used = run("simulate", "--cell", toml, "--series", "2", "--parallel", "1", "--current-a", "5")
    assert used.exit_code == 0


def test_every_file_that_cannot_be_read_is_named(made_test, tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text("Time(s),Current(A),Voltage(V)\n0,0,4\n1,x,4\n")
    gone = tmp_path / "gone.csv"
    temperatures = ["--temperature-degc", "10", "--temperature-degc", "20"]
    done = run("identify", bad, gone, *temperatures, "--name", "x", *FIGURES)
    assert done.exit_code == 2
    assert "row 3: not numbers" in done.output
    assert "gone.csv: cannot be read" in done.output


def test_a_record_that_is_no_pulse_test_is_refused(made_test, tmp_path):
    words = ["--name", "x", "--temperature-degc", "25", *FIGURES]
    again = tmp_path / "cycles.csv"
    head, *rows = made_test.read_text().splitlines()
    table = [[float(x) for x in row.split(",")] for row in rows]
    mirror = [[2 * table[-1][0] - t + 1, -i, v] for t, i, v in reversed(table)]
    again.write_text("\n".join([head, *(",".join(map(str, r)) for r in table + mirror)]))
    done = run("identify", again, *words)
    assert done.exit_code == 2
    assert "charged again" in done.output
    turned = run("identify", made_test, *words, "--discharge-is-positive")
    assert turned.exit_code == 2
    assert "sign right" in turned.output


def test_heat_capacity_is_found_from_a_record_of_temperature(made_test, tmp_path):
    # The made cell: 3 mOhm, no entropy, 45 J/K, 0.1 W/K; drawn by 10 A and charged again.
    t = np.arange(0.0, 1300.0, 1.0)
    i = np.where(t < 650, 6.0, -6.0) * (t > 0)
    z = 1 - np.cumsum(i) / (11 * (30 * 20 + 200 * 6))
    watts, kelvin = 6.0**2 * 3e-3, [0.0]
    for _ in t[1:]:
        kelvin.append(kelvin[-1] + (watts - 0.1 * kelvin[-1]) / 45)
    rows = zip(t, i, 3.4 + 0.7 * z - 3e-3 * i, 25 + np.array(kelvin), strict=True)
    path = tmp_path / "heat.csv"
    path.write_text("time_s,current_a,voltage_v,temperature_degc,ambient_degc\n"
                    + "\n".join(f"{a},{b},{c},{d},25" for a, b, c, d in rows))  # fmt: skip
    words = ["identify", made_test, "--name", "made", "--temperature-degc", "25", *FIGURES[2:]]
    done = run(*words, "--heat", path, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["heat_capacity_j_per_k"] == pytest.approx(45, rel=0.1)
    neither = run(*words)
    assert (neither.exit_code, "give one of the two" in neither.output) == (2, True)
    path.write_text("time_s,current_a\n0,1\n")
    bad = run(*words, "--heat", path)
    assert bad.exit_code == 2
    assert "needs the columns voltage_v" in bad.output
