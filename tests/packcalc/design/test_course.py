"""Simulated designs against closed forms, sheets and brute force."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from packcalc.design import CellSpec, DesignRules, DesignTargets, lay_out_cells, pareto_front
from packcalc.design.course import design_pack, simulate_design
from packcalc.design.joints import joint_resistance, link_resistance
from packcalc.design.stand_in import CURVES, stand_in_circuit
from packcalc.pack import constant_current, simulate
from packcalc.thermal import block_network, steady_temperatures

M50 = CellSpec(
    "m50", "NMC", "cylindrical", 5.0 * 3600, 3.63, 4.2, 2.5,
    mass=0.069, diameter=0.02114, height=0.07015, dc_resistance=0.030,
)  # fmt: skip


def test_the_curve_of_the_m50_ends_where_its_authors_say():
    """Chen et al. 2020, table VII: 0 % and 100 % of charge are 2.5 and 4.2 V."""
    ends = CURVES["NMC"].voltage(np.array([0.0, 1.0]))
    assert ends == pytest.approx([2.5, 4.2], abs=0.02)


def test_the_lfp_curve_is_flat_where_lfp_is():
    """Two-phase LFP: 3.2 to 3.4 V over the middle of its charge, its ends as it was balanced."""
    curve = CURVES["LFP"]
    assert curve.voltage(np.array([0.0, 1.0])) == pytest.approx([2.0, 3.6], abs=0.15)
    middle = curve.voltage(np.linspace(0.2, 0.9, 50))
    assert middle.min() > 3.15
    assert middle.max() < 3.40


@pytest.mark.parametrize("chemistry", sorted(CURVES))
def test_a_stand_in_keeps_the_sheets_voltages_and_charge(chemistry):
    high, low = (3.6, 2.5) if chemistry == "LFP" else (4.2, 2.75)
    cell = CellSpec(
        "x", chemistry, "prismatic", 3.6e5, 3.2, high, low, mass=2.0, ac_resistance=1e-3
    )
    circuit = stand_in_circuit(cell)
    assert circuit.ocv[[0, -1]] == pytest.approx([low, high], abs=1e-3)
    assert np.all(np.diff(circuit.ocv) > 0)
    assert circuit.capacity == 3.6e5


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"chemistry": "Na-ion"}, "no open-circuit curve for Na-ion"),
        ({"charge_voltage": 4.6}, "not from 2.5 to 4.6"),
        ({"dc_resistance": None}, "states no resistance"),
        ({"mass": None}, "states no mass"),
    ],
)
def test_what_cannot_be_stood_in_for_is_said(change, says):
    from dataclasses import replace

    with pytest.raises(ValueError, match=says):
        stand_in_circuit(replace(M50, **change))


def test_a_design_gives_the_area_under_its_curve_less_what_it_loses():
    """Closed form: with one resistance, energy = integral of OCV dq - I^2 R t."""
    rules, wish = DesignRules(), DesignTargets(peak_current=30.0, peak_duration=10.0)
    circuit = stand_in_circuit(M50)
    course = simulate_design(M50, circuit, 13, 4, None, wish, rules)
    joint, _ = joint_resistance(M50, rules)
    link = link_resistance(M50, 4, rules)
    resistance = 13 * (0.030 + 2 * joint) / 4 + 14 * link
    current = 4 * 5.0 / 5
    assert course.voltage_c5[0] == pytest.approx(13 * 4.2, abs=1e-4)
    middle = 13 * float(np.interp(0.5, circuit.soc, circuit.ocv))
    assert course.voltage_c5[50] == pytest.approx(middle - current * resistance, abs=0.02)
    assert course.sag == pytest.approx(30.0 * resistance, rel=0.02)
    area = 13 * np.trapezoid(circuit.ocv, circuit.soc) * 4 * 18000
    assert course.energy_c5 == pytest.approx(area - current * resistance * 4 * 18000, rel=2e-3)
    assert course.energy_c1 < course.energy_c5


def test_warmth_stays_below_what_it_would_come_to_at_last_and_inner_cells_are_warmer():
    rules = DesignRules()
    layout = lay_out_cells(M50, 52, rules)
    wish = DesignTargets(continuous_current=10.0)
    course = simulate_design(M50, stand_in_circuit(M50), 13, 4, layout, wish, rules)
    network = block_network(
        (layout.columns, layout.rows, layout.layers), 52, layout.sides, 56.58, gap=rules.gap,
        film=10.0, axis=2,
    )  # fmt: skip
    joint, _ = joint_resistance(M50, rules)
    heat = np.full(52, 2.5**2 * (0.030 + 2 * joint + link_resistance(M50, 4, rules) * 14 / 13 * 4))
    last = steady_temperatures(network, heat, 298.15)
    assert 0 < course.rise < last.max() - 298.15
    assert 0 < course.spread < last.max() - last.min()


def test_a_block_gives_its_heat_through_its_outside():
    """All cells alike and well joined: the block is one body of six faces."""
    network = block_network(
        (4, 3, 2), 24, (0.02, 0.03, 0.07), 60.0, gap=1e-3, film=10.0, conductivity=1e3
    )
    faces = 2 * (0.08 * 0.09 + 0.08 * 0.14 + 0.09 * 0.14)
    warm = steady_temperatures(network, np.full(24, 0.5), 300.0)
    assert warm.mean() - 300 == pytest.approx(12.0 / (10.0 * faces), rel=1e-3)


TABLES = arrays(
    float,
    st.tuples(st.integers(1, 12), st.integers(1, 3)),
    elements=st.sampled_from([0.0, 1.0, 2.0, np.nan]),
)


@given(TABLES)
def test_the_front_is_that_of_comparing_every_pair(table):
    known = np.where(np.isnan(table), np.inf, table)
    beaten = [
        any(
            all(b <= a for a, b in zip(one, other, strict=True))
            and any(b < a for a, b in zip(one, other, strict=True))
            for other in known.tolist()
        )
        for one in known.tolist()
    ]
    assert pareto_front(table).tolist() == [not b for b in beaten]


def test_a_pack_that_gets_too_warm_says_what_it_bears_and_what_would_cool_it():
    from dataclasses import replace

    cell, rules = replace(M50, discharge_temperature_max=333.15), DesignRules()
    circuit, layout = stand_in_circuit(cell), lay_out_cells(cell, 52, rules)
    wish = DesignTargets(continuous_current=24.0)
    course = simulate_design(cell, circuit, 13, 4, layout, wish, rules)
    assert course.limit_after is not None
    (said,) = [note for note in course.notes if "stays below 60 degC up to" in note]
    bears = float(said.split("up to ")[1].split(" A")[0])
    films = float(said.split("needs ")[1].split(" W")[0])
    assert 0.5 * 24 < bears < 24
    assert 10 < films < 250
    at = simulate_design(
        cell, circuit, 13, 4, layout, replace(wish, continuous_current=0.98 * bears), rules
    )
    assert at.limit_after is None
    cooled = design_pack(cell, circuit, 13, 4, layout, rules, 1.1 * films)
    load = constant_current(24.0, 1.05 * 4 * 18000 / 24, 4 * 18000 / 24 / 360)
    run = simulate(cooled, load, soc=1.0, temperature=298.15, beyond_current=True)
    assert run.temperature.max() < 333.15
