"""Capability: conventions are named, thin data give no figure, laws hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from packcalc.stats.capability import capability
from packcalc.stats.constants import c4, d2, d2_star, d3
from packcalc.stats.indices import cp_interval, cpk_interval
from packcalc.stats.limits import Limits
from packcalc.stats.no_data import NoData
from packcalc.stats.spread import effective_degrees, within_subgroups

X = np.random.default_rng(5).normal(10, 1, (25, 5))
SPEC = Limits(6.0, 14.0, "mm")


def test_too_few_values_give_no_figure_and_say_how_many_are_needed():
    assert str(capability(X[0], SPEC)) == "no data: 5 values; at least 10 are needed"


def test_equal_values_give_no_figure_instead_of_an_infinite_one():
    assert isinstance(capability([1.0] * 30, SPEC), NoData)


def test_a_one_sided_limit_has_no_cp_and_its_cpk_is_the_side_there_is():
    study = capability(X, Limits(6.0, None, "mm"))
    assert isinstance(study.cp, NoData)
    assert isinstance(study.cpu, NoData)
    assert study.cpk == study.cpl


def test_a_value_that_is_not_a_number_is_refused_by_name():
    with pytest.raises(ValueError, match="subgroup 2 contain"):
        capability([[1.0, 2.0], [np.nan, 1.0]], SPEC)


@pytest.mark.parametrize("method", ["pooled", "rbar", "sbar"])
def test_within_estimates_are_unbiased_for_subgroups(method):
    blocks = np.random.default_rng(1).normal(0, 2, (4000, 5))
    assert within_subgroups(blocks, method=method).sigma == pytest.approx(2, rel=0.01)


@pytest.mark.parametrize("method", ["moving_range", "median_moving_range"])
def test_within_estimates_are_unbiased_for_individuals(method):
    x = np.random.default_rng(2).normal(0, 2, 40_000)
    assert within_subgroups(x, method=method).sigma == pytest.approx(2, rel=0.02)


@pytest.mark.parametrize("method", ["rbar", "sbar", "moving_range", "median_moving_range"])
def test_effective_degrees_of_freedom_match_the_simulated_scatter(method):
    rng = np.random.default_rng(3)
    blocks = rng.normal(size=(1500, 10, 4))
    pick = blocks.reshape(1500, 40) if "moving" in method else blocks
    made = [within_subgroups(b, method=method) for b in pick]
    scatter = np.var([m.sigma for m in made])
    assert made[0].degrees == pytest.approx(effective_degrees(scatter), rel=0.12)


def test_a_freedom_of_chi_recovers_itself():
    assert effective_degrees(1 / c4(8) ** 2 - 1) == pytest.approx(7)


@pytest.mark.parametrize("n", [2, 3, 5, 10, 25, 100])
def test_range_constants_match_the_studentized_range_of_scipy(n):
    # the mean of the range is the integral of its survival function
    w = np.linspace(0, 14, 3001)
    upper = 1 - stats.studentized_range.cdf(w[1:], n, 1e9) if n <= 5 else None
    if upper is not None:
        assert d2(n) == pytest.approx(np.trapezoid(np.r_[1, upper], w), abs=1e-3)
    sample = np.ptp(np.random.default_rng(n).normal(size=(60_000, n)), axis=1)
    assert d2(n) == pytest.approx(sample.mean(), rel=0.01)
    assert d3(n) == pytest.approx(sample.std(), rel=0.02)


def test_d2_star_tends_to_d2_with_many_groups():
    assert d2_star(5, 10**9) == pytest.approx(d2(5))


@settings(max_examples=40)
@given(shift=st.floats(-1e3, 1e3), scale=st.floats(1e-3, 1e3))
def test_indices_do_not_depend_on_the_origin_or_the_unit(shift, scale):
    moved = capability(
        X * scale + shift, Limits(6 * scale + shift, 14 * scale + shift, "um"), minimum=10
    )
    plain = capability(X, SPEC)
    for name in ("cp", "cpk", "pp", "ppk"):
        assert getattr(moved, name).value == pytest.approx(getattr(plain, name).value, rel=1e-6)


def test_the_interval_of_cp_covers_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(4)
    s = rng.normal(size=(4000, 30)).std(axis=1, ddof=1)
    bounds = [cp_interval(1 / v, 29) for v in s]
    assert np.mean([b.low <= 1 <= b.high for b in bounds]) == pytest.approx(0.95, abs=0.012)


def test_the_interval_of_cpk_covers_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(6)
    x = rng.normal(size=(4000, 50))
    values = (4 - x.mean(axis=1)) / (3 * x.std(axis=1, ddof=1))
    bounds = [cpk_interval(v, 50) for v in values]
    assert np.mean([b.low <= 4 / 3 <= b.high for b in bounds]) == pytest.approx(0.95, abs=0.02)
