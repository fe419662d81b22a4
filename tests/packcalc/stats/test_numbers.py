"""Certified digits of the NIST reference sets, and figures that have no base."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packcalc.stats.describe import describe, one_way_anova
from packcalc.stats.no_data import NoData
from packcalc.stats.oee import oee


def smls(offset):
    """NIST StRD SmLs01, 04 and 07: nine treatments of 21 at growing offsets.

    https://www.itl.nist.gov/div898/strd/anova/SmLs07.html: a treatment is its mean, then ten
    times (mean - 0.1, mean + 0.1); means end in .4, then .3 and .5 in turn. Certified F is 21.
    """
    tenths = (4, 3, 5, 3, 5, 3, 5, 3, 5)
    return [
        [float(f"{offset}.{m}"), *[float(f"{offset}.{m + d}") for d in (-1, 1)] * 10]
        for m in tenths
    ]


@pytest.mark.parametrize("offset", ["1", "1000000", "1000000000000"])
def test_the_certified_f_is_exact_at_every_offset(offset):
    assert one_way_anova(smls(offset)).f == 21.0


def test_numacc4_has_its_certified_digits():
    # https://www.itl.nist.gov/div898/strd/univ/numacc4.html: mean 10000000.2, sd 0.1, r1 -0.999
    found = describe([10000000.2] + [10000000.1, 10000000.3] * 500)
    assert (found.mean, found.sd, found.lag1) == (10000000.2, 0.1, -0.999)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-999, 999), min_size=2, max_size=40), st.integers(0, 10**9))
def test_moments_of_recorded_decimals_do_not_feel_an_offset(thousandths, offset):
    plain = describe([t / 1000 for t in thousandths])
    moved = describe([float(f"{offset + 1000}.{t % 1000:03d}") for t in thousandths])
    whole = describe([t % 1000 / 1000 for t in thousandths])
    assert moved.sd == pytest.approx(whole.sd, rel=1e-15)
    assert plain.mean == pytest.approx(np.mean(thousandths) / 1000, abs=1e-15)


def test_moments_of_nothing_and_of_equal_values_say_why():
    assert describe([]) == NoData("there is no value")
    assert isinstance(describe([2.0, 2.0]).lag1, NoData)
    assert isinstance(describe([2.0]).sd, NoData)


def test_groups_without_variation_have_no_f():
    assert isinstance(one_way_anova([[1.0, 1.0], [2.0, 2.0]]).f, NoData)


def test_a_shift_without_production_has_no_effectiveness():
    found = oee(shift=8.0, planned_stops=8.0, unplanned_stops=0, ideal_cycle=1, total=0, rejects=0)
    assert isinstance(found.oee, NoData)
    assert isinstance(found.quality, NoData)


def test_the_waterfall_of_a_shift_ends_at_the_time_of_good_pieces():
    found = oee(
        shift=1000.0, planned_stops=100.0, unplanned_stops=50.0, ideal_cycle=2.0, total=400,
        rejects=10,
    )  # fmt: skip
    assert found.waterfall[-1].left == 2.0 * 390
    assert sum(step.lost for step in found.waterfall) == pytest.approx(1000.0 - 780.0)
    factors = found.availability * found.performance * found.quality
    assert found.oee == pytest.approx(factors)
