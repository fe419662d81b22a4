"""Which revision is effective for a serial at a moment, and what a revised instruction means."""

from datetime import timedelta

import pytest

from packline.foundation.errors import DomainError, NotAllowed, Refused
from packline.foundation.verification import verify_record
from packline.process.calc.serials import in_range, range_fault
from packline.process.queries import effective_for, instruction_in_force
from packline.process.services import (
    end_effectivity,
    make_effective,
    plan_process,
    register_recipe,
    revise_instruction,
)
from tests.packline.world import build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def design(people, now):
    return build_world(people, now).design


@pytest.fixture
def effective(design, people, now):
    """Say that a revision of the weld program is effective."""
    for revision in "ABC":
        register_recipe(code="weld", revision=revision, by=people.engineer, at=now)

    def say(revision, **told):
        facts = {"kind": "recipe", "operation_code": "welding", "code": "weld", "reason": "ECN 7"}
        return make_effective(
            design=design, revision=revision, by=people.engineer, at=now,
            **facts | {"effective_from": now} | told,
        )  # fmt: skip

    return say


def ruling(design, serial, at):
    found, known = effective_for(design, "welding", serial, at)
    assert known == {("recipe", "weld")}
    row = found.get(("recipe", "weld"))
    return row and row.revision


def test_what_was_said_last_rules_for_the_serials_and_the_days_it_names(design, effective, now):
    effective("A")
    effective("B", first_serial="PK-000010", last_serial="PK-000020")
    effective("C", effective_from=now + timedelta(5), effective_until=now + timedelta(6))
    expected = {
        -1: [None, None, None, None],
        0: ["A", "B", "B", "A"],
        5: ["C", "C", "C", "C"],
        6: ["A", "B", "B", "A"],
    }
    for days, revisions in expected.items():
        at = now + timedelta(days)
        assert [ruling(design, f"PK-{n:06d}", at) for n in (9, 10, 20, 21)] == revisions


def test_an_effectivity_that_ended_lets_the_one_before_it_rule(design, effective, people, now):
    effective("A")
    end_effectivity(effectivity=effective("B"), because="wrong", by=people.engineer, at=now)
    assert ruling(design, "PK-000001", now) == "A"
    assert not [d for d in verify_record().differences if "effectivity" in d.subject]


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"kind": "mood"}, "mood has no effectivity; allowed: recipe"),
        ({"first_serial": "PK-2", "last_serial": "PK-1"}, "the last one comes first"),
        ({"first_serial": "PK-2", "last_serial": "XY-3"}, "only the number at the end"),
        ({"first_serial": "PK-2"}, "has a first and a last"),
        ({"code": "torque"}, "there is no recipe torque@A"),
        ({"reason": " "}, "which revision, and why"),
    ],
)
def test_what_cannot_be_effective_is_refused_in_words(effective, told, message):
    with pytest.raises(DomainError, match=message):
        effective("A", **told)


def test_an_operator_makes_nothing_effective(design, people, now):
    with pytest.raises(NotAllowed):
        register_recipe(code="weld", revision="A", by=people.operator, at=now)


@pytest.mark.parametrize(
    ("serial", "inside"),
    [("A-9", False), ("A-10", True), ("A-0015", True), ("A-20", True), ("A-21", False),
     ("B-15", False), ("A-x", False), ("", False)],
)  # fmt: skip
def test_a_range_of_serials_goes_by_the_number_at_the_end(serial, inside):
    assert in_range(serial, "A-10", "A-20") is inside
    assert in_range(serial, "", "")
    assert range_fault("A-10", "A-20") == ""


def test_a_revised_instruction_asks_for_training_unless_it_says_that_none_is_needed(people, now):
    build_world(people, now)
    assert instruction_in_force("welding").revision == 1
    told = {"operation_code": "welding", "by": people.engineer, "at": now}
    revise_instruction(text="1. Weld {cell_count} cells.", retraining=False, **told)
    third = revise_instruction(text="1. Weld them twice.", **told)
    fourth = revise_instruction(text="1. Weld it.", retraining=False, **told)
    assert (third.trained_from, fourth.revision, fourth.trained_from) == (3, 4, 3)
    with pytest.raises(Refused, match="revision 4 has this text already"):
        revise_instruction(text="1. Weld it.", **told)
    with pytest.raises(DomainError, match="is no figure; allowed: {cell}"):
        revise_instruction(text="1. {cell.__class__}", **told)
    with pytest.raises(DomainError, match="a brace is written twice"):
        revise_instruction(text="1. {", **told)


def test_a_plan_carries_the_revised_instruction(people, now, planned):
    design, first = planned
    revise_instruction(
        operation_code="welding", text="1. Weld {cell_count} cells.", by=people.engineer, at=now
    )
    second = plan_process(design=design, by=people.engineer, at=now)
    assert second.revision == first.revision + 1
    welding = second.operations.get(code="welding")
    assert welding.instruction == f"1. Weld {design.series * design.parallel} cells."
    assert (welding.instruction_revision, welding.trained_from) == (2, 2)
    assert (welding.tool_kind, welding.recipe_code) == ("weld-head", "weld")
    assert second.operations.get(code="eol").instruction_revision == 1
    assert verify_record().proven
