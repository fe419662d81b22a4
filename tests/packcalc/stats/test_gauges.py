"""Gauge studies: exact identities, other programs, conventions that differ as named."""

import capstat_core
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa as statsmodels_kappa
from statsmodels.stats.inter_rater import fleiss_kappa as statsmodels_fleiss

from packcalc.stats.limits import Limits
from packcalc.stats.msa.attribute import attribute_agreement
from packcalc.stats.msa.components import gauge_result, ndc
from packcalc.stats.msa.crossed import crossed_anova
from packcalc.stats.msa.guard_band import decision_rule, guard_band_for, risks
from packcalc.stats.msa.kappa import cohen_kappa, fleiss_kappa
from packcalc.stats.msa.range_method import average_and_range, short_range
from packcalc.stats.msa.single_gauge import type1
from packcalc.stats.msa.stability import stability
from packcalc.stats.no_data import NoData

RNG = np.random.default_rng(12)
STUDY = (
    RNG.normal(0, 3, (10, 1, 1)) + RNG.normal(0, 0.5, (1, 3, 1)) + RNG.normal(0, 0.4, (10, 3, 3))
)


def test_capstat_core_finds_the_same_components():
    theirs, ours = capstat_core.gage_rr(STUDY), crossed_anova(STUDY).result
    for name in ("repeatability", "operator", "interaction", "part"):
        assert getattr(ours, name).variance == pytest.approx(getattr(theirs, f"var_{name}"))


def test_sums_of_squares_add_up():
    study = crossed_anova(STUDY)
    parts = sum(s.ss for s in (study.part, study.operator, study.interaction, study.error))
    assert parts == pytest.approx(study.total.ss, rel=1e-12)


@settings(max_examples=25, deadline=None)
@given(shift=st.floats(-1e3, 1e3), scale=st.floats(0.01, 100))
def test_shares_do_not_depend_on_origin_and_unit(shift, scale):
    plain, moved = crossed_anova(STUDY).result, crossed_anova(STUDY * scale + shift).result
    assert moved.grr.study_pct == pytest.approx(plain.grr.study_pct, rel=1e-6)
    assert moved.ndc == plain.ndc


def test_pooling_is_stated_and_can_be_switched_off():
    assert not crossed_anova(STUDY, pool_above=0.25).pooled  # its p is 0.064
    assert crossed_anova(STUDY, pool_above=0.05).pooled
    kept = crossed_anova(STUDY, pool_above=None)
    assert not kept.pooled
    assert "never pooled" in kept.convention


def test_range_and_anova_tell_about_the_same_where_operators_do_not_interact():
    ranged, anova = average_and_range(STUDY).result, crossed_anova(STUDY).result
    assert ranged.grr.sd == pytest.approx(anova.grr.sd, rel=0.15)


def test_ndc_is_truncated_and_a_gauge_without_variation_has_none():
    assert ndc(4.99 / 1.41, 1.0) == 4
    assert isinstance(ndc(1.0, 0.0), NoData)


def test_a_one_sided_tolerance_compares_half_the_study_variation():
    kwargs = {"repeatability": 0.01, "operator": 0, "interaction": 0, "part": 1, "tolerance": 6}
    two = gauge_result(**kwargs, multiple=6, convention="given")
    one = gauge_result(**kwargs, multiple=6, convention="given", one_sided=True)
    assert one.grr.tolerance_pct == pytest.approx(two.grr.tolerance_pct / 2)


def test_an_unbalanced_study_is_refused():
    with pytest.raises(ValueError, match="as many trials"):
        crossed_anova([[[1.0, 2.0], [1.0]], [[1.0, 2.0], [1.0, 2.0]]])


def test_a_gauge_that_shows_one_value_only_gets_no_index():
    assert isinstance(type1([5.0] * 30, 5.0, 1.0), NoData)


@pytest.mark.parametrize(
    "table", [[[20, 5], [10, 15]], [[44, 6], [3, 97]], [[10, 2, 1], [0, 8, 3], [1, 1, 9]]]
)
def test_cohens_kappa_and_its_error_are_those_of_statsmodels(table):
    ours, theirs = cohen_kappa(table), statsmodels_kappa(np.array(table))
    assert ours.value == pytest.approx(theirs.kappa)
    assert ours.error == pytest.approx(theirs.std_kappa0)


