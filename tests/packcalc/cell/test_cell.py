"""Cells: parameter sets, what they refuse, ageing laws, BPX, and tables."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from packcalc.cell import (
    SHIPPED,
    circuit_at,
    open_circuit_voltage,
    parameter_set,
    read_parameters,
    soc_at_rest,
    write_parameters,
)
from packcalc.cell.ageing import age_nmc_schmalstieg, fade_lfp_wang
from packcalc.cell.bpx import parameters_from_bpx, read_bpx
from packcalc.cell.records import CellTest, parse_test, relaxed_voltage
from packcalc.cell.tables import DECAY1, MEAN1, R0, tabulate

LEAF = parameter_set("leaf-2013")
TEXT = write_parameters(LEAF)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_set_says_where_it_comes_from(name):
    assert len(parameter_set(name).provenance) >= 2


def test_a_set_is_written_and_read_back_to_the_same_numbers():
    again = read_parameters(TEXT)
    for name in ("soc", "ocv", "entropic", "r0", "r1", "tau1", "r2", "tau2", "temperature"):
        np.testing.assert_array_equal(getattr(again, name), getattr(LEAF, name))
    assert again.provenance == LEAF.provenance


@given(st.floats(0.01, 0.99), st.floats(285.0, 310.0))
def test_the_voltage_at_rest_tells_the_state_of_charge(soc, kelvin):
    volts = open_circuit_voltage(LEAF, soc, kelvin)
    assert float(soc_at_rest(LEAF, volts, kelvin)) == pytest.approx(soc, abs=2e-5)


@given(st.floats(0.0, 1.0), st.floats(278.2, 295.0))
def test_resistances_fall_from_cold_to_room_temperature(soc, kelvin):
    warmer, colder = circuit_at(LEAF, soc, kelvin + 2.0)[0], circuit_at(LEAF, soc, kelvin)[0]
    assert warmer <= colder * (1 + 1e-12)


def test_nodes_of_a_set_are_returned_as_they_are():
    r0, r1, _, r2, tau2 = circuit_at(LEAF, LEAF.soc, np.full(LEAF.soc.size, 298.15))
    for found, table in ((r0, LEAF.r0), (r1, LEAF.r1), (r2, LEAF.r2), (tau2, LEAF.tau2)):
        np.testing.assert_allclose(found, table[1], rtol=1e-12)


def test_tables_hold_the_exact_decay_and_mean_of_a_relaxation():
    tables = tabulate(LEAF, 10.0)
    kelvin = np.full(401, tables.temperature_low + 3 * tables.temperature_step)
    r0, _, tau1, _, _ = circuit_at(LEAF, np.linspace(0, 1, 401), kelvin)
    np.testing.assert_allclose(tables.circuit[R0, 3], r0, rtol=1e-12)
    np.testing.assert_allclose(tables.circuit[DECAY1, 3], np.exp(-10 / tau1), rtol=1e-12)
    time = np.linspace(0, 10, 20001)
    mean = np.trapezoid(np.exp(-time / tau1[:, None]), time, axis=1) / 10
    np.testing.assert_allclose(tables.circuit[MEAN1, 3], mean, rtol=1e-7)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: open_circuit_voltage(LEAF, 1.01, 298.15), "state of charge 1.01 is outside"),
        (lambda: circuit_at(LEAF, 0.5, 260.0), "temperature 260 is outside"),
        (lambda: circuit_at(LEAF, np.nan, 298.15), "state of charge nan"),
        (lambda: soc_at_rest(LEAF, 4.5), "voltage at rest 4.5"),
        (lambda: parameter_set("unknown"), "no parameter set 'unknown'; there are: leaf-2013"),
        (lambda: tabulate(LEAF, 0.0), "step of 0 s"),
    ],
)
def test_asking_outside_of_a_set_is_refused(ask, message):
    with pytest.raises(ValueError, match=message):
        ask()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("capacity = ", "capacity = -", "capacity = -"),
        ("capacity = ", "size = ", "unknown field 'size'; field 'capacity'"),
        ("voltage_min = 2.5", "voltage_min = 4.5", "voltage_min is not below voltage_max"),
        ("voltage_min = 2.5", "voltage_min = true", "voltage_min = True is not a number"),
        ("self_discharge = 0.0", "self_discharge = 2.0", "self_discharge = 2"),
        ("provenance = [", "provenance = []\nx = [", "unknown field 'x'"),
        ("name = ", "name : ", "not TOML"),
    ],
)
def test_a_bad_set_is_refused_by_its_field(old, new, message):
    with pytest.raises(ValueError, match=message):
        read_parameters(TEXT.replace(old, new, 1))


def test_schmalstieg_law_gives_its_published_equation():
    # alpha_cap and beta_cap of the paper at 3.7 V, 35 degC, 100 days, 1000 Ah at 80 % depth.
    left, gained = age_nmc_schmalstieg(100 * 86400, 308.15, 3.7, 3.6e6, 3.7, 0.8)
    alpha = (7.543 * 3.7 - 23.75) * 1e6 * np.exp(-6976 / 308.15)
    beta = 7.348e-3 * (3.7 - 3.667) ** 2 + 7.6e-4 + 4.081e-3 * 0.8
    assert left == pytest.approx(1 - alpha * 100**0.75 - beta * np.sqrt(1000))
    assert gained > 1


@given(st.floats(1e5, 1e7), st.floats(1.05, 2.0), st.floats(260, 330), st.floats(0.5, 10))
def test_more_use_never_restores_capacity(throughput, more, kelvin, rate):
    less = fade_lfp_wang(throughput, kelvin, rate)
    assert fade_lfp_wang(throughput * more, kelvin, rate) < less < 1


def test_ageing_outside_of_what_was_tested_is_refused():
    with pytest.raises(ValueError, match="temperature"):
        age_nmc_schmalstieg(86400, 250.0, 3.7)
    with pytest.raises(ValueError, match="c_rate"):
        fade_lfp_wang(1e6, 298.15, 20.0)


def bpx(**changes):
    """A BPX file as the standard's examples have it; OCPs after Chen et al. 2020 (LG M50)."""
    negative = {
        "Minimum stoichiometry": 0.0279,
        "Maximum stoichiometry": 0.9014,
        "OCP [V]": "1.9793 * exp(-39.3631 * x) + 0.2482 - 0.0909 * tanh(29.8538 * (x - 0.1234)) "
        "- 0.04478 * tanh(14.9159 * (x - 0.2769)) - 0.0205 * tanh(30.4444 * (x - 0.6103))",
        "Entropic change coefficient [V.K-1]": {"x": [0, 1], "y": [1e-5, 2e-5]},
        "Particle radius [m]": 5.86e-6,
    }
    positive = {
        "Minimum stoichiometry": 0.2661,
        "Maximum stoichiometry": 0.9084,
        "OCP [V]": "-0.809 * x + 4.4875 - 0.0428 * tanh(18.5138 * (x - 0.5542)) "
        "- 17.7326 * tanh(15.789 * (x - 0.3117)) + 17.5842 * tanh(15.9308 * (x - 0.312))",
        "Entropic change coefficient [V.K-1]": 0.0,
    }
    cell = {
        "Nominal cell capacity [A.h]": 5.0,
        "Lower voltage cut-off [V]": 2.5,
        "Upper voltage cut-off [V]": 4.2,
        "Specific heat capacity [J.K-1.kg-1]": 999,
        "Density [kg.m-3]": 2800,
        "Volume [m3]": 2.42e-5,
    }
    for key, value in changes.items():
        target = {"cell": cell, "negative": negative}[key.split("__")[0]]
        target.update(value)
    body = {
        "Cell": cell,
        "Negative electrode": negative,
        "Positive electrode": positive,
        "Separator": {"Thickness [m]": 1e-5},
    }
    return json.dumps({"Header": {"Title": "LG M50"}, "Parameterisation": body})


