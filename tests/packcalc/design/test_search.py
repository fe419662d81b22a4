"""The search against a plain enumeration of every series and parallel count."""

from dataclasses import replace
from math import floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packcalc.design import (
    DesignRules,
    DesignTargets,
    check_pack,
    find_designs,
    interconnect_resistance,
    pack_figures,
)
from tests.packcalc.design.cells import BARE, ROUND

WINDOW = DesignTargets(voltage_max=54.6, voltage_min=32.0, continuous_current=30.0)


def meets(cell, s, p, t, rules):
    """Judge one pack by sentences of the requirement, written without the code under test."""
    joint = min(max(0.01 * cell.dc_resistance, 0.02e-3), 0.2e-3) * 2
    link = max(0.02 * cell.dc_resistance / p, 0.02e-3)
    lost = t.continuous_current * (2 * s * joint / p + (s + 1) * link)
    energy = p * cell.capacity * (s * cell.nominal_voltage - lost)
    return (
        s * cell.charge_voltage <= t.voltage_max + 1e-9
        and s * cell.cutoff_voltage >= t.voltage_min - 1e-9
        and energy >= t.energy_min
        and p * cell.continuous_current >= t.continuous_current
        and p * cell.peak_current >= t.peak_current
        and p * cell.charge_current >= t.charge_current
        and s * p * cell.mass / rules.cell_mass_share <= t.mass_max
    )


@settings(max_examples=60, deadline=None)
@given(
    voltage=st.floats(12, 80),
    depth=st.floats(0.4, 0.95),
    energy=st.floats(1e5, 1e7),
    current=st.floats(1, 120),
    peak=st.floats(1, 200),
    charge=st.floats(1, 60),
    mass=st.floats(0.5, 30),
    capacity=st.floats(3600, 36000),
    resistance=st.floats(0.001, 0.05),
)
def test_the_search_finds_exactly_what_an_enumeration_finds(
    voltage, depth, energy, current, peak, charge, mass, capacity, resistance
):
    cell = replace(ROUND, capacity=capacity, dc_resistance=resistance)
    rules = DesignRules(parallel_limit=40)
    targets = DesignTargets(
        voltage_max=voltage,
        voltage_min=voltage * depth,
        energy_min=energy,
        continuous_current=current,
        peak_current=peak,
        peak_duration=5.0,
        charge_current=charge,
        mass_max=mass,
    )
    found = {(d.series, d.parallel) for d in find_designs([cell], targets, "mass", rules).feasible}
    every = {
        (s, p) for s in range(1, 25) for p in range(1, 41) if meets(cell, s, p, targets, rules)
    }
    least = {s: min(p for q, p in every if q == s) for s, _ in every}
    expected = {
        (s, p) for s, p in every if p <= max(least[s] + 1, floor(least[s] * rules.oversize))
    }
    assert found == expected


def test_series_count_follows_from_full_charge_and_discharge_limit():
    study = find_designs([ROUND], WINDOW)
    assert {d.series for d in study.feasible} == {13}
    wider = replace(WINDOW, voltage_max=58.8)
    assert {d.series for d in find_designs([ROUND], wider).feasible} == {13, 14}


def test_a_window_that_no_count_fits_names_the_nearest_miss():
    study = find_designs([ROUND], replace(WINDOW, voltage_min=40.0))
    assert not study.feasible
    assert {(d.series, d.binding.name) for d in study.rejected} == {
        (13, "min_voltage"),
        (16, "max_voltage"),
    } | {(d.series, "continuous_discharge_current") for d in study.rejected if d.parallel < 3}


def test_every_cell_has_at_least_one_line():
    targets = replace(WINDOW, mass_max=0.001)
    study = find_designs([ROUND, BARE], targets)
    assert {d.cell.code for d in study.rejected} == {"round", "bare"}


def test_what_the_sheet_does_not_state_is_not_shown_to_be_met():
    study = find_designs([BARE], DesignTargets(voltage_max=58.4, continuous_current=10.0))
    assert not study.feasible
    assert study.rejected[0].binding.value is None
    assert "does not state" in study.rejected[0].reason


