"""Charts: limits of Phase I and II, engines, invariances, a second program's opinion."""

import math

import capstat_core
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packcalc.stats.charts.arl import cusum_arl, ewma_arl, shewhart_arl
from packcalc.stats.charts.attributes import c_chart, np_chart, p_chart, u_chart
from packcalc.stats.charts.chart import Baseline, read_baseline
from packcalc.stats.charts.individuals import i_mr
from packcalc.stats.charts.laney import laney_p, laney_u
from packcalc.stats.charts.mewma_limit import mewma_limit
from packcalc.stats.charts.multivariate import mewma, t2_individuals, t2_subgroups
from packcalc.stats.charts.plotted import plotted
from packcalc.stats.charts.shewhart import xbar_r, xbar_s
from packcalc.stats.charts.short_run import short_run
from packcalc.stats.charts.small_sample import widened
from packcalc.stats.charts.time_weighted import cusum, ewma
from packcalc.stats.constants import d2

X = np.random.default_rng(7).normal(3.6, 0.01, 60)
BLOCKS = X.reshape(-1, 5)


@pytest.mark.parametrize("chart", [xbar_r, xbar_s])
def test_ragged_subgroups_of_one_size_are_the_block(chart):
    block, ragged = chart(BLOCKS), chart([list(row) for row in BLOCKS[:-1]] + [list(BLOCKS[-1])])
    assert ragged.baseline.sigma == pytest.approx(block.baseline.sigma, rel=1e-12)
    different = chart([BLOCKS[0], BLOCKS[1][:3], BLOCKS[2]])
    widths = different.panel("mean").upper - different.panel("mean").centre
    assert widths[1] == pytest.approx(widths[0] * math.sqrt(5 / 3))


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_moving_ranges_give_sigma_whatever_the_engine(engine):
    found = i_mr(X, engine=engine).baseline
    assert found.sigma == pytest.approx(np.abs(np.diff(X)).mean() / d2(2), rel=1e-12)
    assert found.centre == pytest.approx(X.mean(), rel=1e-14)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.floats(-1e6, 1e6), min_size=4, max_size=4), min_size=1, max_size=30))
def test_means_and_ranges_are_the_same_from_either_engine(block):
    one, two = xbar_r(block, engine="numba"), xbar_r(block, engine="numpy")
    for statistic in ("mean", "range"):
        theirs = two.panel(statistic).points
        np.testing.assert_allclose(one.panel(statistic).points, theirs, rtol=1e-12, atol=1e-9)


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_an_offset_of_a_billion_does_not_change_the_chart(engine):
    wiggle = np.tile([0.0, 0.5, 1.0, 0.25], 5000)
    plain, moved = i_mr(wiggle, engine=engine), i_mr(wiggle + 1e9, engine=engine)
    assert moved.baseline.sigma == pytest.approx(plain.baseline.sigma, rel=1e-9)
    assert moved.panels[0].signals.points() == plain.panels[0].signals.points()


@settings(max_examples=40, deadline=None)
@given(shift=st.floats(-100, 100), scale=st.floats(0.01, 100))
def test_signals_do_not_depend_on_origin_and_unit(shift, scale):
    # tenths of sigma keep points clear of the lines, where rounding would decide
    z = np.round(np.random.default_rng(3).normal(size=80) * 2, 1) + 0.03
    base = Baseline("i_mr", 0.0, 1.0, 1, 25, 3.0, "given", version="A")
    moved = Baseline("i_mr", shift, scale, 1, 25, 3.0, "given", version="A")
    codes = ["1", "2", "5", "6", "7", "8"]
    one = i_mr(z, baseline=base, codes=codes).panels[0].signals.flags
    two = i_mr(z * scale + shift, baseline=moved, codes=codes).panels[0].signals.flags
    assert one.tolist() == two.tolist()


@settings(max_examples=40, deadline=None)
@given(
    x=st.lists(st.floats(-50, 50, width=32), min_size=1, max_size=400),
    weight=st.floats(0.01, 1),
    start=st.floats(0, 3),
)
def test_time_weighted_charts_agree_between_engines(x, weight, start):
    one, two = (
        ewma(x, centre=1.0, sigma=2.0, weight=weight, start=start, engine=e)
        for e in ("numba", "numpy")
    )
    np.testing.assert_allclose(one.statistic, two.statistic, atol=1e-10)
    up, again = (
        cusum(x, centre=1.0, slack=0.5, interval=5.0, head_start=start, engine=e)
        for e in ("numba", "numpy")
    )
    np.testing.assert_allclose(up.high, again.high, atol=1e-9)
    np.testing.assert_allclose(up.low, again.low, atol=1e-9)


