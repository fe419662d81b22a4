"""Residuals against closed forms, and as many false alarms as are stated."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from packcalc.asbuilt import Uncertainty, compare, coverage_factor

SIZES = st.integers(2, 7)


def shared_scale(n, scale, own):
    sources = [("scale", scale, np.ones(n))]
    return Uncertainty.gathered([*sources, *(("own", own, row) for row in np.eye(n))])


@given(n=SIZES, seed=st.integers(0, 99), scale=st.floats(0.01, 3.0), own=st.floats(0.01, 3.0))
def test_each_residual_is_what_its_conditional_distribution_says(n, seed, scale, own):
    """With one shared source the conditional mean has a closed form (best linear predictor):

    scale^2 sum(others) / (own^2 + (n - 1) scale^2), and the variance that of a new reading.
    """
    d = np.random.default_rng(seed).normal(size=n) * 1e-6
    found = compare(d, shared_scale(n, scale, own), 1e9)
    shrink = scale**2 / (own**2 + (n - 1) * scale**2)
    expected = shrink * (d.sum() - d)
    np.testing.assert_allclose(found.shift, expected, atol=1e-12)
    variance = scale**2 + own**2 - (n - 1) * shrink * scale**2
    np.testing.assert_allclose(found.tolerance, 1e9 * sqrt(variance), rtol=1e-6)


@given(n=SIZES, seed=st.integers(0, 99))
def test_the_parts_of_a_budget_add_up_in_squares(n, seed):
    rng = np.random.default_rng(seed)
    columns = [(f"s{k % 3}", rng.uniform(0.1, 1), rng.normal(size=n)) for k in range(n + 3)]
    found = compare(rng.normal(size=n), Uncertainty.gathered(columns), 2.0)
    for parts, tolerance in zip(found.parts, found.tolerance, strict=True):
        assert sum(u**2 for u in parts.values()) == pytest.approx((tolerance / 2) ** 2)


def test_any_order_of_the_differences_gives_the_same_answer():
    rng = np.random.default_rng(3)
    sensitivity, d = rng.normal(size=(5, 9)), rng.normal(size=5)
    names, u = tuple("abcdefghi"), rng.uniform(0.1, 1, 9)
    order = np.array([3, 0, 4, 1, 2])
    plain = compare(d, Uncertainty(names, u, sensitivity), 1.5)
    moved = compare(d[order], Uncertainty(names, u, sensitivity[order]), 1.5)
    np.testing.assert_allclose(moved.residual, plain.residual[order])
    assert moved.agrees.tolist() == plain.agrees[order].tolist()


def test_one_bad_place_does_not_make_its_neighbours_bad():
    """The worst is set aside before the others are judged against what is left."""
    d = np.zeros(8)
    d[2] = 50.0
    found = compare(d, shared_scale(8, 1.0, 0.1), 4.0)
    assert found.agrees.tolist() == [k != 2 for k in range(8)]
    np.testing.assert_allclose(found.residual[found.agrees], 0, atol=1e-9)


def test_two_bad_places_are_both_found():
    d = np.array([0.0, 3.0, 0.1, 0.0, 2.0, -0.1])
    found = compare(d, shared_scale(6, 5.0, 0.1), 4.0)
    assert np.flatnonzero(~found.agrees).tolist() == [1, 4]


def test_sound_units_are_stopped_as_rarely_as_stated():
    """600 units of 14 comparisons at 5 %: 30 +- 4 sd of 5.3 (shared errors only keep it lower)."""
    rng, n, stopped = np.random.default_rng(11), 14, 0
    uncertainty = shared_scale(n, 0.5, 0.1)
    k = coverage_factor(0.05, n)
    for _ in range(600):
        d = 0.5 * rng.normal() + 0.1 * rng.normal(size=n)
        stopped += not compare(d, uncertainty, k).agrees.all()
    assert 9 <= stopped <= 51


def test_a_difference_may_be_judged_against_stated_others_only():
    given = np.array([[False, False], [True, False]])
    found = compare([5.0, 5.0], shared_scale(2, 10.0, 0.1), 3.0, given)
    assert found.shift[0] == 0
    assert found.shift[1] == pytest.approx(5.0, rel=1e-3)


@pytest.mark.parametrize(
    ("difference", "given_", "said"),
    [
        ([1.0, 2.0], None, "do not fit"),
        ([1.0, np.nan, 1.0], None, "not finite"),
        ([1.0, 1.0, 1.0], np.eye(3), "leaves itself out"),
    ],
)
def test_what_cannot_be_compared_is_refused(difference, given_, said):
    with pytest.raises(ValueError, match=said):
        compare(difference, shared_scale(3, 1.0, 1.0), 2.0, given_)


def test_an_uncertainty_needs_a_size_for_each_source():
    with pytest.raises(ValueError, match="need 2 uncertainties"):
        Uncertainty(("a", "b"), np.ones(3), np.ones((1, 2)))
    with pytest.raises(ValueError, match="not negative"):
        Uncertainty(("a",), np.array([-1.0]), np.ones((1, 1)))
    with pytest.raises(ValueError, match="without uncertainty"):
        compare([1.0], Uncertainty(("a",), np.zeros(1), np.ones((1, 1))), 2.0)
    with pytest.raises(ValueError, match="at least one source"):
        Uncertainty.gathered([])


def test_a_chance_outside_of_its_range_has_no_factor():
    with pytest.raises(ValueError, match="false alarm"):
        coverage_factor(0.0, 3)
