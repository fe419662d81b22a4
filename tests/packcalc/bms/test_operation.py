"""A simulated pack under its protections: trip, hold, release, log."""

import numpy as np
import pytest

from packcalc.bms.conventions import ProtectionLimit
from packcalc.bms.faults import read_log, write_log
from packcalc.bms.operation import operate
from packcalc.bms.supervision import Stage
from packcalc.cell import parameter_set
from packcalc.pack import (
    Limits,
    build_pack,
    charge_cccv,
    constant_current,
    follow_current,
    simulate,
)

LEAF = parameter_set("leaf-2013")
UNDER = ProtectionLimit("cell_undervoltage", "", "V", 3.60, 3.50, 3.56, 30.0, False, "test")
OVER = ProtectionLimit("cell_overvoltage", "", "V", 4.18, 4.20, 4.15, 10.0, True, "test")
CURRENT = ProtectionLimit("discharge_overcurrent", "", "A", 55.0, 60.0, None, 5.0, True, "test")
HOT = ProtectionLimit("discharge_overtemperature", "", "K", 300.0, 301.0, 299.0, 5.0, True, "test")


def pack(**more):
    return build_pack(LEAF, 3, 2, **more)


def test_without_a_trip_it_is_the_simulation_itself():
    load = constant_current(40.0, 600.0, 10.0)
    found = operate(pack(), load, [UNDER, OVER, CURRENT], soc=0.8)
    alone = simulate(pack(limits=Limits()), load, soc=0.8)
    assert not found.changes
    np.testing.assert_array_equal(found.group_voltage, alone.group_voltage)


def test_undervoltage_waits_for_its_delay_opens_and_lets_go_by_itself_after_relaxation():
    weak = np.ones((3, 2))
    weak[1] = 0.9
    load = constant_current(58.0, 2 * 3600.0, 10.0)
    found = operate(pack(capacity_factor=weak), load, [UNDER], soc=0.4)
    trips = [c for c in found.changes if c.stage is Stage.TRIPPED]
    releases = [c for c in found.changes if c.stage is Stage.NORMAL]
    first = int(np.flatnonzero(found.group_voltage.min(1) < UNDER.trip)[0])
    assert found.time[first] + UNDER.delay - 10.0 == pytest.approx(trips[0].time)
    at = int(trips[0].time / 10.0)
    assert found.current[at] == 58.0
    assert found.current[at + 1] == 0.0  # open from the next step on
    assert releases  # at rest the voltage comes back above the release, and the load goes on
    assert all(c.value >= UNDER.release for c in releases)
    assert found.log.count == len(trips) >= 2


def test_charge_is_counted_over_every_opening():
    load = constant_current(58.0, 3600.0, 10.0)
    found = operate(pack(), load, [UNDER], soc=0.35)
    drawn = found.current.sum() * 10.0
    gone = (found.soc[0] - found.soc[-1]).sum(axis=1) * LEAF.capacity
    np.testing.assert_allclose(gone, drawn, rtol=1e-9)


def test_overvoltage_stops_the_charger_but_not_the_load():
    time = np.arange(0.0, 2400.0, 10.0)
    wanted = np.where(time < 1800.0, -40.0, 30.0)
    found = operate(pack(), follow_current(time, wanted, 10.0), [OVER], soc=0.9)
    assert any(c.code == "cell_overvoltage" and c.stage is Stage.TRIPPED for c in found.changes)
    late = found.time > 1800.0
    assert np.all(found.current[late] == 30.0)
    assert found.current[(found.time > 1000.0) & ~late].min() > -40.0 or 0.0 in found.current


def test_overcurrent_lets_go_when_the_load_is_removed():
    time = np.arange(0.0, 300.0, 1.0)
    wanted = np.select([time < 100, time < 150], [70.0, 0.0], 40.0)
    found = operate(pack(), follow_current(time, wanted, 1.0), [CURRENT], soc=0.8)
    assert found.current[4] == 70.0
    assert np.all(found.current[6:101] == 0.0)
    assert found.current[-1] == 40.0
    assert [c.stage for c in found.changes] == [Stage.ALARM, Stage.TRIPPED, Stage.NORMAL]


def test_a_hot_cell_stops_the_load_until_it_has_cooled():
    from packcalc.thermal import grid_network

    air = grid_network(
        3, 2, LEAF.heat_capacity, between_groups=2.0, within_group=2.0, to_ambient=0.5
    )
    found = operate(
        pack(thermal=air), constant_current(60.0, 3000.0, 10.0), [HOT], soc=0.95, ambient=297.15,
        temperature=298.15,
    )  # fmt: skip
    assert found.temperature.max() < HOT.trip + 0.3
    assert found.log.count >= 1


def test_the_log_goes_on_from_one_run_to_the_next_and_survives_power_loss():
    load = constant_current(58.0, 1800.0, 10.0)
    once = operate(pack(), load, [UNDER], soc=0.2)
    kept = read_log(write_log(once.log))
    twice = operate(pack(), load, [UNDER], soc=0.2, log=kept)
    assert twice.log.count == 2 * once.log.count > 0
    assert len(twice.log.faults) <= 32


def test_loads_and_protections_it_does_not_know_are_refused():
    with pytest.raises(ValueError, match="follows a current"):
        operate(pack(), charge_cccv(30.0, 12.0, 1.0, 10.0), [UNDER], soc=0.5)
    odd = ProtectionLimit("mood", "", "V", None, 1.0, None, 0.0, True, "test")
    with pytest.raises(ValueError, match="which way does it open"):
        operate(pack(), constant_current(1.0, 10.0, 10.0), [odd], soc=0.5)


def test_a_run_goes_on_from_where_another_ended():
    load = constant_current(50.0, 600.0, 10.0)
    whole = simulate(pack(limits=Limits()), load, soc=0.8)
    first = simulate(pack(limits=Limits()), constant_current(50.0, 250.0, 10.0), soc=0.8)
    for engine in ("numba", "numpy"):
        rest = simulate(
            pack(limits=Limits()), constant_current(50.0, 350.0, 10.0), soc=first.soc[-1],
            temperature=first.temperature[-1], pairs=first.pairs, ambient=298.15, engine=engine,
        )  # fmt: skip
        np.testing.assert_allclose(rest.voltage[-1], whole.voltage[-1], rtol=1e-12)
        np.testing.assert_allclose(rest.soc[-1], whole.soc[-1], rtol=1e-12)