def test_a_cusum_dates_the_shift():
    chart = cusum([0.0] * 10 + [2.0] * 5, centre=0.0, slack=0.5, interval=4.0)
    assert chart.above[0] == 13
    assert chart.since_above[12] == 3  # above zero since point 11, where the shift began


def test_phase_two_judges_new_points_on_the_old_limits():
    found = i_mr(X).baseline.frozen("2026-01")
    chart = i_mr([3.6, 3.7], baseline=found)
    assert chart.phase == "II"
    assert chart.panel("individual").signals.by_rule()["1"] == [2]


def test_frozen_limits_read_back_to_the_last_digit_and_are_not_frozen_twice():
    found = xbar_r(BLOCKS, exclude={3: "tool broken"}).baseline.frozen("B")
    assert read_baseline(found.to_json()) == found
    with pytest.raises(ValueError, match="frozen as B"):
        found.frozen("C")


def test_an_excluded_point_moves_the_limits_and_stays_on_the_chart():
    spoiled = X.copy()
    spoiled[10] = 9.0
    chart = i_mr(spoiled, exclude={11: "probe fell off"})
    assert chart.baseline.excluded == ((11, "probe fell off"),)
    assert chart.baseline.sigma < 0.02
    assert 11 in chart.panel("individual").signals.by_rule()["1"]


@pytest.mark.parametrize("exclude", [{0: "x"}, {61: "x"}, {3: " "}])
def test_an_exclusion_needs_a_point_and_a_reason(exclude):
    with pytest.raises(ValueError, match=r"point"):
        i_mr(X, exclude=exclude)


@pytest.mark.parametrize("chart", [i_mr, lambda x: xbar_r(np.reshape(x, (-1, 5)))])
def test_a_value_that_is_not_a_number_is_refused_with_its_place(chart):
    x = X.copy()
    x[7] = np.nan
    with pytest.raises(ValueError, match=r"point 8|subgroup 2"):
        chart(x)


def test_laneys_charts_are_p_and_u_charts_when_nothing_but_sampling_varies():
    rng = np.random.default_rng(0)
    assert laney_p(rng.binomial(2000, 0.05, 4000), 2000).baseline.sigma_ratio == pytest.approx(
        1, abs=0.04
    )
    assert laney_u(rng.poisson(50, 4000), 10).baseline.sigma_ratio == pytest.approx(1, abs=0.04)


def test_laneys_sigma_of_z_is_the_second_opinion_of_its_definition():
    d, n = np.array([1030, 950, 1100, 905, 1080]), 10000
    p = d.sum() / (5 * n)
    z = (d / n - p) / math.sqrt(p * (1 - p) / n)
    assert laney_p(d, n).baseline.sigma_ratio == pytest.approx(np.abs(np.diff(z)).mean() / d2(2))


@pytest.mark.parametrize(
    "bad", [lambda: p_chart([5], 4), lambda: c_chart([1.5]), lambda: u_chart([-1], 4)]
)
def test_counts_that_cannot_be_counted_are_refused(bad):
    with pytest.raises(ValueError, match="sample 1"):
        bad()


def test_np_and_p_charts_tell_the_same_story():
    d = [3, 4, 2, 15, 3]
    one, two = np_chart(d, 50).panels[0], p_chart(d, 50).panels[0]
    np.testing.assert_allclose(one.upper, 50 * two.upper)
    assert one.signals.points() == two.signals.points()


def test_short_runs_of_several_parts_share_one_chart():
    targets, sigmas = {"A": 10.0, "B": 50.0}, {"A": 0.1, "B": 1.0}
    chart = short_run(
        [10.1, 53.5, 9.9], ["A", "B", "A"], targets, sigmas=sigmas, method="standardised"
    )
    assert chart.panel("individual").signals.by_rule()["1"] == [2]
    with pytest.raises(ValueError, match="'C' has no target"):
        short_run([1.0], ["C"], targets)