def test_fleiss_kappa_is_that_of_statsmodels():
    counts = RNG.multinomial(6, [0.5, 0.3, 0.2], size=25)
    assert fleiss_kappa(counts).value == pytest.approx(statsmodels_fleiss(counts))


def test_one_class_only_is_no_agreement_beyond_chance_but_no_data():
    assert isinstance(cohen_kappa([[50, 0], [0, 0]]), NoData)


def test_an_attribute_study_counts_misses_and_false_alarms_over_decisions():
    ratings = {"A": [[1, 1, 1], [0, 1, 0], [0, 0, 0], [1, 1, 0]]}
    study = attribute_agreement(ratings, [1, 0, 0, 1])
    found = study.appraisers[0]
    assert (found.within.count, found.within.total) == (2, 4)
    assert (found.missed.count, found.missed.total) == (1, 6)
    assert (found.false_alarms.count, found.false_alarms.total) == (1, 6)
    assert found.verdict == "unacceptable"


def test_appraisers_who_rated_different_parts_are_refused_by_name():
    with pytest.raises(ValueError, match="B must rate 2 parts"):
        attribute_agreement({"A": [[1], [0]], "B": [[1]]})


def test_global_risks_are_those_of_simulated_pieces():
    limits = Limits(9.0, 11.0, "mm")
    accept = limits.narrowed(0.1)
    found = risks(limits, accept, mean=10.2, sd=0.5, uncertainty=0.15)
    rng = np.random.default_rng(0)
    true = rng.normal(10.2, 0.5, 1_000_000)
    passed = accept.admits_each(true + rng.normal(0, 0.15, true.size))
    good = limits.admits_each(true)
    assert found.consumer == pytest.approx((passed & ~good).mean(), abs=0.0004)
    assert found.producer == pytest.approx((~passed & good).mean(), abs=0.001)


def test_the_guard_band_of_a_decision_rule_bounds_the_risk_at_the_limit():
    limits = Limits(None, 11.0, "mm")
    rule = decision_rule(limits, 0.1, confidence=0.95)
    assert risks(limits, rule, mean=10, sd=0.5, uncertainty=0.1).at_limit == pytest.approx(0.05)


def test_a_guard_band_found_for_a_risk_keeps_it_and_no_smaller_one_does():
    limits = Limits(9.0, 11.0, "mm")
    process = {"mean": 10.0, "sd": 0.5, "uncertainty": 0.1}
    guard = guard_band_for(limits, consumer_risk=0.001, **process)
    assert risks(limits, limits.narrowed(guard), **process).consumer <= 0.001
    assert risks(limits, limits.narrowed(guard * 0.99), **process).consumer > 0.001


def test_a_drifting_gauge_is_not_stable():
    assert not stability(np.linspace(6.0, 6.5, 30)).in_control()


def test_kappas_of_an_appraiser_are_those_of_statsmodels():
    chance = np.random.default_rng(3)
    truth = [int(v) for v in chance.random(40) < 0.6]
    rated = [[int(v ^ (chance.random() < 0.1)) for _ in range(3)] for v in truth]
    (found,) = attribute_agreement({"A": rated}, truth).appraisers

    def theirs(rows):
        return statsmodels_fleiss(np.array([[list(r).count(c) for c in (0, 1)] for r in rows]))

    assert found.fleiss_within == pytest.approx(theirs(rated))
    trials = [theirs([(r[k], t) for r, t in zip(rated, truth, strict=True)]) for k in range(3)]
    assert found.fleiss_reference == pytest.approx(np.mean(trials))


def test_a_short_range_study_divides_by_duncans_constant():
    y = np.random.default_rng(1).normal(size=(4000, 2)) * 0.2 + np.arange(4000)[:, None]
    found = short_range(y, process_sd=2.0, tolerance=6.0)
    assert found.grr == pytest.approx(0.2, rel=0.03)
    assert found.study_pct == pytest.approx(50 * found.grr)
    assert found.tolerance_pct == pytest.approx(100 * found.grr)
    with pytest.raises(ValueError, match="two parts by two operators"):
        short_range([[1.0, 2.0]])
