"""Which requirements drive a design, and how their bounds become targets."""

import pytest

from packcalc.design import DesignTargets
from packline.design.calc.limits import CODE_UNITS
from packline.design.calc.targets import BOTH, REACH, question_of
from packline.design.calc.units import ROOT, as_shown
from packline.requirements.calc.proof import CHARACTERISTICS, FIGURES
from tests.packline.design.programs import program_spec, requirement


def question(tmp_path, *requirements, design=""):
    return question_of(program_spec(tmp_path / "p", "".join(requirements), design))


def test_bounds_arrive_in_si_with_their_references(tmp_path):
    asked = question(tmp_path, requirement("P-9", "mass", "<=", 5500, "g", "mechanical"))
    t = asked.targets
    assert (t.voltage_max, t.voltage_min, t.continuous_current) == (54.6, 32.0, 25.0)
    assert t.energy_min == pytest.approx(0.9e3 * 3600)
    assert t.mass_max == pytest.approx(5.5)
    assert asked.refs["mass_max"] == ("P-9",)


def test_the_tightest_of_several_requirements_counts(tmp_path):
    asked = question(
        tmp_path,
        requirement("P-8", "mass", "<=", 7, "kg", "mechanical"),
        requirement("P-9", "mass", "<=", 6, "kg", "mechanical"),
    )
    assert asked.targets.mass_max == pytest.approx(6)
    assert asked.refs["mass_max"] == ("P-8", "P-9")


def test_a_bound_from_the_unusual_side_is_kept(tmp_path):
    asked = question(tmp_path, requirement("P-9", "mass", ">=", 2, "kg", "mechanical"))
    assert asked.targets.also == (("mass", 2.0, None),)


def test_a_temperature_that_asks_for_work_is_a_target_the_other_narrows_the_bms(tmp_path):
    asked = question(
        tmp_path,
        requirement("T-1", "charge_temperature_min", "<=", -10, "degC", "thermal"),
        requirement("T-2", "discharge_temperature_max", "<=", 50, "degC", "thermal"),
    )
    assert asked.targets.charge_temperature_min == pytest.approx(263.15)
    assert asked.targets.discharge_temperature_max is None
    assert asked.temperatures["discharge_temperature_max"][1] == pytest.approx(323.15)


def test_what_the_line_measures_narrows_its_limits(tmp_path):
    asked = question(
        tmp_path,
        requirement("E-1", "sense_voltage_error", "<=", 3, "mV", "eol", "test"),
        requirement("E-2", "insulation_resistance", ">=", 5, "MOhm", "eol", "test"),
    )
    assert (
        "sense_voltage_error",
        pytest.approx(-0.003),
        pytest.approx(0.003),
        "E-1",
    ) in asked.line
    assert ("insulation_resistance", pytest.approx(5e6), None, "E-2") in asked.line


def test_fixed_counts_of_the_program_are_kept(tmp_path):
    asked = question(tmp_path, design="series = 13\nparallel = [4, 6]\n")
    assert asked.targets.series == (13, 13)
    assert asked.targets.parallel == (4, 6)


def test_every_figure_that_a_requirement_may_be_proved_by_is_a_target_or_a_figure():
    assert {*BOTH, *REACH, "peak_duration"} == FIGURES


def test_every_characteristic_that_a_requirement_may_be_proved_by_has_a_unit():
    assert set(CHARACTERISTICS) <= CODE_UNITS.keys()


def test_every_target_named_in_the_map_exists():
    names = {name for pair in BOTH.values() for name in pair if name}
    assert names <= {f for f in DesignTargets.__dataclass_fields__}


@pytest.mark.parametrize(
    ("si", "unit", "shown"),
    [(3.24e6, "Wh", 900.0), (273.15, "degC", 0.0), (1e-3 / 86400, "mV/d", 1.0), (0.3, "%", 30.0)],
)
def test_units_of_the_trade(si, unit, shown):
    assert as_shown(si, unit) == pytest.approx(shown)
    assert unit in ROOT
