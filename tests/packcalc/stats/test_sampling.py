"""Sampling plans: structure of the master tables, risks against scipy, switching."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from packcalc.stats.constants import d2_star
from packcalc.stats.limits import Limits
from packcalc.stats.no_data import NoData
from packcalc.stats.sampling import master
from packcalc.stats.sampling.design import (
    find_single_plan,
    zero_acceptance,
    zero_acceptance_in_lot,
)
from packcalc.stats.sampling.plans import (
    Stage,
    double_plan,
    multiple_plan,
    plan_for_lot,
    single_plan,
)
from packcalc.stats.sampling.risk import acceptance_probability, operating_characteristic
from packcalc.stats.sampling.switching import MOVES, Inspection, judged, resumed
from packcalc.stats.sampling.variables import judge_sample, variables_plan
from packcalc.stats.sampling.variables_design import find_variables_plan, variables_acceptance

LETTERS = master.LETTERS[:16]
SEVERITIES = ("normal", "tightened", "reduced")


@pytest.mark.parametrize(
    ("letter", "aql", "numbers"),
    [
        # MIL-STD-105E (1989) Table II-C, cells read in R AQLSchemes 1.7-2 (R/AAZ14Single.R)
        ("L", "1.5", (80, 3, 6)),
        ("J", "1.0", (32, 1, 3)),
        ("K", "0.10", (50, 0, 1)),
        ("R", "0.025", (800, 0, 2)),
        ("A", "25", (2, 1, 2)),
        ("B", "40", (2, 2, 4)),
        ("C", "40", (2, 2, 5)),
        ("D", "1000", (2, 30, 31)),
        ("F", "100", (5, 10, 13)),
        ("Q", "10", (50, 10, 13)),
    ],
)
def test_reduced_single_plans_are_those_of_mil_std_105e(letter, aql, numbers):
    stage = single_plan(letter, aql, severity="reduced").stages[0]
    assert (stage.n, stage.accept, stage.reject) == numbers


@pytest.mark.parametrize(
    ("look_up", "letter", "aql", "severity", "stages"),
    [
        # AQLSchemes vignette, and R/AAZ14Double.R, R/AAZ14Multiple.R of the same package
        (double_plan, "L", "1.5", "normal", [(125, 3, 7), (125, 8, 9)]),
        (double_plan, "K", "1.0", "tightened", [(80, 0, 3), (80, 3, 4)]),
        (double_plan, "L", "1.5", "reduced", [(50, 1, 5), (50, 4, 7)]),
        (
            multiple_plan,
            "L",
            "1.5",
            "normal",
            [(50, a, r) for a, r in zip((0, 1, 3, 5, 7, 10, 13), (4, 6, 8, 10, 11, 12, 14))],  # noqa: B905
        ),
        (
            multiple_plan,
            "M",
            "0.65",
            "reduced",
            [(32, a, r) for a, r in zip((-1, 0, 0, 1, 2, 3, 4), (3, 4, 5, 6, 7, 7, 8))],  # noqa: B905
        ),
    ],
)
def test_double_and_multiple_plans_are_those_of_the_tables(look_up, letter, aql, severity, stages):
    plan = look_up(letter, aql, severity=severity)
    assert [(s.n, s.accept, s.reject) for s in plan.stages] == stages


def every_plan(kind):
    look_up = {"single": single_plan, "double": double_plan, "multiple": multiple_plan}[kind]
    for severity in SEVERITIES:
        for letter in LETTERS:
            for aql in master.AQLS:
                yield look_up(letter, aql, severity=severity)


def test_every_cell_of_every_table_ends_in_a_plan_with_rising_numbers():
    for kind in ("single", "double", "multiple"):
        for plan in every_plan(kind):
            for stage in plan.stages:
                assert stage.accept < stage.reject
            for first, second in zip(plan.stages, plan.stages[1:], strict=False):
                assert first.n == second.n
                assert first.accept <= second.accept
                assert first.reject <= second.reject
            last = plan.stages[-1]
            assert last.reject == last.accept + 1 or plan.severity == "reduced"


def test_a_plan_with_more_samples_follows_the_curve_of_the_single_plan():
    for severity in ("normal", "tightened"):
        for total in master.DOUBLE[severity]:
            if total > master.LAST_FOR_ALL:
                continue
            column = total - LETTERS.index("K")
            plans = [
                look_up("K", master.AQLS[column], severity=severity)
                for look_up in (single_plan, double_plan, multiple_plan)
            ]
            one = plans[0].stages[0]
            p = (one.accept + 0.67) / one.n * np.array([0.5, 0.8, 1.0, 1.3])
            curves = [acceptance_probability(plan.stages, p, model="poisson") for plan in plans]
            assert np.abs(curves[1] - curves[0]).max() < 0.09, (severity, total)
            assert np.abs(curves[2] - curves[0]).max() < 0.09, (severity, total)


def test_plans_of_one_size_and_one_acceptance_number_are_one_plan():
    """So a transcription with 2 instead of 3 at the first of seven samples is a misprint."""
    for total, single in master.SINGLE["normal"].items():
        twin = [t for t, s in master.SINGLE["tightened"].items() if s == single and s[0] != 0]
        if isinstance(single, tuple) and twin:
            assert master.DOUBLE["tightened"][twin[0]] == master.DOUBLE["normal"][total]
            assert master.MULTIPLE["tightened"][twin[0]] == master.MULTIPLE["normal"][total]


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(LETTERS), st.sampled_from(master.AQLS))
def test_tightened_never_accepts_more_readily_than_normal(letter, aql):
    p = min(float(aql) / 100 * 1.5, 1.0) if float(aql) <= 10 else float(aql) / 100
    model = "binomial" if float(aql) <= 10 else "poisson"
    normal, tight = (
        float(acceptance_probability(single_plan(letter, aql, severity=s).stages, p, model=model))
        for s in ("normal", "tightened")
    )
    assert tight <= normal + 1e-9


def test_a_sample_as_large_as_the_lot_is_a_full_inspection():
    plan = plan_for_lot(30, "0.10")
    assert plan.inspect_all
    assert plan.stages == (Stage(30, 0, 1),)


@pytest.mark.parametrize(("letter", "aql"), [("I", "1.0"), ("J", "1.1"), ("J", "x")])
def test_what_is_not_in_the_tables_is_refused_with_what_is(letter, aql):
    with pytest.raises(ValueError, match=r"known: A, B|allowed: 0.010"):
        single_plan(letter, aql)


def test_a_plan_judges_its_samples():
    plan = double_plan("L", "1.5")
    assert plan.judge(3) == "accept"
    assert plan.judge(5) == "next sample"
    assert plan.judge(5, 3) == "accept"
    assert plan.judge(7) == "reject"
    assert single_plan("L", "1.5", severity="reduced").judge(4) == "accept, back to normal"


@pytest.mark.parametrize("p", [0.0, 0.004, 0.02, 0.1, 1.0])
def test_single_curves_are_those_of_scipy(p):
    stage = [Stage(80, 2, 3)]
    binomial = float(acceptance_probability(stage, p))
    poisson = float(acceptance_probability(stage, p, model="poisson"))
    finite = float(acceptance_probability(stage, p, model="hypergeometric", lot=500))
    assert binomial == pytest.approx(stats.binom.cdf(2, 80, p), abs=1e-12)
    assert poisson == pytest.approx(stats.poisson.cdf(2, 80 * p), abs=1e-12)
    assert finite == pytest.approx(stats.hypergeom.cdf(2, 500, round(500 * p), 80), abs=1e-10)


def test_a_multiple_plan_does_what_simulated_lots_do():
    plan = multiple_plan("J", "1.0")
    rng = np.random.default_rng(0)
    found = rng.binomial(plan.n, 0.03, size=(20_000, 7))
    accepted, used = 0, 0
    for row in found:
        for i in range(1, 8):
            verdict = plan.judge(*row[:i])
            if verdict != "next sample":
                break
        accepted += verdict == "accept"
        used += i * plan.n
    curve = operating_characteristic(plan.stages, [0.03])
    assert accepted / 20_000 == pytest.approx(float(curve.accept[0]), abs=0.012)
    assert used / 20_000 == pytest.approx(float(curve.samples[0]), rel=0.02)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=2, max_size=2), st.sampled_from(["single", "multiple"]))
def test_worse_lots_are_never_accepted_more_often(p, kind):
    look_up = single_plan if kind == "single" else multiple_plan
    better, worse = acceptance_probability(look_up("K", "1.0").stages, sorted(p))
    assert worse <= better + 1e-9


def test_the_two_point_plan_is_the_smallest_that_keeps_both_risks():
    plan = find_single_plan(0.02, 0.12, producer_risk=0.05, consumer_risk=0.10)
    brute = next(
        (n, c)
        for n in range(1, 500)
        for c in range(min(n, 10))
        if stats.binom.cdf(c, n, 0.02) >= 0.95 and stats.binom.cdf(c, n, 0.12) <= 0.10
    )
    assert (plan.n, plan.accept) == brute


def test_zero_acceptance_in_a_lot_needs_no_more_than_without_end():
    assert zero_acceptance_in_lot(1000, 10, 0.95) <= zero_acceptance(0.01, 0.05)
    assert zero_acceptance_in_lot(5, 5, 0.95) == 1


def follow(verdicts, start=None, **kwargs):
    state = start or Inspection()
    for accepted in verdicts:
        state = judged(state, accepted=accepted, **kwargs)
    return state


def test_five_refusals_under_tightened_inspection_stop_it_until_the_supplier_acts():
    state = follow([False, False, False, True, False, False, False, False])
    assert state.severity == "discontinued"
    with pytest.raises(ValueError, match="discontinued"):
        judged(state, accepted=True)
    assert resumed(state).severity == "tightened"


def test_a_lot_in_the_gap_of_reduced_inspection_goes_back_to_normal():
    reduced = Inspection("reduced")
    assert judged(reduced, accepted=True, in_gap=True).severity == "normal"
    assert judged(reduced, accepted=True, steady=False).severity == "normal"


def test_a_score_of_thirty_is_not_enough_without_permission():
    assert follow([True] * 15, reduced_allowed=False).severity == "normal"
    assert follow([True] * 15).severity == "reduced"


def test_plans_with_larger_numbers_score_only_if_one_aql_tighter_accepts():
    kind = {"acceptance_number": 3}
    assert follow([True] * 10, tighter_accepted=True, **kind).severity == "reduced"
    assert follow([True] * 10, tighter_accepted=False, **kind).score == 0


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 5)), max_size=60))
def test_inspection_moves_only_as_the_table_of_moves_allows(lots):
    state = Inspection()
    for accepted, tighter, number in lots:
        if state.severity == "discontinued":
            after = resumed(state)
        else:
            after = judged(
                state, accepted=accepted, tighter_accepted=tighter, acceptance_number=number
            )
        if after.severity != state.severity:
            assert after.severity in MOVES[state.severity]
            assert after.why
        state = after


@pytest.mark.parametrize("method", ["s", "sigma", "range"])
def test_variables_curves_agree_with_simulated_samples(method):
    plan = find_variables_plan(0.01, 0.08, method=method)
    z = stats.norm.isf(0.03)
    x = np.random.default_rng(1).normal(size=(40_000, plan.n))
    sd = x.std(axis=1, ddof=1) if method == "s" else 1.0
    if method == "range":
        groups = plan.n // 5
        sd = np.ptp(x.reshape(-1, groups, 5), axis=2).mean(axis=1) / d2_star(5, groups)
    accepted = (z - x.mean(axis=1) >= plan.k * sd).mean()
    expected = float(variables_acceptance(plan.n, plan.k, 0.03, method=method))
    assert accepted == pytest.approx(expected, abs=0.012)


def test_the_range_method_judges_by_ranges_of_five_in_their_order():
    plan = find_variables_plan(0.01, 0.08, method="range")
    assert plan.n % 5 == 0
    assert plan.n > find_variables_plan(0.01, 0.08).n  # a range knows less than a deviation
    x = np.random.default_rng(3).normal(10, 0.1, plan.n)
    verdict = judge_sample(x, Limits(9.0, 11.0, "mm"), plan)
    ranges = np.ptp(x.reshape(-1, 5), axis=1)
    assert verdict.sd == pytest.approx(ranges.mean() / d2_star(5, plan.n // 5))
    assert verdict.accepted
    assert isinstance(verdict.total, NoData)
    with pytest.raises(ValueError, match="a multiple of 5; not 12"):
        variables_acceptance(12, 1.5, 0.01, method="range")


def test_form_one_and_form_two_agree_for_one_limit():
    plan = variables_plan("H", "1.0")
    rng = np.random.default_rng(2)
    for shift in (1.5, 1.9, 2.3):
        verdict = judge_sample(rng.normal(shift, 1, plan.n), Limits(0.0, None, "mm"), plan)
        assert verdict.accepted == (verdict.total <= plan.m)


def test_the_estimate_of_the_fraction_is_unbiased():
    from packcalc.stats.sampling.variables import estimated_fraction

    x = np.random.default_rng(3).normal(size=(60_000, 8))
    q = (1.5 - x.mean(axis=1)) / x.std(axis=1, ddof=1)
    assert estimated_fraction(q, 8).mean() == pytest.approx(stats.norm.sf(1.5), abs=0.001)
