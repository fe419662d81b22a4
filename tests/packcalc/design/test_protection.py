"""Protection: the stricter of convention and sheet wins, and a full charge does not trip."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packcalc.bms import Conventions, VoltageConvention, protection_limits
from tests.packcalc.design.cells import BARE, ROUND

NMC = VoltageConvention("NMC", 4.2, (4.25, 4.30), (2.5, 2.8), 4.22, 3.0, (4.10, 4.15), (3.0, 3.0))
RULES = Conventions(
    voltage=NMC,
    charge_temperature=(273.15, 318.15),
    discharge_temperature=(253.15, 333.15),
    trip_high=(333.15, 343.15),
    temperature_release=(5.0, 15.0),
    discharge_trip=2.0,
    charge_trip=1.25,
    second_trip=10.0,
    discharge_delay=(0.05, 1.5),
    second_delay=(0.005, 0.015),
    short_circuit_delay=(1e-4, 4e-4),
    voltage_delay=(0.5, 4.0),
    temperature_delay=(1.0, 5.0),
)


def limits(cell=ROUND, parallel=4, current=30.0, **more):
    return {p.code: p for p in protection_limits(cell, RULES, parallel, current, **more)}


def test_the_convention_wins_where_the_sheet_is_no_stricter():
    over = limits()["cell_overvoltage"]
    assert (over.alarm, over.trip, over.release) == (4.22, 4.25, 4.10)
    assert "convention" in over.reason.split("(")[0]


def test_a_lower_charge_limit_of_the_sheet_lowers_the_trip():
    over = limits(replace(ROUND, charge_voltage=4.15))["cell_overvoltage"]
    assert over.trip == pytest.approx(4.20)
    assert "charge limit of the sheet" in over.reason.split("(against")[0]


def test_a_higher_discharge_limit_of_the_sheet_raises_the_trip():
    under = limits(replace(ROUND, cutoff_voltage=2.7))["cell_undervoltage"]
    assert under.trip == 2.7
    assert "discharge limit of the sheet" in under.reason.split("(against")[0]


def test_the_sheets_own_protection_voltage_counts():
    over = limits(replace(ROUND, protection_voltage_max=4.24))["cell_overvoltage"]
    assert over.trip == 4.24


@given(charge=st.floats(3.8, 4.6))
def test_a_charger_at_its_limit_neither_trips_nor_alarms(charge):
    over = limits(replace(ROUND, charge_voltage=charge))["cell_overvoltage"]
    assert charge < over.alarm < over.trip
    assert over.release < over.trip


def test_the_peak_that_is_asked_for_does_not_trip():
    asked = limits(peak_current=75.0)["discharge_overcurrent"]
    assert asked.trip == 75.0
    assert limits()["discharge_overcurrent"].trip == 60.0


def test_a_peak_beyond_the_cells_is_refused():
    with pytest.raises(ValueError, match="are rated 80 A"):
        limits(peak_current=90.0)


def test_charge_current_keeps_to_what_is_asked_and_what_cells_accept():
    assert limits(charge_current=8.0)["charge_overcurrent"].trip == 10.0
    assert limits(charge_current=20.0)["charge_overcurrent"].trip == pytest.approx(21.0)
    assert "charge_overcurrent" not in limits(BARE, 1, 10.0)


def test_a_silent_sheet_leaves_the_temperature_to_the_convention():
    over = limits(BARE, 1, 10.0)["charge_overtemperature"]
    assert over.trip == 318.15
    assert "the sheet states none" in over.reason


def test_the_convention_gives_way_where_work_is_asked_for_and_the_sheet_allows_it():
    cold = replace(ROUND, charge_temperature_min=253.15)
    asked = {"charge_temperature_min": (None, 263.15)}
    assert limits(cold)["charge_undertemperature"].trip == 273.15
    assert limits(cold, temperatures=asked)["charge_undertemperature"].trip == 263.15
    assert limits(temperatures=asked)["charge_undertemperature"].trip == 273.15


def test_a_program_may_narrow_a_temperature():
    asked = {"discharge_temperature_max": (None, 323.15)}
    assert limits(temperatures=asked)["discharge_overtemperature"].trip == 323.15


@given(
    stated=st.floats(283.15, 353.15),
    reach=st.none() | st.floats(283.15, 353.15),
    bound=st.none() | st.floats(283.15, 353.15),
)
def test_no_temperature_trip_lies_outside_the_sheet(stated, reach, bound):
    cell = replace(ROUND, discharge_temperature_max=stated)
    asked = {"discharge_temperature_max": (reach, bound)}
    over = limits(cell, temperatures=asked)["discharge_overtemperature"]
    assert over.trip <= stated
    assert over.alarm < over.trip
    assert over.release < over.trip
