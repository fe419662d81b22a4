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
        ([], "give one of the two"),
        (["--current-a", "5000"], "beyond 30 A"),
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
