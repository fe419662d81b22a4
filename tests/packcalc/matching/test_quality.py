"""How good a matching is on the populations that the goals are stated for."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.matching import GOAL_1, GOAL_2, population

from packcalc.matching import CellArrays, Gauge, Objective, Rules, Topology, Window, match
from packcalc.matching.floor import expected_maximum, measurement_floor


@pytest.fixture(scope="module")
def large():
    pytest.importorskip("numba")
    return match(population(30_000), Topology(10, 3), GOAL_1)


def test_every_pack_that_the_count_allows_is_made(large):
    assert len(large.assignment) == large.pack_bound == 1000


def test_capacity_is_equal_to_one_step_in_all_but_one_pack_of_a_hundred(large):
    """One step of 0.1 mAh is 6.7 ppm of a group; goal 1 asks for 50 and 300 ppm."""
    assert np.count_nonzero(large.certified()) >= 990
    assert large.packs.capacity_spread_ppm.max() <= 15


def test_packs_come_in_an_order_that_shows_no_trend(large):
    """Neighbours are no more alike than chance: 4 standard errors of a lag-one correlation."""
    mean = large.groups.resistance.mean(1)
    away = mean - mean.mean()
    assert abs((away[1:] * away[:-1]).sum() / (away**2).sum()) < 4 / np.sqrt(len(mean))


def test_group_resistance_is_equal_in_the_same_packs(large):
    assert np.median(large.packs.resistance_spread_ratio) <= 0.0005
    assert large.packs.resistance_spread_ratio.max() <= 0.025


def test_cells_of_a_group_are_close_in_resistance(large):
    assert np.median(large.groups.resistance_spread) <= 0.1


def test_no_group_is_joined_over_five_millivolts(large):
    assert large.groups.ocv_spread.max() <= 0.005 + 1e-9


def test_lots_stay_apart_and_each_gives_what_its_cells_allow():
    cells = population(20_000, seed=5, lots=5, odd=0.01)
    found = match(cells, Topology(10, 3), GOAL_2)
    assert len(found.assignment) == found.pack_bound
    assert (np.ptp(cells.lot[found.assignment], axis=(1, 2)) == 0).all()


def test_the_number_of_threads_does_not_change_the_answer():
    cells = population(12_000, seed=2)
    one, two = (match(cells, Topology(10, 3), GOAL_1, threads=n) for n in (1, 2))
    assert (one.assignment == two.assignment).all()


def test_the_constructive_start_alone_keeps_the_rules_too():
    found = match(population(6_000), Topology(10, 3), GOAL_1, Objective(effort=0))
    assert len(found.assignment) == 200
    assert found.groups.ocv_spread.max() <= 0.005 + 1e-9


def test_expected_maxima_are_those_of_the_table():
    """Harter, Biometrika 48 (1961) 151-165: expected values of normal order statistics."""
    table = {2: 0.56419, 3: 0.84628, 5: 1.16296, 10: 1.53875, 20: 1.86748, 50: 2.24907}
    assert {n: round(expected_maximum(n), 5) for n in table} == table


def test_the_true_loss_is_at_the_measurement_floor():
    random = np.random.default_rng(11)
    true = 5 * (1 + 0.006 * random.standard_normal(9000))
    read = np.round(true + random.normal(0, 0.005, 9000), 4)
    found = match(CellArrays(read, gauge=Gauge(capacity_sd=0.005)), Topology(10, 3))
    group = true[found.assignment].sum(2)
    loss = float((1 - group.min(1) / group.mean(1)).mean())
    assert loss == pytest.approx(found.floor_ratio, rel=0.05)


def test_a_perfect_gauge_has_no_floor():
    assert measurement_floor(Topology(10, 3), 0.0, 0.006) == 0.0


@pytest.mark.parametrize("topology", [Topology(1, 1), Topology(1, 4), Topology(4, 1)])
def test_degenerate_topologies_are_matched(topology):
    found = match(population(100), topology)
    assert len(found.assignment) == 100 // topology.cells


def test_equal_cells_are_certified_equal():
    cells = CellArrays(np.full(30, 5.0), np.full(30, 15.0), np.full(30, 3.6))
    found = match(cells, Topology(5, 3))
    assert found.certified().all()


def test_nothing_in_gives_nothing_out():
    found = match(CellArrays(np.zeros(0)), Topology(10, 3))
    assert found.assignment.shape == (0, 10, 3)


def test_an_infinite_tail_does_not_stop_the_match():
    random = np.random.default_rng(3)
    capacity = np.abs(random.standard_cauchy(600)) + 1
    found = match(CellArrays(np.append(capacity, [np.inf, np.nan, 0.0])), Topology(5, 3))
    assert len(found.assignment) == 40
    assert len(found.rejected) == 3


def test_a_window_in_sigmas_keeps_the_middle():
    cells = population(1000, odd=0.02, seed=3)
    found = match(cells, Topology(10, 3), Rules(windows={"capacity": Window(sigmas=4)}))
    assert cells.capacity[found.rejected].max() < 4.9


def test_strata_are_no_finer_than_the_gauge_repeats():
    cells = population(30_000)
    coarse = CellArrays(cells.capacity, cells.resistance, gauge=Gauge(resistance_sd=0.2))
    fine = CellArrays(cells.capacity, cells.resistance, gauge=Gauge(resistance_sd=0.001))
    wide, narrow = (match(c, Topology(10, 3)).groups.resistance_spread for c in (coarse, fine))
    assert np.median(wide) > 1.5 * np.median(narrow)
    assert np.median(wide) < 0.5
