"""The vocabulary holds together: groups, units, proofs, tests, playbooks."""

import pytest

from packline.design.calc.limits import CODE_UNITS
from packline.process.calc.catalogue import characteristic_types
from packline.requirements.calc.playbooks import QUALITY_SYSTEMS, playbooks
from packline.requirements.calc.proof import (
    CHARACTERISTICS,
    FIGURES,
    METHODS,
    key_problem,
    proofs_of,
    type_tests,
)
from packline.requirements.calc.quantities import (
    GROUPS,
    KINDS,
    ORDERED,
    quantities,
    value_problem,
)
from packline.requirements.calc.units import is_offset, same_dimension, suggest_units, to_si
from packline.requirements.states import METHOD_NAMES, PROOF_KINDS

WORDS = list(quantities().values())
EACH = pytest.mark.parametrize("word", WORDS, ids=lambda w: w.key)


@EACH
def test_a_quantity_belongs_to_known_groups_and_says_what_it_means(word):
    assert word.groups
    assert set(word.groups) <= GROUPS.keys()
    assert word.kind in KINDS
    assert word.meaning.endswith(".")


@EACH
def test_a_quantity_is_measured_in_a_unit(word):
    to_si(1, word.unit)
    assert all(same_dimension(unit, word.unit) for unit in suggest_units(word.unit))


@EACH
def test_a_quantity_can_be_proved_by_some_method(word):
    assert any(proofs_of(word, method) for method in METHODS)
    assert all(key == "type:*" or key_problem(key) is None for key in word.verified_by)


@EACH
def test_a_characteristic_that_proves_a_quantity_measures_it(word):
    for key in word.verified_by:
        kind, _, code = key.partition(":")
        if kind == "eol":
            assert same_dimension(CHARACTERISTICS[code], word.unit)


def test_the_figures_of_a_design_are_quantities():
    assert quantities().keys() >= FIGURES
    for figure in FIGURES:
        assert f"design:{figure}" in quantities()[figure].verified_by


def test_every_group_has_quantities():
    assert {group for word in WORDS for group in word.groups} == GROUPS.keys()
    assert len(GROUPS) == 11


def test_a_difference_of_temperatures_has_no_offset_unit():
    assert not any(is_offset(word.unit) for word in WORDS if word.kind == "difference")


def test_ordered_pairs_are_quantities_of_one_dimension():
    for smaller, larger in ORDERED:
        assert same_dimension(quantities()[smaller].unit, quantities()[larger].unit)


def test_the_measured_characteristics_are_those_of_the_control_plan():
    planned = {code: kind.unit for code, kind in characteristic_types().items()}
    assert {code: planned[code] for code in CHARACTERISTICS} == dict(CHARACTERISTICS)


def test_the_design_limits_characteristics_in_their_own_units():
    planned = {code: kind.unit for code, kind in characteristic_types().items()}
    assert planned == CODE_UNITS


def test_the_tables_know_the_same_methods_and_kinds_of_proof():
    assert set(METHOD_NAMES) == METHODS.keys()
    assert {kind for kinds in METHODS.values() for kind in kinds} == set(PROOF_KINDS)


@pytest.mark.parametrize(
    ("key", "value", "unit", "says"),
    [
        ("energy", -1, "Wh", "cannot be negative"),
        ("energy", 0, "Wh", "cannot be zero"),
        ("ingress_water", 10, "1", "is more than there can be"),
        ("fault_log_depth", 31.5, "1", "is counted"),
        ("secure_boot", 2, "1", "is not an answer to a yes-or-no quantity"),
        ("charge_temperature_min", -1, "K", "lies below absolute zero"),
    ],
)
def test_a_value_without_sense_is_refused(key, value, unit, says):
    assert value_problem(quantities()[key], value, unit)[0] == says


@pytest.mark.parametrize(
    ("key", "value", "unit"),
    [
        ("propagation_cells", 0, "1"),
        ("ship_soc", 30, "%"),
        ("eol_tested_share", 100, "%"),
        ("charge_temperature_min", -20, "degC"),
        ("secure_boot", 1, "1"),
    ],
)
def test_a_value_at_its_natural_end_is_accepted(key, value, unit):
    assert value_problem(quantities()[key], value, unit) is None


PLAYBOOKS = pytest.mark.parametrize("playbook", playbooks().values(), ids=lambda p: p.id)


def test_there_is_a_playbook_for_each_market():
    assert set(playbooks()) == {
        "micromobility", "medical", "industrial", "stationary", "automotive", "portable",
    }  # fmt: skip


@PLAYBOOKS
def test_a_playbook_names_known_tests_in_whose_scope_it_lies(playbook):
    for standard in playbook.standards:
        scope = type_tests()[standard.test].playbooks
        assert not scope or playbook.id in scope, standard.test
    assert any(standard.role == "pack safety" for standard in playbook.standards)
    assert any(standard.test == "UN38.3" for standard in playbook.standards)


@PLAYBOOKS
def test_a_playbook_expects_something_of_every_group(playbook):
    assert {expectation.group for expectation in playbook.expectations} == GROUPS.keys()
    for expectation in playbook.expectations:
        assert expectation.source
        for name in expectation.any_of:
            assert name in quantities() or key_problem(name) is None, name


@PLAYBOOKS
def test_a_playbook_has_priorities_and_data_hooks(playbook):
    assert playbook.priorities
    assert playbook.data_hooks
    assert playbook.quality_system in QUALITY_SYSTEMS


def test_a_playbook_leaves_out_only_what_is_expected_of_all():
    import tomllib
    from pathlib import Path

    import packline.requirements.calc.playbooks as module

    data = Path(module.__file__).with_name("playbook_data")
    with (data / "every.toml").open("rb") as file:
        items = {row["item"] for row in tomllib.load(file)["expect"]}
    for path in data.glob("*.toml"):
        with path.open("rb") as file:
            assert set(tomllib.load(file).get("not_expected", ())) <= items, path.name
