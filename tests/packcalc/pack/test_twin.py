"""The compiled kernel does what the short NumPy program does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packcalc.cell import parameter_set
from packcalc.pack import (
    Bleed,
    Limits,
    Rails,
    ThermalNetwork,
    build_pack,
    charge_cccv,
    constant_current,
    follow_power,
    simulate,
)

LEAF = parameter_set("leaf-2013")


@st.composite
def packs(draw):
    """Packs of every make: with and without rails, heat paths and balancing."""
    s, p = draw(st.integers(1, 4)), draw(st.integers(1, 5))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    rails = thermal = bleed = None
    if p > 1 and draw(st.booleans()):
        rails = Rails(
            rng.uniform(1e-5, 5e-4, (s + 1, p - 1)),
            int(rng.integers(p)),
            int(rng.integers(p)),
        )
    if draw(st.booleans()):
        n = s * p + 1  # one plate
        edges = np.array([(k, n - 1) for k in range(n - 1)])
        thermal = ThermalNetwork(
            rng.uniform(800, 1300, n),
            edges,
            rng.uniform(0.1, 2.0, n - 1),
            np.r_[np.zeros(n - 1), 2.0],
        )
    if draw(st.booleans()):
        bleed = Bleed(5.0, 0.002, 3.5)
    pack = build_pack(
        LEAF,
        s,
        p,
        capacity_factor=rng.uniform(0.9, 1.1, (s, p)),
        resistance_factor=rng.uniform(0.7, 1.5, (s, p)),
        joint_resistance=rng.uniform(0, 5e-4, (s, p)),
        rails=rails,
        thermal=thermal,
        bleed=bleed,
        limits=Limits(voltage_min=3.4, voltage_max=4.25, temperature_max=312.0, delay=20.0),
    )
    return pack, rng.uniform(0.3, 0.9, (s, p))


@st.composite
def loads(draw, parallel, series):
    kind = draw(st.sampled_from(["discharge", "charge", "power"]))
    dt = draw(st.sampled_from([1.0, 10.0, 60.0]))
    if kind == "discharge":
        return constant_current(draw(st.floats(1, 60)) * parallel, 40 * dt, dt)
    if kind == "charge":
        return charge_cccv(20.0 * parallel, 4.1 * series, 2.0 * parallel, dt, 60 * dt)
    power = draw(st.lists(st.floats(-60, 200), min_size=10, max_size=30))
    watts = np.array(power) * parallel * series
    return follow_power(np.arange(len(power) + 1) * dt, np.r_[watts, 0.0], dt)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_kernel_and_twin_agree(data):
    pack, soc = data.draw(packs())
    load = data.draw(loads(pack.parallel, pack.series))
    every = data.draw(st.sampled_from([1, 7]))
    fast, slow = (
        simulate(pack, load, soc=soc, every=every, engine=engine, beyond_current=True)
        for engine in ("numba", "numpy")
    )
    assert (fast.ended, fast.steps) == (slow.ended, slow.steps)
    for name in ("time", "current", "voltage", "group_voltage", "soc", "temperature"):
        np.testing.assert_allclose(getattr(fast, name), getattr(slow, name), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(fast.cell_current, slow.cell_current, rtol=1e-6, atol=1e-6)
    for name in ("electric", "chemical", "cell_heat", "rail_heat", "bled", "reversible"):
        mine, other = getattr(fast.energy, name), getattr(slow.energy, name)
        assert mine == pytest.approx(other, rel=1e-8, abs=1e-4)


def test_an_unknown_engine_is_refused():
    with pytest.raises(ValueError, match="neither"):
        simulate(build_pack(LEAF, 1, 1), constant_current(1, 10, 10), soc=0.5, engine="abacus")
