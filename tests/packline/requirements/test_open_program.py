"""Opening a program: once, whole, and on record."""

import pytest
from django.db import IntegrityError, transaction

from packline.foundation.errors import IllegalTransition, NotAllowed, Refused
from packline.foundation.models import Event
from packline.foundation.verification import verify_record
from packline.requirements.models import Program, Requirement
from packline.requirements.queries import (
    account_of_program,
    programs_by_code,
    requirements_by_group,
    requirements_of_program,
    spec_of_program,
)
from packline.requirements.services import close_program, open_program

from .programs import changed, spec_of, with_requirement

pytestmark = pytest.mark.django_db


@pytest.fixture
def spec(tmp_path):
    return spec_of(tmp_path, with_requirement("nominal_voltage", "between", "[46, 50]", "V"))


@pytest.fixture
def program(spec, people, now):
    return open_program(spec=spec, by=people.planner, at=now)


def test_a_program_is_opened_with_all_its_requirements(program):
    assert (program.code, program.state, program.requirements.count()) == ("EB48", "open", 4)


def test_a_row_keeps_what_was_asked(program):
    row = program.requirements.get(ref="NEW-01")
    assert (row.operator, row.value, row.high, row.unit_code) == ("between", 46, 50, "V")
    assert (row.verified_by, str(row)) == ("design:nominal_voltage", "EB48/NEW-01")


def test_one_event_tells_every_row(program):
    assert Event.objects.get(verb="requirements.program.opened").subject == (
        "requirements.program:EB48"
    )
    assert verify_record().proven


def test_a_row_changed_behind_the_back_is_found(program):
    Requirement.objects.filter(ref="PERF-02").update(si_value=60.0)
    (difference,) = verify_record().differences
    assert "EB48/PERF-02" in str(difference)
    assert difference.field == "si_value"


def test_the_same_program_again_changes_nothing(program, spec, people, now):
    events = Event.objects.count()
    assert open_program(spec=spec, by=people.planner, at=now) == program
    assert (Program.objects.count(), Event.objects.count()) == (1, events)


def test_another_content_at_the_same_revision_is_refused(program, tmp_path, people, now):
    other = spec_of(tmp_path / "other", changed("54.6", "58.8"))
    with pytest.raises(Refused, match="open at revision A with another content"):
        open_program(spec=other, by=people.planner, at=now)
    assert Program.objects.get().requirements.count() == 4


def test_another_revision_of_an_open_program_is_refused(program, tmp_path, people, now):
    other = spec_of(tmp_path / "other", changed('revision = "A"', 'revision = "B"'))
    with pytest.raises(Refused, match="give revision B its own code, for example EB48-B"):
        open_program(spec=other, by=people.planner, at=now)


def test_a_closed_program_is_not_opened_again(program, spec, people, now):
    close_program(program=program, reason="built", by=people.planner, at=now)
    with pytest.raises(Refused, match="is closed"):
        open_program(spec=spec, by=people.planner, at=now)


def test_a_program_is_closed_once(program, people, now):
    close_program(program=program, reason="built", by=people.planner, at=now)
    with pytest.raises(IllegalTransition):
        close_program(program=program, reason="again", by=people.planner, at=now)
    assert verify_record().proven


@pytest.mark.parametrize("role", ["operator", "inspector", "auditor", "customer"])
def test_only_planners_and_engineers_open_programs(spec, people, now, role):
    with pytest.raises(NotAllowed):
        open_program(spec=spec, by=getattr(people, role), at=now)
    assert not Program.objects.exists()


def test_the_program_is_read_back_as_it_was_read(program, spec):
    assert spec_of_program(Program.objects.get()) == spec


def test_every_group_is_listed_even_when_empty(program):
    groups = requirements_by_group(program)
    assert len(groups) == 11
    assert [r.ref for r in groups[0].requirements] == ["NEW-01", "PERF-01", "PERF-02"]
    assert groups[1].requirements == []


def test_the_account_holds_score_and_findings(program):
    account = account_of_program(program)
    assert account.completeness.playbook == "micromobility"
    assert any(finding.rule == "cybersecurity-later" for finding in account.findings)


def test_a_customer_sees_his_own_programs(program):
    assert list(programs_by_code("ACME")) == [program]
    assert not programs_by_code("Somebody else")


def test_requirements_are_listed_in_one_query(program, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert [str(r) for r in requirements_of_program(program)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"operator": "!="},
        {"method": "guess"},
        {"verified_by": ""},
        {"high": 5.0},
        {"si_high": 5.0},
        {"operator": "between"},
    ],
    ids=str,
)
def test_the_database_refuses_a_requirement_that_cannot_be(program, wrong):
    row = program.requirements.get(ref="PERF-01")
    with pytest.raises(IntegrityError), transaction.atomic():
        Requirement.objects.filter(pk=row.pk).update(**wrong)


def test_the_database_refuses_ends_the_wrong_way_round(program):
    with pytest.raises(IntegrityError), transaction.atomic():
        Requirement.objects.filter(ref="NEW-01").update(si_high=40.0)


def test_the_database_refuses_one_reference_twice(program):
    row = program.requirements.get(ref="PERF-01")
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.parametrize("wrong", [{"state": "gone"}, {"volume_per_year": 0}], ids=str)
def test_the_database_refuses_a_program_that_cannot_be(program, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Program.objects.filter(pk=program.pk).update(**wrong)


def test_the_database_refuses_one_code_twice(program):
    program.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        program.save(force_insert=True)