def test_t2_names_the_characteristic_that_is_off():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(40, 3))
    x[20, 2] += 8
    chart = t2_individuals(x)
    assert 21 in chart.signals
    assert np.argmax(chart.contributions[20]) == 2


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0.5, 2), min_size=4, max_size=4))
def test_t2_does_not_depend_on_the_units_of_the_characteristics(a):
    x = np.random.default_rng(2).normal(size=(30, 2))
    matrix = np.array(a).reshape(2, 2) + 2 * np.eye(2)
    np.testing.assert_allclose(t2_individuals(x @ matrix).t2, t2_individuals(x).t2, rtol=1e-8)


def test_a_mewma_of_one_is_t2_with_known_parameters():
    x = np.random.default_rng(4).normal(size=(10, 2))
    chart = mewma(x, centre=[0, 0], covariance=np.eye(2), weight=1.0, limit=9.0)
    np.testing.assert_allclose(chart.statistic, np.square(x).sum(axis=1))


def test_a_characteristic_that_depends_on_the_others_is_refused():
    x = np.random.default_rng(5).normal(size=(20, 1))
    with pytest.raises(ValueError, match="positive definite"):
        t2_individuals(np.hstack([x, 2 * x]))


def test_t2_of_subgroups_with_one_characteristic_is_the_squared_xbar_chart():
    chart = t2_subgroups(BLOCKS[:, :, None])
    pooled = math.sqrt(BLOCKS.var(axis=1, ddof=1).mean())
    z = (BLOCKS.mean(axis=1) - BLOCKS.mean()) / (pooled / math.sqrt(5))
    np.testing.assert_allclose(chart.t2, z**2, rtol=1e-8)


def test_the_chain_of_all_eight_zone_rules_agrees_with_simulated_runs():
    from packcalc.stats.charts.run_rules import run_rules

    codes = ["1", "2", "5", "6", "7", "8"]
    z = np.random.default_rng(8).normal(0.5, 1, 400_000)
    flags = run_rules(np.insert(z, range(0, z.size, 200), np.nan), 0, 1, codes=codes).flags
    runs = flags.reshape(-1, 201)[:, 1:] > 0  # each row a fresh start of at most 200 points
    lengths = np.where(runs.any(axis=1), runs.argmax(axis=1) + 1, 200)
    assert lengths.mean() == pytest.approx(shewhart_arl(0.5, codes=codes).mean, rel=0.06)


@pytest.mark.parametrize(
    ("ours", "theirs", "data", "names"),
    [
        (i_mr, capstat_core.i_mr_chart, X, ("individual", "moving range")),
        (xbar_r, capstat_core.xbar_r_chart, BLOCKS, ("mean", "range")),
        (xbar_s, capstat_core.xbar_s_chart, BLOCKS, ("mean", "sd")),
    ],
)
def test_capstat_core_draws_the_same_lines(ours, theirs, data, names):
    chart, pair = ours(data), theirs(data)
    for name, other in zip(names, (pair.location, pair.dispersion), strict=True):
        panel = chart.panel(name)
        lines = (panel.lower[-1], panel.centre[-1], panel.upper[-1])
        limits = (other.limits.lower, other.limits.center, other.limits.upper)
        assert lines == pytest.approx(limits, rel=2e-4)  # its d2 is rounded to three decimals


@pytest.mark.parametrize(("points", "plain"), [(10, 0.02), (20, 0.009), (50, 0.004)])
def test_widened_limits_err_as_rarely_as_three_known_sigma(points, plain):
    """Simulated: the share of new points beyond limits that were found from few."""
    chance = np.random.default_rng(20)
    old, new = chance.normal(size=(60_000, points)), chance.normal(size=60_000)
    sigma = np.abs(np.diff(old, axis=1)).mean(axis=1) / d2(2)
    away = np.abs(new - old.mean(axis=1)) / sigma
    wide = widened(Baseline("i_mr", 0.0, 1.0, 1, points, 3.0, "mean moving range")).widening
    assert (away > 3).mean() > plain
    assert 0.0015 < (away > 3 * wide).mean() < 0.0032  # 0.0027; fewer where few points made them


