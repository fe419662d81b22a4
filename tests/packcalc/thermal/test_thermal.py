"""Heat networks against closed forms; the propagation screening against its limits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from packcalc.thermal import (
    Neighbours,
    grid_network,
    path_resistance,
    screen_propagation,
    stacked_faces,
    standing_cylinders,
    steady_temperatures,
    transient_temperatures,
)

COOLED = grid_network(
    3, 4, 45.0, between_groups=0.2, within_group=0.4, to_ambient=0.02, to_plate=0.5,
    plate_capacity=300.0, plate_to_coolant=4.0,
)  # fmt: skip


def test_layers_in_series_add_up():
    found = path_resistance([(1e-3, 3.0, 1e-3), (2e-3, 200.0, 1e-3)], film=2.0)
    assert found == pytest.approx(1 / 3 + 0.01 + 0.5)


def test_all_heat_leaves_at_rest():
    heat = np.r_[np.linspace(0.1, 1.0, 12), 0.0]
    kelvin = steady_temperatures(COOLED, heat, 293.15)
    assert COOLED.to_ambient @ (kelvin - 293.15) == pytest.approx(heat.sum(), rel=1e-10)


def test_a_lone_mass_cools_exponentially():
    network = grid_network(1, 1, 45.0, between_groups=0, within_group=0, to_ambient=0.1)
    time = np.array([0.0, 100.0, 450.0])
    found = transient_temperatures(network, [0.0], 290.0, 320.0, time)[:, 0]
    np.testing.assert_allclose(found, 290 + 30 * np.exp(-0.1 / 45 * time), rtol=1e-12)


def test_the_transient_ends_where_the_steady_state_is():
    heat = np.r_[np.full(12, 0.7), 0.0]
    late = transient_temperatures(COOLED, heat, 293.15, 293.15, [1e6])[0]
    np.testing.assert_allclose(late, steady_temperatures(COOLED, heat, 293.15), rtol=1e-10)


def test_without_a_way_out_all_heat_stays():
    network = grid_network(2, 2, 45.0, between_groups=0.3, within_group=0.3)
    found = transient_temperatures(network, [1.0, 0, 0, 0], 298.0, 298.0, [600.0])[0]
    assert 45.0 * (found - 298.0).sum() == pytest.approx(600.0, rel=1e-10)
    with pytest.raises(ValueError, match="never stops warming"):
        steady_temperatures(network, [1.0, 0, 0, 0], 298.0)


@given(st.floats(0.05, 5.0), st.floats(1e3, 5e4))
def test_two_equal_masses_meet_halfway(conduction, released):
    found = screen_propagation(
        Neighbours(conduction, 0.0), heat_capacity=45.0, released=released, onset=1e6,
        horizon=60 * 45 / conduction,
    )  # fmt: skip
    assert found.neighbour_peak - 298.15 == pytest.approx(released / 90.0, rel=1e-4)


@given(st.floats(0.5e-3, 5e-3), st.floats(1.1, 3.0))
def test_more_distance_never_fails_where_less_passes(gap, more):
    peaks = [
        screen_propagation(
            standing_cylinders(0.021, 0.07, g, 0.026, 0.8), heat_capacity=65.0, released=30e3,
            onset=450.0, neighbour_loss=0.1, trigger_loss=0.1,
        ).neighbour_peak
        for g in (gap, gap * more)
    ]  # fmt: skip
    assert peaks[1] < peaks[0]


def test_the_view_factor_of_touching_cylinders_is_the_crossed_string_value():
    # X = 1: F = (0 + pi/2 - 1) / pi = 0.1817; table 13.1 of Bergman et al.
    area = np.pi * 0.02 * 0.07
    found = standing_cylinders(0.02, 0.07, 1e-12, 0.026, 1.0).radiation / area
    assert found == pytest.approx(0.5 - 1 / np.pi, rel=1e-3)


def test_grey_faces_exchange_less_than_black_ones():
    assert stacked_faces(0.01, 1e-3, 0.03, 1.0).radiation == pytest.approx(0.01)
    assert stacked_faces(0.01, 1e-3, 0.03, 0.5).radiation == pytest.approx(0.01 / 3)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: path_resistance([(1e-3, 0.0, 1.0)]), "layer 0"),
        (lambda: stacked_faces(0.01, 0.0, 0.03, 0.5), "gap = 0"),
        (lambda: stacked_faces(0.01, 1e-3, 0.03, 1.5), "emissivity"),
        (lambda: standing_cylinders(0.02, np.nan, 1e-3, 0.03, 0.5), "height = nan"),
        (
            lambda: screen_propagation(Neighbours(1, 0), heat_capacity=45, released=1, onset=200),
            "onset 200",
        ),
        (
            lambda: screen_propagation(
                Neighbours(1, 0), heat_capacity=45, released=1, onset=400, trigger_loss=-1
            ),
            "trigger_loss = -1",
        ),
    ],
)
def test_figures_that_cannot_be_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
