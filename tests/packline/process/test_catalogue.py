"""What the process knows before any design."""

from dataclasses import replace
from types import MappingProxyType

import pytest

from packline.process.calc.catalogue import (
    characteristic_types,
    failure_types,
    operation_types,
    uncovered,
)
from packline.process.states import PER, SPECIAL

CHARACTERISTICS = pytest.mark.parametrize(
    "kind", characteristic_types().values(), ids=lambda kind: kind.code
)
FAILURES = pytest.mark.parametrize("failure", failure_types(), ids=lambda failure: failure.ref)


def test_there_are_nine_operations_in_the_order_of_the_line():
    assert [(o.number, o.code) for o in operation_types().values()] == [
        (10, "incoming"), (20, "kitting"), (30, "grouping"), (40, "welding"), (50, "harness"),
        (60, "enclosure"), (70, "ageing"), (80, "eol"), (90, "final"),
    ]  # fmt: skip


@pytest.mark.parametrize("operation", operation_types().values(), ids=lambda o: o.code)
def test_an_instruction_is_numbered_steps(operation):
    lines = operation.instruction.format(
        cell="c", series=13, parallel=4, cell_count=52
    ).splitlines()
    assert len(lines) >= 5
    assert [line.split(".")[0] for line in lines] == [str(n + 1) for n in range(len(lines))]
    assert "{" not in "".join(lines)


@CHARACTERISTICS
def test_a_characteristic_belongs_to_an_operation_and_says_what_to_do(kind):
    assert kind.operation in operation_types()
    assert kind.per in PER
    assert kind.special in SPECIAL
    assert len(kind.reaction) > 20
    assert kind.gauge_kind


@CHARACTERISTICS
def test_a_characteristic_controls_a_failure_mode(kind):
    assert any(failure.characteristic == kind.code for failure in failure_types())


@FAILURES
def test_a_failure_mode_names_its_characteristic_and_is_rated(failure):
    assert failure.characteristic in characteristic_types()
    assert all(1 <= rating <= 10 for rating in (failure.s, failure.o, failure.d))
    operation = characteristic_types()[failure.characteristic].operation
    assert failure.ref.startswith(f"PF-{operation_types()[operation].number}-")


def test_failure_modes_have_references_of_their_own():
    refs = [failure.ref for failure in failure_types()]
    assert len(set(refs)) == len(refs)


def test_what_is_critical_is_critical_to_quality():
    assert all(kind.ctq for kind in characteristic_types().values() if kind.special == "CC")


def test_a_characteristic_without_a_failure_mode_is_an_error():
    failures = tuple(f for f in failure_types() if f.characteristic != "leak_rate")
    assert uncovered(characteristic_types(), failures) == [
        "characteristic leak_rate controls no failure mode: why is it measured?"
    ]


def test_a_failure_mode_that_nothing_controls_is_an_error():
    stray = replace(failure_types()[0], ref="PF-99-01", characteristic="smell")
    assert uncovered(characteristic_types(), (*failure_types(), stray)) == [
        "failure mode PF-99-01 names smell, which nobody measures"
    ]


def test_the_two_hold_together_as_shipped():
    assert uncovered(MappingProxyType(dict(characteristic_types())), failure_types()) == []
