"""Run rules: conventions differ as named, engines agree, prefixes and streams agree with batch."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packcalc.stats.charts.chart import Baseline
from packcalc.stats.charts.conventions import CONVENTIONS, rule_set
from packcalc.stats.charts.monitor import Monitor, MonitorBank, Watch
from packcalc.stats.charts.run_rules import run_rules
from packcalc.stats.charts.time_weighted import cusum, ewma

# Few distinct values, many of them exactly on a line, and some missing.
GRID = [-3.5, -3.0, -2.5, -2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, math.nan]
series = st.lists(st.sampled_from(GRID), max_size=60)
conventions = st.sampled_from(sorted(CONVENTIONS))
finite_series = st.lists(st.floats(-6, 6, width=32), min_size=1, max_size=60)
BASE = Baseline("i_mr", 0.0, 1.0, 1, 25, 3.0, "given", version="A")


def brute_force(z, rules):
    """Each rule spelled out over the points before, as a person would read it."""
    fired = []
    for i in range(len(z)):
        past = z[: i + 1]

        def last(k, past=past):
            return past[-k:] if len(past) >= k and not any(map(math.isnan, past[-k:])) else []

        def run(k, test, last=last):
            return bool(last(k)) and all(test(v) for v in last(k))

        def some(k, need, limit, side, past=past):
            recent = []
            for v in reversed(past[-k:]):
                if math.isnan(v):
                    break
                recent.append(v)
            beyond = [side * v > limit for v in recent]
            return bool(beyond) and beyond[0] and sum(beyond) >= need

        steps = [b - a for a, b in pairwise(last(rules.trend))]
        swings = last(rules.alternating)
        moves = [b - a for a, b in pairwise(swings)]
        out = last(rules.outside)
        table = {
            0: abs(z[i]) > 3,
            1: run(rules.same_side, lambda v: v > 0) or run(rules.same_side, lambda v: v < 0),
            2: bool(steps) and (all(s > 0 for s in steps) or all(s < 0 for s in steps)),
            3: bool(moves) and all(a * b < 0 for a, b in pairwise(moves)),
            4: some(3, 2, 2, 1) or some(3, 2, 2, -1),
            5: some(5, 4, 1, 1) or some(5, 4, 1, -1),
            6: run(rules.inside, lambda v: abs(v) <= 1),
            7: run(rules.outside, lambda v: abs(v) > 1)
            and (not rules.both_sides or (max(out) > 1 and min(out) < -1)),
        }
        fired.append({rule.code for rule in rules.rules if table[rule.bit]})
    return fired


@settings(max_examples=150, deadline=None)
@given(z=series, convention=conventions)
def test_the_rules_fire_as_read_aloud_over_the_points_before(z, convention):
    rules = rule_set(convention)
    signals = run_rules(z, 0.0, 1.0, convention=convention, engine="numpy")
    named = [{rule.code for rule in signals.at(i + 1)} for i in range(len(z))]
    assert named == brute_force(z, rules)


@settings(max_examples=150, deadline=None)
@given(z=series, convention=conventions)
def test_numba_and_numpy_flag_the_same_points(z, convention):
    one = run_rules(z, 0.0, 1.0, convention=convention, engine="numba")
    two = run_rules(z, 0.0, 1.0, convention=convention, engine="numpy")
    assert one.flags.tolist() == two.flags.tolist()


@settings(max_examples=60, deadline=None)
@given(z=finite_series, data=st.data())
def test_numba_and_numpy_agree_where_every_point_has_its_own_lines(z, data):
    n = len(z)
    centre = data.draw(st.lists(st.floats(-1, 1), min_size=n, max_size=n))
    sigma = data.draw(st.lists(st.floats(0.1, 2), min_size=n, max_size=n))
    one = run_rules(z, centre, sigma, engine="numba")
    two = run_rules(z, centre, sigma, engine="numpy")
    assert one.flags.tolist() == two.flags.tolist()


@settings(max_examples=60, deadline=None)
@given(z=series, cut=st.integers(0, 60), convention=conventions)
def test_the_answer_for_a_prefix_is_the_prefix_of_the_answer(z, cut, convention):
    whole = run_rules(z, 0.0, 1.0, convention=convention).flags.tolist()
    assert run_rules(z[:cut], 0.0, 1.0, convention=convention).flags.tolist() == whole[:cut]


@pytest.mark.parametrize("compiled", [True, False])
@settings(max_examples=60, deadline=None)
@given(z=series, convention=conventions, cut=st.integers(0, 60))
def test_a_stream_saved_and_restored_anywhere_gives_the_answer_of_the_batch(
    z, convention, cut, compiled
):
    watch = Watch(BASE, convention=convention)
    stream = Monitor(watch, compiled=compiled)
    fired = [stream.push(v) for v in z[:cut]]
    stream = Monitor.restore(watch, stream.save(), compiled=compiled)
    fired += [stream.push(v) for v in z[cut:]]
    batch = run_rules(z, 0.0, 1.0, convention=convention).flags
    assert [f & 0xFF for f in fired] == batch.tolist()


@settings(max_examples=60, deadline=None)
@given(z=finite_series)
def test_a_stream_keeps_the_ewma_and_cusum_of_the_batch_on_every_prefix(z):
    watch = Watch(BASE, ewma_width=2.5, cusum_interval=4.0)
    stream = Monitor(watch)
    averages, sums, marks = [], [], []
    for value in z:
        marks.append(stream.push(value))
        averages.append(stream.ewma)
        sums.append(stream.cusum)
    average = ewma(z, centre=0.0, sigma=1.0, weight=0.2, width=2.5)
    tabular = cusum(z, centre=0.0, slack=0.5, interval=4.0)
    np.testing.assert_allclose(averages, average.statistic, atol=1e-12)
    np.testing.assert_allclose(sums, np.stack([tabular.high, tabular.low], axis=1), atol=1e-12)
    near = np.abs(np.abs(average.statistic) - average.upper) < 1e-9  # on the limit: rounding
    told = np.array([bool(m >> 9 & 1) for m in marks])
    expected = np.isin(np.arange(1, len(z) + 1), average.signals)
    assert np.array_equal(told[~near], expected[~near])


@settings(max_examples=30, deadline=None)
@given(points=st.lists(st.tuples(st.integers(0, 4), st.sampled_from(GRID)), max_size=80))
def test_mixed_streams_of_a_bank_do_not_touch_each_other(points):
    bank = MonitorBank([Watch(BASE)] * 5)
    fired = bank.push([s for s, _ in points], [v for _, v in points])
    alone = {s: Monitor(Watch(BASE)) for s in range(5)}
    assert fired.tolist() == [alone[s].push(v) for s, v in points]


def test_a_bank_restored_continues_where_it_was_saved():
    one, two = (MonitorBank([Watch(BASE)] * 2) for _ in range(2))
    one.push([0, 1] * 8, [0.5] * 16)
    two.restore(one.save())
    assert two.push([0, 1], [0.5, -0.5]).tolist() == one.push([0, 1], [0.5, -0.5]).tolist()


def test_six_rising_points_signal_for_nelson_and_seven_for_minitab():
    rising = np.linspace(-0.9, 0.9, 7)
    assert run_rules(rising, 0, 1, convention="nelson").by_rule()["3"] == [6, 7]
    assert run_rules(rising, 0, 1, convention="minitab").by_rule()["3"] == [7]


def test_eight_points_away_on_one_side_signal_for_minitab_only():
    away = [1.5] * 8
    assert run_rules(away, 0, 1, convention="nelson").by_rule()["8"] == []
    assert run_rules(away, 0, 1, convention="minitab").by_rule()["8"] == [8]


def test_four_of_five_may_fire_on_the_fourth_point():
    assert run_rules([1.1, 1.2, 1.3, 1.4], 0, 1).by_rule()["6"] == [4]


def test_every_rule_that_fires_on_a_point_is_kept_with_its_words():
    fired = run_rules([2.5, 3.5], 0, 1).at(2)
    assert [rule.code for rule in fired] == ["1", "5"]
    assert "two sigma" in fired[1].words


def test_an_unknown_rule_is_refused_with_those_that_exist():
    with pytest.raises(ValueError, match="has no rule '9'; it has 1, 2"):
        rule_set("nelson", ["9"])


def test_a_million_points_far_from_zero_keep_their_mean_and_spread():
    x = 1e9 + np.tile([0.0, 1.0, 2.0, 3.0], 250_000)
    bank = MonitorBank([Watch(Baseline("i_mr", 1e9 + 1.5, 1.0, 1, 25, 3.0, "given"))])
    bank.push(np.zeros(x.size, int), x)
    _, state = bank.save()
    mean, squares = state[0, 2], state[0, 3]
    assert mean == pytest.approx(1e9 + 1.5, abs=1e-5)
    assert math.sqrt(squares / (x.size - 1)) == pytest.approx(math.sqrt(1.25), rel=1e-6)