def test_widening_moves_limits_and_zones_of_values_and_leaves_the_scatter_alone():
    blocks = np.random.default_rng(5).normal(10.0, 0.1, size=(12, 4))
    found = xbar_s(blocks).baseline
    wide = widened(found)
    before, after = xbar_s(blocks, baseline=found), xbar_s(blocks, baseline=wide)
    reach = [float(c.panel("mean").upper[0]) - c.baseline.centre for c in (before, after)]
    assert reach[1] / reach[0] == pytest.approx(wide.widening)
    assert wide.widening == pytest.approx(1.12, abs=0.02)
    assert "12 points" in wide.convention
    np.testing.assert_array_equal(before.panel("sd").upper, after.panel("sd").upper)
    assert read_baseline(wide.frozen("A").to_json()) == wide.frozen("A")
    with pytest.raises(ValueError, match="widen before freezing"):
        widened(wide.frozen("A"))


@pytest.mark.parametrize(
    ("characteristics", "weight", "arl", "limit"),
    # Prabhu & Runger (1997) J. Quality Technology 29, Table 1; Rigdon (1995), Table 1
    [(2, 0.1, 200, 8.64), (4, 0.1, 200, 12.73), (4, 0.25, 500, 16.38)],
)
def test_the_limit_of_a_mewma_is_the_published_one(characteristics, weight, arl, limit):
    assert mewma_limit(characteristics, weight=weight, arl=arl) == pytest.approx(limit, abs=0.01)


def test_a_mewma_of_weight_one_is_t2_with_a_chi_square_limit():
    assert mewma_limit(2, weight=1, arl=200) == pytest.approx(10.5966, abs=1e-3)  # chi2 0.995, 2


# Lucas & Crosier (1982) Technometrics 24, Table 1 (fast initial response); Vance (1986) and
# Waldmann (1986), one-sided; all as quoted in the help pages of the R package spc
@pytest.mark.parametrize(
    ("slack", "interval", "start", "two", "lengths"),
    [
        (0.5, 4.0, 2.0, True, {0: 149, 0.25: 62.7, 0.5: 20.1, 0.75: 8.97, 1: 5.29, 2: 2.01}),
        (0.0, 10.0, 0.0, False, {-0.25: 2071.51, 0: 124.66, 0.125: 59.30, 0.5: 20.37, 1: 10.75}),
        (0.5, 3.0, 0.0, False, {-0.5: 1963, 0: 117.4, 0.5: 17.35}),
    ],
)  # fmt: skip
def test_run_lengths_of_a_cusum_are_the_published_ones(slack, interval, start, two, lengths):
    for shift, length in lengths.items():
        found = cusum_arl(shift, slack=slack, interval=interval, head_start=start, two_sided=two)
        assert found == pytest.approx(length, rel=4e-3), shift


# Lucas & Saccucci (1990) Technometrics 32, Table 3: schemes of an ARL of 500
@pytest.mark.parametrize(
    ("weight", "width", "at_one", "at_two"),
    [
        (0.4, 3.054, 14.3, 3.5),
        (0.25, 2.998, 11.1, 3.6),
        (0.1, 2.814, 10.3, 4.4),
        (0.05, 2.615, 11.4, 5.2),
    ],
)  # fmt: skip
def test_run_lengths_of_an_ewma_are_the_published_ones(weight, width, at_one, at_two):
    assert ewma_arl(0.0, weight=weight, width=width) == pytest.approx(500, rel=0.005)
    assert ewma_arl(1.0, weight=weight, width=width) == pytest.approx(at_one, abs=0.06)
    assert ewma_arl(2.0, weight=weight, width=width) == pytest.approx(at_two, abs=0.06)


def test_charts_with_memory_are_laid_out_with_their_own_limits():
    base = Baseline("i_mr", 0.0, 1.0, 1, 20, 3.0, "given", version="A")
    x = np.repeat([0.0, 2.0], 10)
    summed = cusum(x, centre=0.0, slack=0.5, interval=5.0)
    high, low = plotted(summed, base).panels
    assert high.signals.points() == summed.above
    assert low.signals.points() == []
    assert np.isneginf(low.lower).all()
    averaged = ewma(x, centre=0.0, sigma=1.0)
    assert plotted(averaged, base).panels[0].signals.points() == averaged.signals
    pair = t2_individuals(np.random.default_rng(1).normal(size=(30, 2)))
    panel = plotted(pair, base).panel("T2")
    assert (panel.upper[0], panel.signals.points()) == (pair.limit, pair.signals)
