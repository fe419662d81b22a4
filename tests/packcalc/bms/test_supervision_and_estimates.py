"""Protection logic, fault log, balancing and estimators, run against the simulator."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from packcalc.bms.balancing import bleed_time, groups_to_bleed
from packcalc.bms.conventions import ProtectionLimit
from packcalc.bms.faults import FaultLog, read_log, record_fault, write_log
from packcalc.bms.soc import (
    capacity_health,
    estimate_soc,
    first_estimate,
    resistance_health,
)
from packcalc.bms.supervision import Stage, Watch, watch
from packcalc.cell import parameter_set
from packcalc.pack import Limits, build_pack, constant_current, follow_current, simulate

LEAF = parameter_set("leaf-2013")
UNDER = ProtectionLimit("cell_under", "cell voltage", "V", 3.2, 3.0, 3.3, 5.0, False, "test")


def course(protection, values, dt=1.0):
    state, stages = Watch(), []
    for value in values:
        state = watch(protection, state, value, dt)
        stages.append(state.stage)
    return stages


def test_a_dip_shorter_than_the_delay_does_not_trip():
    assert Stage.TRIPPED not in course(UNDER, [3.5, 2.9, 2.9, 2.9, 2.9, 3.1, 2.9, 2.9, 3.4])


def test_a_dip_as_long_as_the_delay_trips_and_holds_until_release():
    stages = course(UNDER, [2.9] * 5 + [3.25, 3.31])
    assert stages[4:] == [Stage.TRIPPED, Stage.TRIPPED, Stage.NORMAL]


def test_a_broken_sensor_trips():
    assert course(UNDER, [float("nan")] * 5)[-1] is Stage.TRIPPED


@given(st.lists(st.floats(2.0, 4.5), min_size=1, max_size=50))
def test_a_tripped_protection_lets_go_only_past_its_release(values):
    stages = course(UNDER, values)
    for before, after, value in zip(stages, stages[1:], values[1:], strict=False):
        if before is Stage.TRIPPED and after is not Stage.TRIPPED:
            assert value >= UNDER.release


def test_without_a_release_it_stays_tripped():
    latched = ProtectionLimit("short", "current", "A", None, 100.0, None, 0.0, True, "test")
    assert course(latched, [150.0, 0.0, 0.0])[-1] is Stage.TRIPPED


def test_the_log_keeps_the_last_thirty_two_and_survives_power_loss():
    log = FaultLog()
    for k in range(100):
        log = read_log(write_log(record_fault(log, float(k), "over", 4.3)))
    assert [fault.number for fault in log.faults] == list(range(69, 101))
    assert log.count == 100


@pytest.mark.parametrize(
    "text",
    ["", "{}", '{"room": 32, "count": 3, "faults": []}', '{"room": 0, "count": 0, "faults": []}'],
)
def test_a_damaged_log_is_refused(text):
    with pytest.raises(ValueError, match="fault log"):
        read_log(text)


def test_a_failed_sensor_is_logged_without_a_number():
    log = read_log(write_log(record_fault(FaultLog(), 1.0, "sensor", float("nan"))))
    assert np.isnan(log.faults[0].value)


def test_the_lowest_group_is_never_bled():
    volts = np.array([4.10, 4.15, 4.12])
    assert not groups_to_bleed(volts, 0.005, 0.002, 3.0, [True, True, True])[0]


def test_bleed_time_is_what_the_simulator_needs():
    # 4 % of the Leaf group's charge through 10 Ohm: the rule of thumb against the simulation.
    from packcalc.pack import Bleed

    start = np.array([[0.60], [0.64]])
    rule = bleed_time(start[:, 0], LEAF.capacity, 3.97, 10.0).max()
    pack = build_pack(LEAF, 2, 1, bleed=Bleed(10.0, 2e-3, 3.0), limits=Limits())
    run = simulate(pack, constant_current(0.0, rule / 2, 10.0), soc=start)
    assert np.ptp(run.soc[-1]) == pytest.approx(0.02, rel=0.02)


@pytest.fixture(scope="module")
def drive():
    rng = np.random.default_rng(3)
    amps = np.repeat(rng.uniform(-10, 30, 60), 30)
    pack = build_pack(LEAF, 1, 1, limits=Limits())
    load = follow_current(np.arange(amps.size + 1.0), np.r_[amps, 0.0], 1.0)
    return amps, simulate(pack, load, soc=0.9), rng


def test_the_filter_finds_a_wrong_start_on_a_noisy_drive(drive):
    amps, run, rng = drive
    volts = run.voltage[1:] + rng.normal(0, 2e-3, amps.size)
    belief = first_estimate(0.7, 0.15)
    for k, (i, v) in enumerate(zip(amps, volts, strict=True)):
        kelvin = float(run.temperature[k, 0, 0])
        belief = estimate_soc(LEAF, belief, i + rng.normal(0.02, 0.05), v, 1.0, kelvin)
    assert belief.soc == pytest.approx(float(run.soc[-1, 0, 0]), abs=0.01)
    assert belief.soc_error < 0.01


def test_a_single_wild_voltage_is_left_out(drive):
    belief = first_estimate(0.9, 0.01)
    amps, run, _ = drive
    for k in range(50):
        belief = estimate_soc(LEAF, belief, amps[k], float(run.voltage[k + 1]), 1.0)
    wild = estimate_soc(LEAF, belief, amps[50], 2.5, 1.0)
    assert wild.refused == 1
    assert wild.soc == pytest.approx(float(run.soc[51, 0, 0]), abs=0.005)


def test_a_filter_that_is_always_refused_gives_in():
    belief = first_estimate(0.9, 1e-3)
    rest = float(np.interp(0.5, LEAF.soc, LEAF.ocv))
    for _ in range(200):
        belief = estimate_soc(LEAF, belief, 0.0, rest, 1.0)
    assert belief.soc == pytest.approx(0.5, abs=0.02)


def test_health_is_read_from_a_simulated_aged_cell():
    pack = build_pack(LEAF, 1, 1, capacity_factor=0.85, resistance_factor=1.4, limits=Limits())
    run = simulate(pack, constant_current(15.0, 3600.0, 1.0), soc=0.9)
    health, _ = capacity_health(15 * 3600.0, 0.9, float(run.soc[-1, 0, 0]), LEAF.capacity)
    assert health == pytest.approx(0.85, rel=1e-6)
    step = simulate(pack, constant_current(15.0, 0.001, 0.001), soc=0.5)
    grown = resistance_health(LEAF, step.voltage[0], step.voltage[1], 15.0, 0.5, 298.15)
    assert grown == pytest.approx(1.4, rel=2e-3)


def test_too_little_swing_tells_no_health():
    with pytest.raises(ValueError, match="too little"):
        capacity_health(100.0, 0.5, 0.45, 1000.0)
