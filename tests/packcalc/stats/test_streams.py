"""Streams of every kind of chart: the batch's answer on every prefix, saved or not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packcalc.stats.charts.between import i_mr_s
from packcalc.stats.charts.chart import Baseline, read_baseline
from packcalc.stats.charts.individuals import i_mr
from packcalc.stats.charts.multivariate import mewma, t2_individuals
from packcalc.stats.charts.stream import KINDS, ChartStream, judge_all
from packcalc.stats.charts.time_weighted import cusum, ewma

# Quarters are exact in binary, and thirds of sigma are no quarters: no line meets a point.
VALUE = st.integers(-14, 14).map(lambda n: n / 4)
GROUP = st.lists(VALUE, min_size=2, max_size=12)
COUNT = st.tuples(st.integers(0, 20), st.integers(20, 60))
POINTS = {
    "i_mr": VALUE, "short_run": VALUE, "c": st.integers(0, 25),
    "xbar_r": GROUP, "xbar_s": GROUP, "i_mr_s": GROUP,
    "p": COUNT, "u": COUNT, "laney_p": COUNT, "laney_u": COUNT,
    "np": st.tuples(st.integers(0, 20), st.just(50)),
}  # fmt: skip


def baseline(kind):
    centre = {"c": 6.0, "u": 0.15, "p": 0.15, "np": 0.15, "laney_p": 0.15, "laney_u": 0.15}
    return Baseline(
        kind, centre.get(kind, 0.07), 1.03, 50 if kind == "np" else 1, 25, 3.0, "given",
        sigma_ratio=1.3 if kind.startswith("laney") else 1.0, version="1",
        sigma_between=0.91 if kind == "i_mr_s" else None,
    )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=12)
@given(data=st.data(), convention=st.sampled_from(["nelson", "minitab", "western_electric"]))
def test_a_stream_gives_the_batchs_answer_on_every_prefix(kind, data, convention):
    base = baseline(kind)
    points = data.draw(st.lists(POINTS[kind], min_size=1, max_size=40))
    stop = data.draw(st.integers(0, len(points)))
    chart = judge_all(base, points, convention=convention)
    stream = ChartStream(base, convention=convention)
    for number, point in enumerate(points, start=1):
        if number == stop:  # the process ends here and another goes on
            stream = ChartStream.restore(
                read_baseline(base.to_json()), stream.save(), convention=convention
            )
        judged = stream.push(point)
        assert [j.statistic for j in judged] == [p.statistic for p in chart.panels]
        for panel, found in zip(chart.panels, judged, strict=True):
            assert found.fired == panel.signals.at(number), (number, panel.statistic)
            assert found.value == pytest.approx(panel.points[number - 1], nan_ok=True)
            assert found.upper == pytest.approx(panel.upper[number - 1])
    assert stream.count == len(points)


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_stream_remembers_does_not_grow(kind):
    point = {"value": 0.3, "group": [0.1, 0.6], "count": (3, 50)}
    one = point["count"] if kind in ("p", "np", "u", "laney_p", "laney_u") else (
        point["group"] if kind in ("xbar_r", "xbar_s", "i_mr_s") else 3
    )  # fmt: skip
    stream = ChartStream(baseline(kind))
    sizes = []
    for _ in range(200):
        stream.push(one)
        sizes.append(len(stream.save()))
    assert max(sizes) <= sizes[40] + 2  # the digits of the count


@settings(max_examples=20)
@given(
    x=st.lists(st.lists(VALUE, min_size=2, max_size=2), min_size=4, max_size=40),
    cut=st.integers(1, 40),
    scale=st.floats(0.1, 10),
    shift=st.floats(-5, 5),
)
def test_charts_of_sums_and_vectors_hold_for_prefixes_and_in_any_unit(x, cut, scale, shift):
    block = np.array(x)
    part, moved = block[:cut], block * scale + shift
    unit, centre = np.array([[1.0, 0.2], [0.2, 1.0]]), np.full(2, 0.07)
    for standardised in (
        lambda b, s, o: (ewma(b[:, 0], centre=0.07 * s + o, sigma=s).statistic - o) / s,
        lambda b, s, o: cusum(b[:, 0], centre=0.07 * s + o, slack=s / 2, interval=s).high / s,
        lambda b, s, o: mewma(b, centre=centre * s + o, covariance=unit * s * s).statistic,
    ):
        whole = standardised(block, 1.0, 0.0)
        np.testing.assert_allclose(standardised(part, 1.0, 0.0), whole[:cut], atol=1e-12)
        np.testing.assert_allclose(standardised(moved, scale, shift), whole, atol=1e-7)


def test_t2_does_not_depend_on_origin_and_unit():
    block = np.random.default_rng(5).normal(size=(20, 2))
    one, two = t2_individuals(block), t2_individuals(block * 37.0 - 1e4)
    np.testing.assert_allclose(one.t2, two.t2, rtol=1e-6)


def test_packs_that_differ_are_no_signals_where_the_means_are_judged_by_how_they_vary():
    rng = np.random.default_rng(11)
    block = rng.normal(0, 0.1, (60, 6)) + rng.normal(0, 1.0, (60, 1))
    found = i_mr_s(block)
    assert len(found.panel("mean").signals.by_rule()["1"]) == 0
    assert found.baseline.sigma == pytest.approx(0.1, rel=0.15)
    assert found.baseline.sigma_between == pytest.approx(1.0, rel=0.25)
    assert found.baseline.sigma_between == i_mr(block.mean(axis=1)).baseline.sigma
    from packcalc.stats.charts.shewhart import xbar_s

    assert len(xbar_s(block).panel("mean").signals.by_rule()["1"]) > 40


def test_a_stream_needs_frozen_limits_and_a_state_of_its_own():
    trial = i_mr([1.0, 2.0, 1.5]).baseline
    with pytest.raises(ValueError, match="freeze the baseline first"):
        ChartStream(trial)
    for saved in ("no json", "[]", '{"count": 1}', '{"count": 1, "pasts": {"mean": [1]}}'):
        with pytest.raises(ValueError, match="not the state"):
            ChartStream.restore(trial.frozen("1"), saved)
