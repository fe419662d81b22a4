"""Reliability: optima, identities between censorings, intervals, forecasts."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from packcalc.stats.no_data import NoData
from packcalc.stats.reliability.demonstration import mtbf_bounds
from packcalc.stats.reliability.fit import fit_exponential, fit_lognormal, fit_weibull
from packcalc.stats.reliability.life_data import life_data
from packcalc.stats.reliability.life_intervals import likelihood_interval
from packcalc.stats.reliability.likelihood import log_likelihood, maximise
from packcalc.stats.reliability.nonparametric import kaplan_meier, median_ranks, rank_regression
from packcalc.stats.reliability.warranty import forecast_returns, read_nevada
from packcalc.stats.reliability.weibull3 import fit_weibull_3

RNG = np.random.default_rng(21)
TIMES = 1000 * RNG.weibull(1.8, 60)
CENSORED = life_data(TIMES[TIMES < 1200], np.full((TIMES >= 1200).sum(), 1200.0))


def test_the_weibull_fit_is_the_optimum_to_a_millionth_on_many_units():
    t = 1000 * np.random.default_rng(1).weibull(1.7, 100_000)
    data = life_data(t[t < 1200], np.full((t >= 1200).sum(), 1200.0))
    fit = fit_weibull(data)
    failures = np.log(data.failures)

    def score(shape):  # derivative of the profile likelihood, written independently
        logs = np.concatenate([failures, np.log(data.survivors)])
        w = np.exp(shape * (logs - 7))
        return (w @ logs) / w.sum() - 1 / shape - failures.mean()

    best = optimize.brentq(score, 0.5, 5, xtol=1e-13)
    assert fit.shape == pytest.approx(best, rel=1e-6)


@pytest.mark.parametrize("family", ["weibull", "lognormal"])
def test_general_and_special_ways_to_the_top_meet(family):
    fit = (fit_weibull if family == "weibull" else fit_lognormal)(CENSORED)
    mu, log_sigma = maximise(CENSORED, family, (6.0, 0.0))
    assert math.exp(mu) == pytest.approx(fit.scale, rel=1e-6)
    assert log_likelihood(CENSORED, family, mu, log_sigma) == pytest.approx(fit.log_likelihood)


def test_scipy_fits_the_same_censored_weibull_and_lognormal():
    data = stats.CensoredData(uncensored=CENSORED.failures, right=CENSORED.survivors)
    shape, _, scale = stats.weibull_min.fit(data, floc=0)
    ours = fit_weibull(CENSORED)
    assert (ours.shape, ours.scale) == pytest.approx((shape, scale), rel=1e-3)
    sigma, _, median = stats.lognorm.fit(data, floc=0)
    other = fit_lognormal(CENSORED)
    assert (other.shape, other.scale) == pytest.approx((sigma, median), rel=1e-3)


@pytest.mark.parametrize("fit", [fit_weibull, fit_lognormal, fit_exponential])
def test_narrow_brackets_are_as_good_as_times(fit):
    t = TIMES[:30]
    exact = fit(life_data(t))
    brackets = fit(life_data(intervals=np.stack([t * (1 - 1e-4), t * (1 + 1e-4)], axis=1)))
    assert brackets.scale == pytest.approx(exact.scale, rel=1e-3)
    assert brackets.shape == pytest.approx(exact.shape, rel=1e-3)


def test_counts_are_repeated_times():
    grouped = life_data([1.0, 2.0, 3.0], [4.0], failure_counts=[2, 1, 3], survivor_counts=[5])
    single = life_data([1, 1, 2, 3, 3, 3], [4.0] * 5)
    assert fit_weibull(grouped).shape == pytest.approx(fit_weibull(single).shape, rel=1e-9)


@settings(max_examples=25, deadline=None)
@given(unit=st.floats(1e-3, 1e4))
def test_the_shape_does_not_depend_on_the_unit_of_time(unit):
    fit = fit_weibull(life_data(TIMES * unit))
    assert fit.shape == pytest.approx(fit_weibull(life_data(TIMES)).shape, rel=1e-9)


def test_too_few_failures_give_no_distribution():
    assert isinstance(fit_weibull(life_data([100.0], [200.0] * 50)), NoData)
    assert isinstance(fit_weibull(life_data([100.0, 100.0])), NoData)
    assert isinstance(fit_exponential(life_data([], [200.0])), NoData)


def test_three_parameters_find_the_threshold_of_many_units():
    t = 400 + 300 * np.random.default_rng(3).weibull(2.5, 2000)
    fit = fit_weibull_3(life_data(t))
    assert fit.location == pytest.approx(400, abs=15)
    assert fit.log_likelihood >= fit_weibull(life_data(t)).log_likelihood


@pytest.mark.parametrize("of", ["shape", "scale", "quantile", "reliability"])
def test_at_the_ends_of_an_interval_the_likelihood_has_fallen_by_the_quantile(of):
    fit = fit_weibull(CENSORED)
    at = {"quantile": 0.1, "reliability": 500.0}.get(of)
    low, high = likelihood_interval(fit, CENSORED, of, at=at)
    centre = {
        "shape": fit.shape,
        "scale": fit.scale,
        "quantile": fit.quantile(0.1),
        "reliability": float(fit.reliability(500.0)),
    }[of]
    assert low < centre < high
    if of == "scale":
        for end in (low, high):
            best = optimize.minimize_scalar(
                lambda s, end=end: -log_likelihood(CENSORED, "weibull", math.log(end), s),
                bounds=(-3, 2),
                method="bounded",
                options={"xatol": 1e-10},
            )
            drop = 2 * (fit.log_likelihood + best.fun)
            assert drop == pytest.approx(stats.chi2.ppf(0.95, 1), rel=1e-5)


def test_the_interval_of_the_reliability_is_that_of_the_quantile_turned_round():
    fit = fit_weibull(CENSORED)
    low, _ = likelihood_interval(fit, CENSORED, "quantile", at=0.2)
    reliable, _ = likelihood_interval(fit, CENSORED, "reliability", at=low)
    assert reliable == pytest.approx(0.8, abs=1e-6)


def test_an_exponential_interval_has_about_its_chi_square_neighbour():
    data = life_data(TIMES[:20])
    low, high = likelihood_interval(fit_exponential(data), data, "scale")
    exact = mtbf_bounds(float(TIMES[:20].sum()), 20, confidence=0.95, terminated_by="failure")
    assert (low, high) == pytest.approx((exact.low, exact.high), rel=0.05)


def test_kaplan_meier_without_censoring_is_the_share_that_is_left():
    found = kaplan_meier(life_data([3, 1, 2, 2]))
    assert found.reliability.tolist() == pytest.approx([0.75, 0.25, 0.0])
    assert found.at(0.5) == 1.0


def test_regression_on_x_and_y_meet_when_points_lie_on_a_line():
    fit = fit_weibull(life_data(TIMES))
    from packcalc.stats.reliability.nonparametric import median_ranks

    line = [fit.quantile(p) for p in median_ranks(25)]
    for on in ("x", "y"):
        found = rank_regression(line, on=on)
        assert (found.shape, found.scale) == pytest.approx((fit.shape, fit.scale))


def test_more_returns_than_shipped_are_refused_with_the_lot():
    with pytest.raises(ValueError, match="lot 2: 6 came back of 5"):
        read_nevada([10, 5], [[1, 1], [6]])


def test_a_prediction_interval_holds_about_as_many_counts_as_it_says():
    rng = np.random.default_rng(5)
    held = 0
    for _ in range(40):
        lives = [np.ceil(14 * rng.weibull(1.6, 250)) for _ in range(5)]
        returned = [
            [int((lot == age).sum()) for age in range(1, 6 - i)] for i, lot in enumerate(lives)
        ]
        chart = read_nevada([250] * 5, returned)
        found = forecast_returns(chart, fit_weibull(chart.data), periods=2, confidence=0.9)
        future = sum(int(((lot > 5 - i) & (lot <= 7 - i)).sum()) for i, lot in enumerate(lives))
        held += found.total_low <= future <= found.total_high
    assert 0.8 <= held / 40 <= 1.0


def test_the_warranty_ends_the_count():
    chart = read_nevada([100, 100], [[3, 4], [2]])
    fit = fit_weibull(chart.data)
    ended = forecast_returns(chart, fit, periods=3, warranty=2.0)
    assert ended.by_lot[0].tolist() == [0.0, 0.0, 0.0]
    assert ended.by_lot[1, 0] > 0
    assert ended.by_lot[1, 1:].tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("fit", "family"),
    [(fit_weibull, stats.weibull_min), (fit_lognormal, stats.lognorm)],
)
def test_scipy_fits_the_same_lives_that_failed_before_or_between_inspections(fit, family):
    """Left censored (failed before the first look) and interval censored units among others."""
    t = np.sort(stats.weibull_min.rvs(1.8, scale=100, size=60, random_state=5))
    early, seen, between, late = t[:12], t[12:30], t[30:45], t[45:]
    low, high = np.floor(between / 20) * 20, np.floor(between / 20) * 20 + 20
    theirs = stats.CensoredData(
        uncensored=seen,
        left=np.full(early.size, 40.0),
        right=np.full(late.size, float(t[44])),
        interval=np.stack([low, high], axis=1),
    )
    shape, _, scale = family.fit(theirs, floc=0)
    brackets = np.concatenate(
        [np.stack([np.zeros(early.size), np.full(early.size, 40.0)], axis=1),
         np.stack([low, high], axis=1)]
    )  # fmt: skip
    ours = fit(life_data(seen, np.full(late.size, float(t[44])), intervals=brackets))
    assert (ours.shape, ours.scale) == pytest.approx((shape, scale), rel=2e-3)


# R 4.3, survival: summary(survfit(Surv(time, status) ~ 1)) of the 21 patients on 6-MP (Gehan 1965)
GEHAN = ([6, 6, 6, 7, 10, 13, 16, 22, 23], [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35])


def test_log_bounds_of_kaplan_meier_are_those_of_r():
    found = kaplan_meier(life_data(*GEHAN), bounds="log")
    low = [0.720, 0.653, 0.586, 0.510, 0.439, 0.337, 0.249]
    high = [1.000, 0.996, 0.968, 0.935, 0.896, 0.858, 0.807]
    np.testing.assert_allclose(found.low, low, atol=6e-4)
    np.testing.assert_allclose(found.high, high, atol=6e-4)
    plain = kaplan_meier(life_data(*GEHAN), bounds="plain")
    error = (plain.high - plain.reliability)[3] / stats.norm.ppf(0.975)
    assert error == pytest.approx(0.1068, abs=1e-4)  # printed std.err at 13
    with pytest.raises(ValueError, match="known: log-log, log, plain"):
        kaplan_meier(life_data(*GEHAN), bounds="linear")


def test_benards_ranks_are_close_to_the_exact_ones_and_said():
    exact, benard = median_ranks(6), median_ranks(6, ranks="benard")
    assert benard[0] == pytest.approx(0.7 / 6.4)
    np.testing.assert_allclose(benard, exact, atol=2e-3)
    assert "benard" in rank_regression([16, 34, 53], ranks="benard").convention
