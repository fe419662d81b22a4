"""Reading a program that is right."""

from datetime import date

import pytest

from packline.requirements.calc.canonical import spec_from_text, spec_hash, spec_text
from packline.requirements.calc.identifiers import gtin_check_digit
from packline.requirements.calc.spec import CellColumn

from .programs import MINIMAL, changed, spec_of, with_requirement


def test_a_requirement_is_kept_as_written_and_in_si(tmp_path):
    (energy,) = spec_of(tmp_path).asked("energy")
    assert (energy.value, energy.unit, energy.si_value) == (0.9, "kWh", pytest.approx(3.24e6))


def test_a_requirement_is_bound_to_the_first_proof_that_its_method_accepts(tmp_path):
    spec = spec_of(tmp_path, with_requirement("capacity", ">=", 18, "Ah", method="test"))
    assert spec.asked("capacity")[0].verified_by == "eol:baseline_capacity"
    assert spec.asked("energy")[0].verified_by == "design:energy"


def test_a_requirement_may_name_its_proof(tmp_path):
    text = with_requirement(
        "standard_passed", "==", 1, group="safety", method="test", more='test = "UL2271"'
    )
    assert spec_of(tmp_path, text).asked("standard_passed")[0].verified_by == "type:UL2271"


def test_between_keeps_both_ends(tmp_path):
    spec = spec_of(tmp_path, with_requirement("nominal_voltage", "between", "[46, 50]", "V"))
    (asked,) = spec.asked("nominal_voltage")
    assert asked.si_bounds == (46.0, 50.0)
    assert str(asked) == "NEW-01 nominal_voltage between 46 and 50 V"


@pytest.mark.parametrize(
    ("operator", "bounds"),
    [(">=", (46.0, None)), ("<=", (None, 46.0)), ("==", (46.0, 46.0))],
)
def test_the_operator_says_which_side_is_bound(tmp_path, operator, bounds):
    spec = spec_of(tmp_path, with_requirement("nominal_voltage", operator, 46, "V"))
    assert spec.asked("nominal_voltage")[0].si_bounds == bounds


def test_a_temperature_in_celsius_is_a_point_on_the_scale(tmp_path):
    text = with_requirement("charge_temperature_min", "<=", -10, "degC", group="thermal")
    assert spec_of(tmp_path, text).asked("charge_temperature_min")[0].si_value == pytest.approx(
        263.15
    )


def test_a_figure_meets_a_requirement_at_its_limit(tmp_path):
    (energy,) = spec_of(tmp_path).asked("energy")
    assert energy.met_by(3.24e6)
    assert not energy.met_by(3.2399e6)


def test_a_population_is_given_in_the_units_of_the_virtual_cells(tmp_path):
    population = spec_of(tmp_path).cells.population
    assert population.ocv_mean_v == pytest.approx(3.552)
    assert population.resistance_mean_mohm == pytest.approx(26.0)
    assert (population.resistance_kind, population.serial_prefix) == ("ac_ir", "LOT-1-")


def test_a_population_is_what_the_virtual_cells_take(tmp_path):
    from dataclasses import asdict

    from packlink.virtual import population

    lot = population(**asdict(spec_of(tmp_path).cells.population))
    assert len(lot) == 100
    assert lot.serials[0] == "LOT-1-000001"


def test_columns_of_a_file_are_mapped_with_unit_and_kind(tmp_path):
    start, end = MINIMAL.index("[cells.population]"), MINIMAL.index("[line]")
    columns = """[cells.columns]
serial = { column = "id" }
capacity = { column = "Q", unit = "mAh" }
ocv = { column = "U", unit = "V" }
resistance = { column = "R", unit = "Ohm", kind = "ac" }

[cells.select]
chemistry = "NMC"
nominal_Ah = 21.0

"""
    cells = spec_of(tmp_path, MINIMAL[:start] + columns + MINIMAL[end:]).cells
    assert cells.columns[3] == CellColumn("resistance", "R", "Ohm", "ac")
    assert cells.select == (("chemistry", "NMC"), ("nominal_Ah", "21.0"))
    assert cells.file == ""  # comes with --cells


def test_as_many_as_possible_stops_at_its_maximum(tmp_path):
    order = spec_of(
        tmp_path, changed("quantity = 40\n", 'quantity = "as_many_as_possible"\nmax = 3\n')
    ).order
    assert (order.as_many_as_possible, order.quantity, order.due) == (True, 3, date(2027, 3, 31))


def test_a_fixed_count_is_a_range_of_one(tmp_path):
    spec = spec_of(tmp_path, changed('"mass"\n', '"mass"\nseries = 13\nparallel = [3, 5]\n'))
    assert (spec.design.series, spec.design.parallel) == ((13, 13), (3, 5))


def test_the_serial_pattern_counts_units(tmp_path):
    assert spec_of(tmp_path).serials.serial(7) == "EB48-000007"


@pytest.mark.parametrize(
    ("gtin", "source"),
    [
        ("629104150021", "GS1, How to calculate a check digit manually: 6291041500213"),
        ("0950600013435", "GS1 sample GTIN 09506000134352"),
    ],
)
def test_the_check_digit_is_that_of_gs1(gtin, source):
    expected = {"629104150021": 3, "0950600013435": 2}[gtin]
    assert gtin_check_digit(gtin) == expected, source


def test_a_short_gtin_is_filled_to_fourteen_digits(tmp_path):
    spec = spec_of(tmp_path, changed("09506000134376", "6291041500213"))
    assert spec.serials.gtin == "06291041500213"


def test_a_report_gives_its_figures_and_its_hash(tmp_path):
    (evidence,) = spec_of(tmp_path).evidence
    assert (evidence.key, evidence.sample) == ("type:UN38.3", True)
    assert evidence.results[0].quantity == "un38_3_tests_passed"
    assert len(evidence.report_sha256) == 64


def test_a_byte_order_mark_is_no_mistake(tmp_path):
    spec_of(tmp_path, "\ufeff" + MINIMAL)


def test_a_stored_program_is_read_back_as_the_same_values(tmp_path):
    spec = spec_of(tmp_path, with_requirement("nominal_voltage", "between", "[46, 50]", "V"))
    assert spec_from_text(spec_text(spec)) == spec


def test_comments_and_layout_do_not_change_a_program(tmp_path):
    spec = spec_of(tmp_path / "a")
    same = spec_of(tmp_path / "b", "# a comment\n" + MINIMAL.replace(" = ", "   =  "))
    assert spec_hash(spec) == spec_hash(same)


def test_one_changed_value_changes_the_hash(tmp_path):
    one, other = spec_of(tmp_path / "a"), spec_of(tmp_path / "b", changed("0.9", "0.91"))
    assert spec_hash(one) != spec_hash(other)


def test_a_text_of_another_version_is_refused():
    with pytest.raises(ValueError, match="not a stored program"):
        spec_from_text("{}")
