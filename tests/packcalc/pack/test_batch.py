"""A batch gives each pack what it would get alone."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

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
    simulate_batch,
)

LEAF = parameter_set("leaf-2013")
RNG = np.random.default_rng(5)
N, S, P = 21, 4, 3
CAPACITY = RNG.uniform(0.9, 1.05, (N, S, P))
RESISTANCE = RNG.uniform(0.8, 1.3, (N, S, P))
JOINT = RNG.uniform(0, 3e-4, (N, S, P))
NETWORK = ThermalNetwork(
    np.full(S * P + 1, LEAF.heat_capacity),
    np.array([(k, S * P) for k in range(S * P)]),
    np.full(S * P, 1.0),
    np.r_[np.zeros(S * P), 3.0],
)


def design(rails, k=None):
    cells = {}
    if k is not None:
        cells = {
            "capacity_factor": CAPACITY[k],
            "resistance_factor": RESISTANCE[k],
            "joint_resistance": JOINT[k],
        }
    return build_pack(
        LEAF,
        S,
        P,
        rails=rails,
        thermal=NETWORK,
        bleed=Bleed(8.0, 2e-3, 3.5),
        limits=Limits(voltage_min=3.5, voltage_max=4.25, delay=20.0),
        **cells,
    )


LOADS = {
    "discharge": constant_current(28.0 * P, 5400.0, 10.0),
    "power": follow_power(np.arange(0, 3600, 60.0), RNG.uniform(-200, 900, 60), 30.0),
    "charge": charge_cccv(20.0 * P, 4.12 * S, 6.0, 20.0, 7200.0),
}


@pytest.mark.parametrize("rails", [None, Rails(RNG.uniform(2e-5, 2e-4, (S + 1, P - 1)), 0, P - 1)])
@pytest.mark.parametrize("load", LOADS)
def test_each_pack_of_a_batch_runs_as_if_alone(load, rails):
    run = simulate_batch(
        design(rails),
        LOADS[load],
        soc=0.7,
        capacity_factor=CAPACITY,
        resistance_factor=RESISTANCE,
        joint_resistance=JOINT,
        block=8,
    )
    for k in range(N):
        alone = simulate(design(rails, k), LOADS[load], soc=0.7)
        assert (run.ended[k], run.steps[k]) == (alone.ended, alone.steps)
        assert run.energy[k] == pytest.approx(alone.energy.electric, rel=1e-9)
        charge = float(np.sum(alone.current[1:]) * LOADS[load].dt)
        assert run.charge[k] == pytest.approx(charge, rel=1e-9)
        np.testing.assert_allclose(run.group_voltage[k], alone.group_voltage[-1], rtol=1e-10)
        np.testing.assert_allclose(run.soc[k], alone.soc[-1].mean(axis=1), rtol=1e-10)
        assert run.hottest[k] == pytest.approx(alone.temperature.max(), rel=1e-12)
        assert run.lowest_group[k] == pytest.approx(alone.group_voltage.min(), rel=1e-10)


def test_an_executor_changes_nothing_but_who_does_it():
    arguments = {"soc": 0.7, "capacity_factor": CAPACITY, "block": 4}
    seen = []
    alone = simulate_batch(design(None), LOADS["discharge"], **arguments)
    with ThreadPoolExecutor(2) as pool:
        shared = simulate_batch(
            design(None),
            LOADS["discharge"],
            executor=pool,
            progress=lambda done, of: seen.append((done, of)),
            **arguments,
        )
    np.testing.assert_array_equal(alone.energy, shared.energy)
    assert seen == [(k, N) for k in (4, 8, 12, 16, 20, 21)]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({}, "give one number of packs"),
        ({"count": 0}, "at least one pack"),
        ({"count": 5, "capacity_factor": CAPACITY}, "give one number of packs"),
        ({"capacity_factor": CAPACITY * 0}, "capacity_factor holds a figure that cannot be"),
        ({"count": 2, "soc": 1.5}, "soc is outside"),
        ({"capacity_factor": CAPACITY[:, :2]}, "has shape"),
    ],
)
def test_a_batch_that_cannot_be_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        simulate_batch(design(None), LOADS["discharge"], **{"soc": 0.5, **change})