def test_a_peak_without_a_stated_duration_falls_back_to_the_continuous_rating():
    silent = replace(ROUND, peak_duration=None)
    targets = DesignTargets(voltage_max=54.6, peak_current=60.0, peak_duration=10.0)
    figures = pack_figures(silent, 13, 3, targets, DesignRules())
    assert figures.peak_current == 30.0
    assert "continuous rating has to carry the peak" in figures.peak_note
    stated = pack_figures(ROUND, 13, 3, targets, DesignRules())
    assert stated.peak_current == 60.0


def test_a_shorter_peak_than_asked_does_not_count():
    targets = DesignTargets(voltage_max=54.6, peak_current=60.0, peak_duration=30.0)
    figures = pack_figures(ROUND, 13, 3, targets, DesignRules())
    assert figures.peak_current == 30.0
    assert "for 10 s only" in figures.peak_note


@given(order=st.permutations(["a", "b", "c", "d"]))
def test_the_order_of_the_catalogue_changes_nothing(order):
    cells = [replace(ROUND, code=code) for code in order]
    study = find_designs(cells, WINDOW, "cell_count")
    assert [d.cell.code for d in study.feasible[:4]] == ["a", "b", "c", "d"]


@pytest.mark.parametrize("objective", ["mass", "volume", "cell_count", "energy"])
def test_ranks_rise_with_the_score(objective):
    study = find_designs([ROUND, replace(ROUND, code="light", mass=0.05)], WINDOW, objective)
    scores = [d.score for d in study.feasible]
    assert scores == sorted(scores)
    assert [d.rank for d in study.feasible] == list(range(1, len(scores) + 1))


def test_an_unknown_figure_ranks_behind_the_known_ones():
    study = find_designs([replace(ROUND, code="a", mass=None), ROUND], WINDOW, "mass")
    assert study.feasible[0].cell.code == "round"
    assert study.feasible[-1].score is None


def test_costs_in_two_currencies_are_not_compared():
    cells = [
        replace(ROUND, code="a", cost=3.0, currency="EUR"),
        replace(ROUND, code="b", cost=3.0, currency="USD"),
    ]
    with pytest.raises(ValueError, match="several currencies: EUR, USD"):
        find_designs(cells, WINDOW, "cost")


def test_two_cells_of_one_code_are_refused():
    with pytest.raises(ValueError, match="same code"):
        find_designs([ROUND, ROUND], WINDOW)


def test_a_limit_that_is_met_exactly_is_met():
    """14 x 4.2 V is 58.800000000000004 V in binary."""
    study = find_designs([ROUND], DesignTargets(voltage_max=58.8, series=(14, 14)))
    assert study.feasible[0].binding.margin == 0.0


def test_interconnect_loss_is_taken_off_the_energy():
    targets = replace(WINDOW, continuous_current=40.0)
    figures = pack_figures(ROUND, 13, 4, targets, DesignRules())
    lost = 40.0 * interconnect_resistance(ROUND, 13, 4, DesignRules())
    assert figures.energy == pytest.approx(4 * 18000 * (13 * 3.6 - lost))
    assert figures.energy < 13 * 4 * ROUND.energy


def test_a_margin_says_how_far_inside_or_outside():
    figures = pack_figures(ROUND, 13, 4, WINDOW, DesignRules())
    margins = {c.name: c.margin for c in check_pack(ROUND, figures, WINDOW)}
    assert margins["continuous_discharge_current"] == pytest.approx(40 / 30 - 1)
    assert margins["min_voltage"] == pytest.approx(32.5 / 32 - 1)


@pytest.mark.parametrize(
    ("low", "high"), [({"voltage_min": 60.0}, {"voltage_max": 50.0}), ({"energy_min": 2.0}, {})]
)
def test_contradictory_targets_are_refused(low, high):
    bounds = {**low, **high, "energy_max": 1.0}
    with pytest.raises(ValueError, match="lies above"):
        DesignTargets(**bounds)


def test_a_cell_with_its_voltages_out_of_order_is_refused():
    with pytest.raises(ValueError, match="voltages out of order"):
        replace(ROUND, nominal_voltage=4.3)
