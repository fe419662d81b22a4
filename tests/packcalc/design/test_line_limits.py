"""Limits of the line: a pack of accepted cells and joints passes, a worse one does not."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packcalc.bms import protection_limits
from packcalc.design import (
    DesignRules,
    Limit,
    end_of_line_limits,
    incoming_limits,
    joint_resistance,
    link_resistance,
    matching_limits,
    tightened,
)
from packcalc.design.weld import SCREWS, tightening_torque, weld_energy
from tests.packcalc.design.cells import BARE, ROUND
from tests.packcalc.design.test_protection import RULES


def line(cell=ROUND, series=13, parallel=4, kind="dc", stated=None, **more):
    incoming = incoming_limits(cell, kind, stated)
    protection = protection_limits(cell, RULES, parallel, 30.0) if cell is ROUND else ()
    rows = end_of_line_limits(cell, series, parallel, 30.0, incoming, protection, **more)
    return {row.code: row for row in (*incoming, *rows)}


LINE_CODES = {
    *("kit_cell_count", "joint_resistance", "weld_energy", "bms_paired", "sense_voltage_error"),
    *("fastener_torque", "leak_rate", "cure_time", "ocv_drop", "baseline_capacity", "pack_ocv"),
    *(
        "group_ocv_delta",
        "group_dc_resistance",
        "pack_dc_resistance",
        "insulation_resistance",
        "bms_communication",
    ),
    *("firmware_match", "self_test", "current_zero", "temperature_spread", "overvoltage_trip"),
    *("undervoltage_trip", "overcurrent_trip", "pack_mass", "label_readable", "ship_soc"),
}


def test_every_characteristic_of_the_line_has_its_limit_and_reason():
    rows = line(mass=5.0, volume=0.004)
    assert rows.keys() >= LINE_CODES
    assert all(row.reason for row in rows.values())


def test_hipot_only_above_60_volts():
    assert "leakage_current" not in line(series=14)
    assert "leakage_current" in line(series=15)


@given(
    resistances=st.lists(st.floats(0.020, 0.030), min_size=52, max_size=52),
    joint=st.floats(0.1, 1.0),
)
def test_a_pack_of_accepted_cells_and_joints_passes_the_resistance_limit(resistances, joint):
    """Millman: a group's conductance is the sum of its cells'; groups and links add."""
    rules = DesignRules()
    rows = line(stated={"cell_dc_resistance": (0.020, 0.030)})
    _, largest = joint_resistance(ROUND, rules)
    each = joint * largest
    groups = [resistances[i : i + 4] for i in range(0, 52, 4)]
    alone = [1 / sum(1 / (r + 2 * each) for r in group) for group in groups]
    link = link_resistance(ROUND, 4, rules)
    limit = rows["pack_dc_resistance"]
    assert limit.low <= sum(alone) + 14 * link <= limit.high
    limit = rows["group_dc_resistance"]
    assert all(limit.low <= r + link <= limit.high for r in alone)


def test_one_open_cell_per_group_fails_the_resistance_limit():
    rows = line(stated={"cell_dc_resistance": (0.024, 0.026)})
    pack = 13 * 0.025 / 3
    assert pack > rows["pack_dc_resistance"].high


@given(capacities=st.lists(st.floats(18000, 19800), min_size=52, max_size=52))
def test_a_pack_of_accepted_cells_has_the_baseline_capacity(capacities):
    groups = [sum(capacities[i : i + 4]) for i in range(0, 52, 4)]
    assert min(groups) >= line()["baseline_capacity"].low


def test_a_missing_cell_fails_the_baseline_capacity():
    assert 3 * 1.05 * ROUND.capacity < line()["baseline_capacity"].low


def test_the_pack_voltage_follows_the_accepted_cells():
    rows = line(stated={"cell_ocv": (3.55, 3.57)})
    assert rows["pack_ocv"].high == pytest.approx(13 * 3.57)
    assert 13 * 3.45 < rows["pack_ocv"].low < 13 * 3.55


def test_insulation_has_the_floor_of_r100_and_a_production_limit_above():
    """UN R100, ISO 6469-3: 100 Ohm per volt DC; 400 V gives 40 kOhm."""
    rows = line(series=13)
    assert rows["insulation_resistance"].low == 1e6
    assert "4.68 kOhm" in rows["insulation_resistance"].reason
    large = line(replace(ROUND, code="x"), series=4000)
    assert large["insulation_resistance"].low == pytest.approx(100 * 4000 * 3.6)


def test_the_program_replaces_incoming_limits_and_says_so():
    rows = line(stated={"cell_capacity": (16000.0, 19000.0)})
    assert (rows["cell_capacity"].low, rows["cell_capacity"].high) == (16000.0, 19000.0)
    assert "program" in rows["cell_capacity"].reason
    assert rows["baseline_capacity"].low == pytest.approx(4 * 16000 * 0.99)


def test_a_limit_for_a_quantity_that_is_not_measured_is_refused():
    with pytest.raises(ValueError, match="cell_ac_ir"):
        incoming_limits(ROUND, "dc", {"cell_ac_ir": (None, 0.02)})


def test_ac_and_dc_are_never_mixed():
    assert "cell_dc_resistance" not in {x.code for x in incoming_limits(ROUND, "ac")}
    assert "cell_ac_ir" not in {x.code for x in incoming_limits(ROUND, "dc")}


def test_a_sheet_without_resistance_gives_no_resistance_limits():
    rows = line(BARE, 16, 1)
    assert "cell_dc_resistance" not in rows
    assert "pack_dc_resistance" not in rows
    assert "pack_mass" not in rows


def test_the_spread_at_joining_keeps_the_equalising_current_below_the_charge_current():
    tiny = replace(ROUND, dc_resistance=0.0005, ac_resistance=None, charge_current=4.0)
    spread = {x.code: x.high for x in matching_limits(tiny)}["group_ocv_spread"]
    assert spread / (2 * 0.0005) == pytest.approx(4.0)


@given(
    low=st.none() | st.floats(-10, 10),
    high=st.none() | st.floats(-10, 10),
)
def test_tightening_never_widens(low, high):
    wide = Limit("x", "eol", "x", "V", -5.0, 5.0, 0.0, "design")
    try:
        narrow = tightened(wide, low, high, "R-1")
    except ValueError:
        least = -5.0 if low is None else max(low, -5.0)
        most = 5.0 if high is None else min(high, 5.0)
        assert least > most
        return
    assert narrow.low >= wide.low
    assert narrow.high <= wide.high
    assert narrow.low <= narrow.target <= narrow.high


def test_a_limit_without_a_side_is_refused():
    with pytest.raises(ValueError, match="at least one side"):
        Limit("x", "eol", "x", "V")


def test_torque_of_an_m8_screw_is_that_of_the_textbook():
    """T = K d F by hand: 0.2 x 8 mm x 0.5 x 580 MPa x 36.6 mm2 = 16.98 N m."""
    assert tightening_torque(SCREWS[3]) == pytest.approx(16.98, abs=0.01)


@given(thickness=st.floats(0.05e-3, 0.5e-3))
def test_a_thicker_strip_takes_more_energy_to_weld(thickness):
    assert weld_energy(2 * thickness) > weld_energy(thickness)
