"""The virtual line: physics from the unit's own cells, planted defects, no hidden order."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packlink.virtual import (
    DEFECTS,
    REWORK_FROM,
    CellFacts,
    DesignFacts,
    Measurand,
    UnitFacts,
    UnknownCharacteristic,
    VirtualLine,
    population,
)
from packlink.virtual.models import MODELS

S, P = 4, 3
DESIGN = DesignFacts(joint_resistance_mohm=0.2, path_resistance_mohm=5.0, pack_mass_kg=3.2)
JOINTS = tuple(range(2 * S * P))
GROUPS = tuple(range(S))

# A control plan as a design would generate it: wide enough for sound units, tight enough to catch.
PLAN = {
    "10-incoming": [
        Measurand("cell_capacity", "Ah", tuple(range(S * P)), 4.8),
        Measurand("cell_ocv", "V", tuple(range(S * P)), 3.5, 3.7),
        Measurand("cell_ac_ir", "mOhm", tuple(range(S * P)), None, 20.0),
    ],
    "20-kitting": [Measurand("kit_cell_count", "1", (0,), 12, 12, 12)],
    "30-grouping": [
        Measurand("group_capacity_spread", "%", (0,), None, 2.0),
        Measurand("group_ocv_spread", "mV", GROUPS, None, 20.0),
        Measurand("group_resistance_spread", "%", GROUPS, None, 15.0),
    ],
    "40-welding": [
        Measurand("joint_resistance", "mOhm", JOINTS, None, 0.4, 0.2),
        Measurand("weld_energy", "J", JOINTS, 25.0, 35.0, 30.0),
        Measurand("bms_paired", "1", (0,), 1, 1),
    ],
    "50-harness": [Measurand("sense_voltage_error", "mV", GROUPS, -5, 5, 0)],
    "60-enclosure": [
        Measurand("fastener_torque", "N.m", (0, 1, 2), 1.8, 2.2, 2.0),
        Measurand("leak_rate", "Pa/s", (0,), None, 10.0),
        Measurand("cure_time", "h", (0,), 24.0),
    ],
    "70-ageing": [
        Measurand("ocv_drop", "mV/d", GROUPS, None, 0.5),
        Measurand("baseline_capacity", "Ah", (0,), 14.0),
        Measurand("baseline_temperature_rise", "K", (0,), None, 10.0),
    ],
    "80-eol": [
        Measurand("pack_ocv", "V", (0,), 14.0, 14.8),
        Measurand("group_ocv_delta", "mV", (0,), None, 20.0),
        Measurand("group_dc_resistance", "mOhm", GROUPS, None, 6.7),
        Measurand("pack_dc_resistance", "mOhm", (0,), None, 26.5),
        Measurand("insulation_resistance", "kOhm", (0,), 1000.0),
        Measurand("leakage_current", "mA", (0,), None, 0.5),
        Measurand("bms_communication", "1", (0,), 1, 1),
        Measurand("firmware_match", "1", (0,), 1, 1),
        Measurand("self_test", "1", (0,), 1, 1),
        Measurand("current_zero", "A", (0,), -0.1, 0.1, 0.0),
        Measurand("temperature_spread", "K", (0,), None, 3.0),
        Measurand("overvoltage_trip", "V", (0,), 16.9, 17.1, 17.0),
        Measurand("undervoltage_trip", "V", (0,), 9.9, 10.1, 10.0),
        Measurand("overcurrent_trip", "A", (0,), 38.0, 42.0, 40.0),
    ],
    "90-final": [
        Measurand("pack_mass", "kg", (0,), 3.1, 3.3, 3.2),
        Measurand("label_readable", "1", (0,), 1, 1),
        Measurand("ship_soc", "%", (0,), None, 30.0),
    ],
}


def unit(number=0, **changes):
    lot = population(
        seed=99,
        n=S * P * (number + 1),
        capacity_mean_ah=5.0,
        capacity_sd_ah=0.02,
        ocv_mean_v=3.6,
        ocv_sd_v=0.001,
        resistance_mean_mohm=15.0,
        resistance_sd_mohm=0.3,
        outlier_share=0.0,
        serial_prefix=f"C{number}-",
    )
    cells = [
        CellFacts(*row)
        for row in zip(
            lot.serials,
            lot.capacity_ah.tolist(),
            lot.ocv_v.tolist(),
            lot.resistance_mohm.tolist(),
            strict=True,
        )
    ][: S * P]
    groups = tuple(tuple(cells[P * k : P * k + P]) for k in range(S))
    return replace(UnitFacts(f"U-{number:03d}", groups, DESIGN), **changes)


def read(line, unit, operation, attempt=1):
    return line.measure(
        unit, operation=operation, characteristics=PLAN[operation], attempt=attempt
    )


def failing(line, unit, operation, attempt=1):
    limits = {m.code: m for m in PLAN[operation]}
    return {
        r.code
        for r in read(line, unit, operation, attempt)
        if (limits[r.code].low is not None and r.value < limits[r.code].low)
        or (limits[r.code].high is not None and r.value > limits[r.code].high)
    }


def with_defect(kind):
    """Return a line that plants this defect, and a unit that has it (the 12th has it too)."""
    line = VirtualLine(seed=5, defect_rate=1.0, kinds=[kind])
    return line, next(u for u in map(unit, range(40)) if kind in line.planted(u))


def value(readings, code, position=0):
    return next(r.value for r in readings if r.code == code and r.position == position)


def test_the_plan_of_these_tests_holds_every_characteristic_that_the_line_knows():
    planned = [m.code for group in PLAN.values() for m in group]
    assert sorted([*planned, "cell_dc_resistance"]) == sorted(MODELS)


def test_a_sound_unit_passes_every_operation():
    line = VirtualLine(seed=5, defect_rate=0.0)
    for u, operation in itertools.product(map(unit, range(5)), PLAN):
        assert failing(line, u, operation) == set(), (u.serial, operation)


def test_incoming_readings_are_those_of_the_record():
    u = unit()
    cell = u.groups[2][1]
    readings = read(VirtualLine(5, 0.0), u, "10-incoming")
    position = 2 * P + 1
    assert value(readings, "cell_capacity", position) == cell.capacity_ah
    assert value(readings, "cell_ocv", position) == cell.ocv_v
    assert value(readings, "cell_ac_ir", position) == cell.ac_ir_mohm


def test_pack_resistance_is_that_of_the_network_solved_by_kirchhoff():
    """Oracle: nodal analysis of the network of branches, solved as a linear system."""
    line, u = VirtualLine(5, 0.0), unit()
    joints = line.weld(u).resistance_mohm.reshape(S, P, 2)
    laplace = np.zeros((S + 1, S + 1))
    for g, group in enumerate(u.groups):
        for c, cell in enumerate(group):
            conductance = 1 / (cell.ac_ir_mohm + joints[g, c].sum())
            laplace[g : g + 2, g : g + 2] += conductance * np.array([[1, -1], [-1, 1]])
    inject = np.zeros(S)
    inject[-1] = 1.0  # one ampere in at the top, out at node 0
    expected = np.linalg.solve(laplace[1:, 1:], inject)[-1] + DESIGN.path_resistance_mohm
    measured = value(read(line, u, "80-eol"), "pack_dc_resistance")
    assert measured == pytest.approx(expected, rel=0.015)  # gauge 0.3 %, log 0.5 % of a joint


def test_pack_voltage_is_that_of_the_network_solved_by_kirchhoff():
    """Oracle: no current leaves any group, so the branch currents of each sum to zero."""
    line, u = VirtualLine(5, 0.0), unit()
    joints = line.weld(u).resistance_mohm.reshape(S, P, 2)
    pack = 0.0
    for g, group in enumerate(u.groups):
        # unknowns: the group's voltage and its branch currents
        rows = [
            [1.0, *(np.eye(P)[c] * (group[c].ac_ir_mohm + joints[g, c].sum()))] for c in range(P)
        ]
        rows.append([0.0, *np.ones(P)])
        pack += np.linalg.solve(np.array(rows), [*(c.ocv_v for c in group), 0.0])[0]
    assert value(read(line, u, "80-eol"), "pack_ocv") == pytest.approx(pack, abs=4e-3)


def test_capacity_is_that_of_the_smallest_group():
    line, u = VirtualLine(5, 0.0), unit()
    smallest = min(sum(cell.capacity_ah for cell in group) for group in u.groups)
    measured = value(read(line, u, "70-ageing"), "baseline_capacity")
    assert measured == pytest.approx(smallest, rel=0.005)


def test_grouping_figures_follow_from_the_cells_alone():
    line, u = VirtualLine(5, 0.0), unit()
    readings = read(line, u, "30-grouping")
    sums = [sum(c.capacity_ah for c in group) for group in u.groups]
    spread = 100 * (max(sums) - min(sums)) / (sum(sums) / S)
    assert value(readings, "group_capacity_spread") == pytest.approx(spread, rel=1e-5)
    resist = [c.ac_ir_mohm for c in u.groups[1]]
    mean = sum(resist) / P
    worst = 100 * max(abs(r - mean) for r in resist) / mean
    assert value(readings, "group_resistance_spread", 1) == pytest.approx(worst, rel=1e-5)


def test_a_cell_measured_at_dc_counts_with_that_and_one_measured_at_ac_with_the_ratio():
    u = unit(design=replace(DESIGN, dc_per_ac=1.5))
    dc = tuple(
        tuple(replace(c, ac_ir_mohm=None, dc_resistance_mohm=1.5 * c.ac_ir_mohm) for c in group)
        for group in u.groups
    )
    line = VirtualLine(5, 0.0)
    one, two = (
        value(read(line, x, "80-eol"), "pack_dc_resistance") for x in (u, replace(u, groups=dc))
    )
    assert one == pytest.approx(two, rel=1e-5)


FOUND_BY = {
    "cold_joint": ("40-welding", {"joint_resistance", "weld_energy"}),
    "bms_unpaired": ("40-welding", {"bms_paired"}),
    "swapped_sense_wire": ("50-harness", {"sense_voltage_error"}),
    "loose_sensor": ("80-eol", {"temperature_spread"}),
    "open_connector": ("80-eol", {"bms_communication", "firmware_match", "self_test"}),
    "low_torque": ("60-enclosure", {"fastener_torque"}),
    "leak": ("60-enclosure", {"leak_rate"}),
    "short_cure": ("60-enclosure", {"cure_time"}),
    "contaminated_insulation": ("80-eol", {"insulation_resistance", "leakage_current"}),
    "wrong_firmware": ("80-eol", {"firmware_match"}),
    "smudged_label": ("90-final", {"label_readable"}),
}


@pytest.mark.parametrize("kind", FOUND_BY)
def test_a_planted_defect_is_found_where_it_shows(kind):
    line, u = with_defect(kind)
    operation, codes = FOUND_BY[kind]
    assert failing(line, u, operation) == codes


@pytest.mark.parametrize("kind", FOUND_BY)
def test_the_named_rework_mends_the_defect_in_every_operation(kind):
    line, u = with_defect(kind)
    _, codes = FOUND_BY[kind]
    again = {REWORK_FROM[code] for code in codes}
    assert DEFECTS[kind].operation in again
    mended = replace(u, attempts={DEFECTS[kind].operation: 2})
    for operation in PLAN:
        assert failing(line, mended, operation, attempt=2) == set(), operation


def test_a_defect_is_not_mended_by_measuring_again():
    line, u = with_defect("contaminated_insulation")
    assert "insulation_resistance" in failing(line, u, "80-eol", attempt=2)


def test_a_cold_joint_that_was_let_through_adds_to_the_resistance_of_the_pack():
    line, u = with_defect("cold_joint")
    mended = replace(u, attempts={"40-welding": 2})
    bad, good = (value(read(line, x, "80-eol"), "pack_dc_resistance") for x in (u, mended))
    assert bad > good + 0.1


def test_a_rework_leaves_the_sound_joints_as_they_were():
    line, u = with_defect("cold_joint")
    before, after = (line.weld(u, attempt=k).resistance_mohm for k in (1, 2))
    cold = int(before.argmax())
    np.testing.assert_allclose(np.delete(before, cold), np.delete(after, cold), rtol=0.05)
    assert before[cold] > 5 * after[cold]


def test_exchanged_sense_wires_show_three_groups_wrong_and_the_pack_right():
    """Kirchhoff: exchanging taps i, i+1 shifts three neighbours by +v, -2v, +v; the sum stays."""
    line, u = with_defect("swapped_sense_wire")
    errors = np.array([r.value for r in read(line, u, "50-harness")])
    wrong = np.flatnonzero(np.abs(errors) > 100)
    assert np.diff(wrong).tolist() == [1, 1]
    np.testing.assert_allclose(errors[wrong] / 3600, [1, -2, 1], rtol=0.01)
    assert "pack_ocv" not in failing(line, u, "80-eol")
    assert {"group_ocv_delta", "self_test"} <= failing(line, u, "80-eol")


def test_a_weak_cell_is_found_in_ageing_and_only_another_cell_mends_it():
    line = VirtualLine(seed=5, defect_rate=1.0, kinds=["weak_cell"])
    u = next(u for u in map(unit, range(40)) if line.planted(u) == ("weak_cell",))
    assert failing(line, u, "70-ageing") == {"ocv_drop"}
    assert failing(line, u, "70-ageing", attempt=2) == {"ocv_drop"}
    dropping = {
        r.position for r in read(line, u, "70-ageing") if r.code == "ocv_drop" and r.value > 0.5
    }
    (group,) = dropping
    fresh = tuple(replace(cell, serial=f"{cell.serial}-new") for cell in u.groups[group])
    groups = (*u.groups[:group], fresh, *u.groups[group + 1 :])
    assert failing(line, replace(u, groups=groups), "70-ageing") == set()


def test_opening_the_group_shows_which_of_its_cells_is_weak():
    line = VirtualLine(seed=5, defect_rate=1.0, kinds=["weak_cell"])
    u = next(u for u in map(unit, range(40)) if line.planted(u) == ("weak_cell",))
    readings = [r for r in read(line, u, "70-ageing") if r.code == "ocv_drop"]
    (group,) = (r.position for r in readings if r.value > 0.5)
    alone = line.rest_alone(u, group)
    assert set(alone) == {cell.serial for cell in u.groups[group]}
    weak = max(alone, key=alone.get)
    assert sorted(alone.values())[-2] < 0.2 < 1.0 < alone[weak]
    mended = tuple(
        replace(cell, serial="fresh") if cell.serial == weak else cell for cell in u.groups[group]
    )
    groups = (*u.groups[:group], mended, *u.groups[group + 1 :])
    assert line.planted(replace(u, groups=groups)) == ()


def test_the_share_of_defective_units_is_the_stated_rate():
    """Binomial: 2,000 units at 10 % have 200 +- 5 standard deviations of 13.4."""
    line, plain = VirtualLine(seed=8, defect_rate=0.1), unit()
    found = 0
    for k in range(2000):
        cells = tuple(
            tuple(replace(c, serial=f"{k}/{c.serial}") for c in group) for group in plain.groups
        )
        found += bool(line.planted(replace(plain, serial=f"N{k}", groups=cells)))
    assert abs(found - 200) < 5 * 13.4


@settings(max_examples=20, deadline=None)
@given(st.permutations(PLAN["80-eol"]), st.integers(0, 3))
def test_a_reading_does_not_depend_on_what_else_is_measured_or_when(order, number):
    line, u = VirtualLine(5, 0.5), unit(number)
    for operation in PLAN:  # measured before: must not matter
        read(line, u, operation)
    together = line.measure(u, operation="80-eol", characteristics=order)
    alone = [
        reading
        for m in PLAN["80-eol"]
        for reading in VirtualLine(5, 0.5).measure(u, operation="80-eol", characteristics=[m])
    ]
    assert sorted(together, key=str) == sorted(alone, key=str)


def test_another_attempt_has_other_noise():
    line, u = VirtualLine(5, 0.0), unit()
    first, second = (value(read(line, u, "80-eol", k), "pack_ocv") for k in (1, 2))
    assert first != second


def test_limits_do_not_move_the_readings_of_a_sound_unit():
    line, u = VirtualLine(5, 0.0), unit()
    wide = Measurand("pack_dc_resistance", "mOhm", (0,), None, 99.0)
    tight = replace(wide, high=0.1)
    one, two = (line.measure(u, operation="80-eol", characteristics=[m]) for m in (wide, tight))
    assert one[0].value == two[0].value


def test_the_reading_comes_in_the_unit_of_the_characteristic():
    line, u = VirtualLine(5, 0.0), unit()
    volts, millivolts = (
        line.measure(u, operation="80-eol", characteristics=[Measurand("pack_ocv", name)])[0]
        for name in ("V", "mV")
    )
    assert millivolts.value == pytest.approx(1000 * volts.value, rel=1e-5)


def test_the_log_has_two_joints_per_cell_and_its_figures_are_the_readings():
    line, u = VirtualLine(5, 0.0), unit()
    log = line.weld(u)
    for array in (
        log.resistance_mohm,
        log.energy_j,
        log.time_ms,
        log.force_n,
        log.displacement_mm,
    ):
        assert array.shape == (2 * S * P,)
    readings = [r.value for r in read(line, u, "40-welding") if r.code == "joint_resistance"]
    np.testing.assert_allclose(readings, log.resistance_mohm, rtol=1e-5)


def test_an_unknown_characteristic_is_named():
    with pytest.raises(UnknownCharacteristic, match="'smell'"):
        VirtualLine(5, 0.0).measure(
            unit(), operation="80-eol", characteristics=[Measurand("smell", "1")]
        )


@pytest.mark.parametrize(
    ("measurand", "named"),
    [
        (Measurand("pack_ocv", "kg"), r"U-000 80-eol pack_ocv: kg \(mass\) cannot be shown in V"),
        (Measurand("pack_ocv", "furlong"), "no virtual gauge shows 'furlong'"),
        (Measurand("ocv_drop", "mV/d", (S,)), f"there is no group {S}"),
        (Measurand("ocv_drop", "mV/d", (-1,)), "there is no group -1"),
        (Measurand("overcurrent_trip", "A"), "nothing says what is nominal"),
        (Measurand("cell_dc_resistance", "mOhm"), "was not measured at receipt"),
    ],
)
def test_what_cannot_be_measured_is_refused_with_unit_and_characteristic(measurand, named):
    with pytest.raises(ValueError, match=named):
        VirtualLine(5, 0.0).measure(unit(), operation="80-eol", characteristics=[measurand])


@pytest.mark.parametrize(
    ("rate", "kinds"), [(1.1, ["leak"]), (-0.1, ["leak"]), (0.1, ["gremlin"])]
)
def test_a_line_that_cannot_be_is_refused(rate, kinds):
    with pytest.raises(ValueError, match=r"defect"):
        VirtualLine(1, rate, kinds)


def test_groups_of_unequal_size_are_no_unit():
    u = unit()
    with pytest.raises(ValueError, match="same number of cells"):
        replace(u, groups=(u.groups[0], u.groups[1][:1]))


def test_reading_again_scatters_by_the_noise_that_the_model_states_and_by_nothing_else():
    line, measured = VirtualLine(7, 0.0), unit()
    stated = {  # the docstrings of packlink.virtual.models
        "sense_voltage_error": lambda reference: 0.5,
        "pack_dc_resistance": lambda reference: 0.003 * reference,
        "baseline_capacity": lambda reference: 0.001 * reference,
    }
    plan = {m.code: (operation, m) for operation, found in PLAN.items() for m in found}
    for code, sd in stated.items():
        operation, measurand = plan[code]
        reference, values = line.repeat(
            measured, operation=operation, measurand=measurand, times=400
        )
        wanted = sd(reference)
        assert np.std(values, ddof=1) == pytest.approx(wanted, rel=0.12)  # 3.4 sigma of a spread
        assert abs(np.mean(values) - reference) < 4 * wanted / 20
    operation, torque = plan["fastener_torque"]  # there it is the making that varies
    assert line.repeat(measured, operation=operation, measurand=torque, times=3) is None
