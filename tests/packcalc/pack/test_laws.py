"""What holds for every pack: conservation, order, sign, and agreement with a tight solution."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from packcalc.cell import circuit_at, open_circuit_voltage, parameter_set
from packcalc.pack import (
    Bleed,
    Limits,
    Rails,
    ThermalNetwork,
    build_pack,
    charge_cccv,
    constant_current,
    follow_current,
    follow_power,
    simulate,
)

LEAF = parameter_set("leaf-2013")
FREE = Limits()


def spread(s, p, seed=1, rails=None, **more):
    rng = np.random.default_rng(seed)
    return build_pack(
        LEAF,
        s,
        p,
        capacity_factor=rng.uniform(0.97, 1.03, (s, p)),
        resistance_factor=rng.uniform(0.9, 1.15, (s, p)),
        joint_resistance=rng.uniform(0, 2e-4, (s, p)),
        rails=rails,
        **{"limits": FREE, **more},
    )


def ladder(s, p, ohms=5e-5):
    return Rails(np.full((s + 1, p - 1), ohms), 0, p - 1)


@pytest.mark.parametrize("rails", [None, ladder(3, 4)])
@pytest.mark.parametrize("dt", [1.0, 10.0, 60.0])
def test_energy_is_conserved_including_heat(rails, dt):
    network = ThermalNetwork(
        np.full(12, LEAF.heat_capacity),
        np.array([(k, k + 1) for k in range(11)]),
        np.full(11, 2.0),
        np.full(12, 0.3),
    )
    pack = spread(3, 4, rails=rails, thermal=network, bleed=Bleed(10.0, 1e-3, 3.0))
    run = simulate(pack, constant_current(100.0, 1200.0, dt), soc=0.9, ambient=290.0)
    e = run.energy
    assert e.chemical == pytest.approx(e.electric + e.cell_heat + e.rail_heat + e.bled, rel=1e-9)
    heat = e.cell_heat + e.rail_heat + e.reversible - e.ambient
    assert e.warming == pytest.approx(heat, rel=1e-9)
    assert (e.rail_heat > 0) == (rails is not None)
    assert e.bled > 0


@pytest.mark.parametrize("rails", [None, ladder(3, 4)])
def test_charge_is_conserved(rails):
    pack = spread(3, 4, rails=rails)
    run = simulate(pack, constant_current(100.0, 1200.0, 10.0), soc=0.9)
    out = (0.9 - run.soc[-1]) * LEAF.capacity * pack.capacity_factor
    np.testing.assert_allclose(out.sum(axis=1), 100.0 * 1200.0, rtol=1e-9)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 1000), st.integers(1, 4), st.integers(2, 8), st.floats(-20, 30), st.booleans()
)
def test_cell_currents_sum_to_the_pack_current(seed, s, p, amps, railed):
    pack = spread(s, p, seed, ladder(s, p) if railed else None)
    run = simulate(pack, constant_current(amps * p, 300.0, 10.0), soc=0.5)
    sums = run.cell_current.sum(axis=2)
    np.testing.assert_allclose(sums, np.repeat(run.current[:, None], s, 1), rtol=1e-8, atol=1e-7)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000))
def test_order_of_cells_does_not_matter_without_rails(seed):
    pack = spread(2, 5, seed)
    turn = np.random.default_rng(seed).permutation(5)
    other = build_pack(
        LEAF,
        2,
        5,
        capacity_factor=pack.capacity_factor[:, turn],
        resistance_factor=pack.resistance_factor[:, turn],
        joint_resistance=pack.joint_resistance[:, turn],
        limits=FREE,
    )
    load = constant_current(150.0, 600.0, 10.0)
    one, two = simulate(pack, load, soc=0.8), simulate(other, load, soc=0.8)
    np.testing.assert_allclose(one.voltage, two.voltage, rtol=1e-12)
    np.testing.assert_allclose(
        one.cell_current[:, :, turn], two.cell_current, rtol=1e-7, atol=1e-9
    )


@settings(max_examples=20, deadline=None)
@given(st.floats(1, 29), st.floats(1.01, 2.0))
def test_more_current_heats_more(amps, more):
    pack = spread(1, 2)
    heats = [
        simulate(pack, constant_current(2 * a, 600.0, 10.0), soc=0.9).energy.cell_heat
        for a in (amps, min(amps * more, 30.0))
    ]
    assert heats[1] > heats[0]


def test_a_pack_at_rest_only_evens_out_within_its_groups():
    pack = spread(2, 3)
    start = np.array([[0.50, 0.52, 0.54], [0.6, 0.6, 0.6]])
    run = simulate(pack, constant_current(0.0, 4 * 3600.0, 10.0), soc=start)
    assert np.ptp(run.soc[-1, 0]) < 0.2 * np.ptp(start[0])
    np.testing.assert_allclose(run.soc[-1, 1], 0.6, atol=1e-12)


def tight(pack, amps, seconds, soc, samples):
    """A parallel group with rails as an ordinary differential equation, solved tightly.

    Written apart from the kernel: instantaneous network by a dense Laplacian, cell tables read
    by linear interpolation at one temperature, LSODA at 1e-7.
    """
    p = pack.parallel
    nodes = np.linspace(0, 1, 401)
    tables = circuit_at(LEAF, nodes, np.full(401, 298.15))
    ocv = open_circuit_voltage(LEAF, nodes, np.full(401, 298.15))
    factor, joint = pack.resistance_factor[0], pack.joint_resistance[0]
    capacity = LEAF.capacity * pack.capacity_factor[0]
    link = 1 / pack.rails.resistance

    def currents(x):
        z, v1, v2 = x.reshape(3, p)
        emf = np.interp(z, nodes, ocv) - v1 - v2
        y = 1 / (factor * np.interp(z, nodes, tables[0]) + joint)
        a, b = np.zeros((2 * p, 2 * p)), np.zeros(2 * p)
        for k in range(p):
            for i, j, g in [(k, p + k, y[k])] + (
                [(k, k + 1, link[0, k]), (p + k, p + k + 1, link[1, k])] if k < p - 1 else []
            ):
                a[i, i] += g
                a[j, j] += g
                a[i, j] -= g
                a[j, i] -= g
            b[k] += emf[k] * y[k]
            b[p + k] -= emf[k] * y[k]
        b[pack.rails.positive_column] -= amps
        ground = p + pack.rails.negative_column
        keep = np.arange(2 * p) != ground
        phi = np.zeros(2 * p)
        phi[keep] = np.linalg.solve(a[np.ix_(keep, keep)], b[keep])
        return (emf - phi[:p] + phi[p:]) * y, phi

    def slope(_, x):
        z, v1, v2 = x.reshape(3, p)
        i, _ = currents(x)
        r1, t1, r2, t2 = (np.interp(z, nodes, tables[m]) for m in (1, 2, 3, 4))
        return np.r_[-i / capacity, (factor * r1 * i - v1) / t1, (factor * r2 * i - v2) / t2]

    first = np.r_[np.full(p, soc), np.zeros(2 * p)]
    found = solve_ivp(slope, (0, seconds), first, "LSODA", samples, rtol=1e-7, atol=1e-9)
    flows = [currents(x) for x in found.y.T]
    return (
        np.array([phi[pack.rails.positive_column] for _, phi in flows]),
        np.array([i for i, _ in flows]),
    )


def cold(n):
    """A network so heavy that temperature stays: the comparison is about electricity."""
    return ThermalNetwork(
        np.full(n, 1e12), np.zeros((0, 2), dtype=np.int64), np.zeros(0), np.zeros(n)
    )


def test_sixteen_cells_on_a_ladder_follow_a_tight_solution():
    # Goal: 0.2 mV and 0.5 % of 1C in branch current at steps of 10 s.
    pack = spread(1, 16, 3, ladder(1, 16, 2e-5), thermal=cold(16))
    one_c = LEAF.capacity / 3600
    run = simulate(pack, constant_current(16 * 30.0, 3000.0, 10.0), soc=0.95)
    samples = run.time[1:]
    volts, flows = tight(pack, 16 * 30.0, 3000.0, 0.95, samples)
    np.testing.assert_allclose(run.voltage[1:], volts, atol=0.2e-3)
    np.testing.assert_allclose(run.cell_current[1:, 0], flows, atol=0.005 * one_c)


def test_steps_of_a_minute_stay_stable_and_near():
    pack = spread(1, 16, 3, ladder(1, 16, 2e-5), thermal=cold(16))
    fine = simulate(pack, constant_current(480.0, 3000.0, 1.0), soc=0.95, every=60)
    coarse = simulate(pack, constant_current(480.0, 3000.0, 60.0), soc=0.95)
    np.testing.assert_allclose(coarse.voltage, fine.voltage, atol=3e-3)
    np.testing.assert_allclose(coarse.cell_current, fine.cell_current, atol=0.1 * 30)


def test_one_cell_follows_the_closed_form_of_its_relaxation():
    # R and tau do not change at rest, so that v(t) = R1 i exp(-t/tau1) + R2 i exp(-t/tau2) there.
    amps, dt = 20.0, 1.0
    i = np.r_[np.full(1, amps), np.zeros(600)]
    pack = build_pack(LEAF, 1, 1, thermal=cold(1), limits=FREE)
    run = simulate(pack, follow_current(np.arange(602.0), np.r_[i, 0.0], dt), soc=0.5)
    _, r1, t1, r2, t2 = circuit_at(LEAF, 0.5, 298.15)
    k = np.arange(1, 602)
    fall = sum(
        r * amps * -np.expm1(-dt / t) * np.exp(-(k - 1) * dt / t) for r, t in ((r1, t1), (r2, t2))
    )
    rest = open_circuit_voltage(LEAF, 0.5 - amps * dt / LEAF.capacity, 298.15)
    np.testing.assert_allclose(run.voltage[2:], rest - fall[1:], atol=2e-6)


def test_power_asked_is_power_given():
    pack = spread(4, 2, rails=ladder(4, 2))
    time = np.arange(0.0, 300.0, 10.0)
    power = 300 * np.sin(time / 40)
    run = simulate(pack, follow_power(time, power, 10.0), soc=0.7)
    assert run.energy.electric == pytest.approx(float(np.sum(power[:-1]) * 10), rel=1e-9)


def test_a_power_beyond_reach_ends_the_run():
    run = simulate(
        spread(1, 1), follow_power([0, 60], [1e5, 0], 10.0), soc=0.5, beyond_current=True
    )
    assert run.because == "the pack cannot give this power"


def test_a_charge_tapers_and_ends_at_its_cutoff():
    pack = spread(6, 2)
    run = simulate(pack, charge_cccv(40.0, 6 * 4.15, 3.0, 10.0), soc=0.3)
    assert run.because == "charged: the current fell to its cutoff"
    assert run.current.min() == pytest.approx(-40.0)
    assert -3.0 <= run.current[-1] < 0
    assert run.voltage[-1] == pytest.approx(6 * 4.15, abs=2e-3)


def test_bleeding_brings_groups_together():
    start = np.array([[0.60], [0.64], [0.62]])
    load = constant_current(0.0, 40 * 3600.0, 60.0)
    without = simulate(spread(3, 2), load, soc=start)
    bled = simulate(spread(3, 2, bleed=Bleed(10.0, 2e-3, 3.0)), load, soc=start)
    assert np.ptp(without.group_voltage[-1]) > 10e-3
    assert np.ptp(bled.group_voltage[-1]) < 2.5e-3


@pytest.mark.parametrize(
    ("limits", "amps", "because"),
    [
        (Limits(voltage_min=3.6), 30, "cut: group under voltage"),
        (Limits(voltage_max=4.0), -20, "cut: group over voltage"),
        (Limits(discharge_max=50), 30, "cut: discharge over current"),
        (Limits(charge_max=30), -20, "cut: charge over current"),
        (Limits(temperature_max=299.0), 30, "cut: cell over temperature"),
    ],
)
def test_each_limit_cuts(limits, amps, because):
    run = simulate(spread(2, 2, limits=limits), constant_current(2 * amps, 7200.0, 10.0), soc=0.5)
    assert run.because == because


def test_a_delay_holds_the_cut_back():
    load = constant_current(60.0, 600.0, 10.0)
    at_once, later = (
        simulate(spread(1, 2, limits=Limits(discharge_max=50, delay=d)), load, soc=0.5)
        for d in (0.0, 45.0)
    )
    assert (at_once.steps, later.steps) == (1, 5)


def test_a_run_ends_where_the_parameters_no_longer_hold():
    run = simulate(spread(1, 1), constant_current(30.0, 7200.0, 10.0), soc=0.5)
    assert run.because.startswith("a cell fell below the state of charge")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"soc": 1.2}, "state of charge 1.2 of cell 1 in group 1"),
        ({"soc": 0.5, "temperature": 250.0}, r"temperature \[K\] 250"),
        ({"soc": 0.5, "every": 0}, "every = 0"),
        ({"soc": np.nan}, "state of charge nan"),
    ],
)
def test_a_start_outside_of_the_parameters_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        simulate(spread(1, 1), constant_current(1.0, 10.0, 10.0), **change)


def test_more_current_than_was_checked_needs_a_word():
    load = constant_current(500.0, 10.0, 10.0)
    with pytest.raises(ValueError, match="beyond_current"):
        simulate(spread(1, 1), load, soc=0.5)
    assert simulate(spread(1, 1), load, soc=0.5, beyond_current=True).steps == 1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: build_pack(LEAF, 0, 4), "at least one group"),
        (lambda: build_pack(LEAF, 2, 2, capacity_factor=0.0), r"capacity_factor\[0, 0\] = 0"),
        (lambda: build_pack(LEAF, 2, 2, joint_resistance=-1e-3), "joint_resistance"),
        (lambda: build_pack(LEAF, 2, 2, resistance_factor=np.ones(3)), "has shape"),
        (lambda: build_pack(LEAF, 2, 2, rails=ladder(3, 2)), "rails: resistance has shape"),
        (lambda: build_pack(LEAF, 2, 1, rails=ladder(2, 2)), "a group of one cell has none"),
        (lambda: constant_current(1.0, -5.0, 1.0), "above zero"),
        (lambda: constant_current(np.nan, 5.0, 1.0), "not a finite number"),
        (lambda: charge_cccv(1.0, 4.0, 2.0, 1.0), "cutoff"),
        (lambda: follow_current([0, 2, 1], [1, 1, 1], 1.0), "must rise"),
        (lambda: build_pack(LEAF, 1, 2, thermal=cold(1)), "fewer nodes than cells"),
    ],
)
def test_packs_and_loads_that_cannot_be_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
