"""Yields: exact intervals, no data as a value of its own, scrap does not flatter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from packcalc.stats.intervals import poisson_interval, proportion
from packcalc.stats.no_data import NoData
from packcalc.stats.sigma_level import dpmo_at_sigma_level, sigma_level
from packcalc.stats.yields import (
    StepCount,
    dppm,
    first_pass_yield,
    pareto,
    rolled_throughput_yield,
)


@pytest.mark.parametrize(("k", "n"), [(0, 10), (3, 10), (10, 10), (1, 2000)])
def test_two_sided_bounds_are_those_of_scipy(k, n):
    ours = proportion(k, n, ends="two_sided")
    theirs = stats.binomtest(k, n).proportion_ci(0.95, method="exact")
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_zero_defects_bound_from_above_by_the_success_run_theorem():
    assert dppm(0, 59).high == pytest.approx((1 - 0.05 ** (1 / 59)) * 1e6, rel=1e-12)


def test_no_unit_inspected_is_neither_zero_nor_a_million():
    for answer in (dppm(0, 0), first_pass_yield(0, 0), pareto({}), pareto({"leak": 0})):
        assert isinstance(answer, NoData)
    with pytest.raises(TypeError):
        first_pass_yield(0, 0) < 0.9  # noqa: B015


def test_one_step_without_data_leaves_the_whole_line_without():
    line = [StepCount("weld", 50, 50), StepCount("leak", 0, 0)]
    assert rolled_throughput_yield(line) == NoData("no unit entered leak")


@given(st.lists(st.tuples(st.integers(1, 500), st.floats(0, 1)), min_size=1, max_size=6))
def test_rolled_yield_is_never_above_the_worst_step(raw):
    steps = [StepCount(str(i), n, int(n * share)) for i, (n, share) in enumerate(raw)]
    rolled = rolled_throughput_yield(steps)
    assert rolled.value <= min(s.first_pass / s.entered for s in steps) + 1e-12


@given(st.integers(0, 300), st.integers(1, 300))
def test_the_interval_holds_the_estimate(k, n):
    estimate = proportion(min(k, n), n)
    assert estimate.low <= estimate.value <= estimate.high


def test_poisson_bounds_are_those_of_the_chi_square():
    low, high = poisson_interval(7)
    assert low == pytest.approx(stats.chi2.ppf(0.025, 14) / 2)
    assert high == pytest.approx(stats.chi2.ppf(0.975, 16) / 2)


@given(st.floats(1.6, 7))
def test_sigma_level_and_dpmo_undo_each_other(level):
    assert sigma_level(dpmo_at_sigma_level(level)) == pytest.approx(level, abs=1e-6)


def test_more_good_than_entered_is_refused():
    with pytest.raises(ValueError, match="11 of 10"):
        first_pass_yield(11, 10)
