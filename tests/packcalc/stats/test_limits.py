"""Limits are closed, may be one-sided, and never pass what is not a number."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from packcalc.stats.limits import Limits

finite = st.floats(-1e9, 1e9)


def test_a_reading_on_either_limit_passes():
    limits = Limits(3.55, 3.65, "V")
    assert limits.admits(3.55)
    assert limits.admits(3.65)


def test_the_next_number_beyond_a_limit_fails():
    limits = Limits(3.55, 3.65, "V")
    assert not limits.admits(math.nextafter(3.55, 0))
    assert not limits.admits(math.nextafter(3.65, 9))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize(("low", "high"), [(1.0, None), (None, 1.0), (0.0, 1.0)])
def test_a_reading_that_is_not_finite_never_passes(low, high, value):
    assert not Limits(low, high, "V").admits(value)


@pytest.mark.parametrize(
    ("low", "high"), [(None, None), (2.0, 1.0), (math.nan, 1.0), (0.0, math.inf)]
)
def test_limits_that_say_nothing_or_contradict_themselves_are_refused(low, high):
    with pytest.raises(ValueError, match=r"side|exceeds"):
        Limits(low, high, "V")


@given(low=finite, width=st.floats(0, 1e6), values=st.lists(st.floats(), max_size=20))
def test_judging_many_readings_is_judging_each(low, width, values):
    limits = Limits(low, low + width, "V")
    assert limits.admits_each(values).tolist() == [limits.admits(v) for v in values]


@given(low=finite, width=st.floats(1, 1e6), guard=st.floats(0, 0.4), value=finite)
def test_a_guard_band_never_admits_what_the_limits_refuse(low, width, guard, value):
    limits = Limits(low, low + width, "V")
    assert limits.admits(value) or not limits.narrowed(guard).admits(value)


def test_the_margin_is_the_distance_to_the_nearer_limit_and_negative_outside():
    assert np.isclose(Limits(1.0, 4.0, "V").margin(3.5), 0.5)
    assert np.isclose(Limits(1.0, None, "V").margin(0.5), -0.5)