def test_bpx_gives_the_voltage_between_the_cells_limits_and_says_what_it_dropped():
    found = read_bpx(bpx())
    assert found.ocv[-1] == pytest.approx(4.2, abs=0.05)
    assert found.ocv[0] == pytest.approx(2.5, abs=0.1)
    assert np.all(np.diff(found.ocv) > 0)
    assert found.heat_capacity == pytest.approx(67.7, abs=0.1)
    assert "Negative electrode: Particle radius [m]" in found.dropped
    assert "Separator (whole section)" in found.dropped
    cell = parameters_from_bpx(found, 0.025, current_max=10.0)
    assert float(circuit_at(cell, 0.5, 298.15)[0]) == pytest.approx(0.025)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON: line 1"),
        ("{}", "no 'Parameterisation'"),
        (bpx(cell={"Nominal cell capacity [A.h]": "five"}), "Nominal cell capacity"),
        (bpx(negative={"OCP [V]": "__import__('os')"}), "no arithmetic that BPX allows"),
        (bpx(negative={"OCP [V]": "1 +"}), "is not a formula"),
        (bpx(negative={"OCP [V]": None}), "neither number, formula nor table"),
        (bpx(negative={"Maximum stoichiometry": None}), "Maximum stoichiometry"),
        (bpx(negative={"Particle": {}}), "blended electrodes"),
    ],
)
def test_a_bad_bpx_file_is_refused(text, message):
    with pytest.raises(ValueError, match=message):
        read_bpx(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n", "no header"),
        ("Time(s),Current(A),Voltage(V)\n0,0,4\n1,x,4\n", "row 3: not numbers"),
        ("Time(s),Current(A),Voltage(V)\n0,0,4\n", "fewer than two rows"),
        ("Time(s),Current(A),Voltage(V)\n1,0,4\n0,0,4\n", "row 2: time runs backwards"),
        ("Time(s),Current(A),Voltage(V)\n0,0,4\n1,nan,4\n", "row 2: current is not a finite"),
    ],
)
def test_a_bad_record_is_refused_by_its_row(text, message):
    with pytest.raises(ValueError, match=message):
        parse_test(text, "file.csv", 298.15)


def test_a_rest_that_is_too_short_tells_no_end():
    time = np.arange(100.0)
    with pytest.raises(ValueError, match="too short"):
        relaxed_voltage(CellTest("x", time, 0 * time, 0 * time + 4, 298.15))
