"""Strips and fuse against closed forms and tables that we did not write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packcalc.design import short_circuit_current, size_fuse, size_interconnects, size_strip
from tests.packcalc.design.cells import BARE, ROUND


@given(
    current=st.floats(1, 500),
    thickness=st.floats(0.1e-3, 5e-3),
    material=st.sampled_from(["copper", "aluminium", "nickel"]),
)
def test_the_heat_made_equals_the_heat_given_off(current, thickness, material):
    strip = size_strip(current, thickness, 0.05, material)
    made = current**2 * strip.resistance
    surface = 2 * (strip.width + strip.thickness) * strip.length
    assert made == pytest.approx(10.0 * surface * strip.temperature_rise, rel=1e-9)
    assert strip.temperature_rise <= 30.0 + 1e-9


def test_a_wide_thin_strip_agrees_with_the_closed_form_for_two_faces():
    """With t << w the balance I^2 rho = 2 h w^2 t dT gives w = I sqrt(rho / (2 h t dT))."""
    strip = size_strip(300.0, 1e-4, 1.0, rise=20.0, ambient=293.15)
    rho = 1.7241e-8 * (1 + 3.93e-3 * 20)
    assert strip.width == pytest.approx(300 * (rho / (2 * 10 * 1e-4 * 20)) ** 0.5, rel=0.005)


def test_a_link_is_made_wider_until_its_resistance_is_low_enough():
    free = size_strip(10.0, 0.5e-3, 0.02)
    bound = size_strip(10.0, 0.5e-3, 0.02, resistance_max=0.02e-3)
    assert bound.resistance <= 0.02e-3
    assert bound.width > free.width


def test_the_fuse_protects_the_link():
    plan = size_interconnects(13, 4, 30.0, 0.022, True, fuse_rating=63.0)
    assert plan.link.current == 63.0
    assert plan.link.temperature_rise <= 30.0
    assert plan.tab.current == pytest.approx(1.2 * 30 / 4)


def test_large_cells_sit_on_the_link_without_a_tab():
    plan = size_interconnects(16, 1, 100.0, 0.04, False)
    assert plan.tab is None
    assert (plan.joints, plan.links) == (32, 17)


def test_short_circuit_current_is_ohms_law():
    assert short_circuit_current(ROUND, 10, 2, 0.025) == pytest.approx(42.0 / 0.1)
    assert short_circuit_current(BARE, 10, 2, 0.025) is None


def test_the_interrupt_rating_exceeds_the_prospective_current():
    plan = size_fuse(ROUND, 13, 4, 30.0, 0.004)
    assert plan.interrupt_rating == pytest.approx(1.25 * plan.prospective_current)
    assert plan.rating == 40.0
    assert plan.melting_energy is None


def test_littelfuse_chart_2_sets_the_melting_energy():
    """Fuseology 2017, chart 2: 100,000 pulses at 22 % of the nominal melting I2t."""
    plan = size_fuse(ROUND, 13, 4, 30.0, 0.004, 50.0, 2.0)
    assert plan.pulse_energy == 5000.0
    assert plan.pulse_energy / plan.melting_energy == pytest.approx(0.22)


def test_a_current_beyond_all_ratings_is_refused():
    with pytest.raises(ValueError, match="largest preferred rating"):
        size_fuse(ROUND, 13, 4, 1000.0, 0.004)


@pytest.mark.parametrize("bad", [{"material": "gold"}, {"current": 0.0}, {"thickness": -1.0}])
def test_a_strip_of_nothing_is_refused(bad):
    arguments = {"current": 10.0, "thickness": 1e-3, "length": 0.02, **bad}
    with pytest.raises(ValueError, match="material|above zero"):
        size_strip(**arguments)
