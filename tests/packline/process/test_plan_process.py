"""Planning a released design: from its limits to rows, on record."""

from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from packline.catalog.forms.cells import read_catalogue
from packline.design.models import DesignLimit
from packline.design.services import release_design, study_designs
from packline.foundation.errors import NotAllowed, Refused
from packline.foundation.models import Event
from packline.foundation.verification import verify_record
from packline.process.models import Characteristic, FailureMode, Operation, Routing
from packline.process.queries import (
    control_plan,
    failure_modes_by_priority,
    operations_of_routing,
    routing_of_design,
)
from packline.process.services import plan_process
from packline.requirements.forms import read_program
from packline.requirements.services import open_program

pytestmark = pytest.mark.django_db
EXAMPLE = Path(__file__).parents[3] / "examples" / "ebike-48v"


@pytest.fixture
def design(people, now):
    """The design that the shipped e-bike program leads to."""
    program = open_program(spec=read_program(EXAMPLE), by=people.planner, at=now)
    study = study_designs(program=program, cells=read_catalogue(), by=people.engineer, at=now)
    return release_design(study=study, by=people.engineer, at=now)


@pytest.fixture
def routing(design, people, now):
    return plan_process(design=design, by=people.engineer, at=now)


def test_a_design_gets_nine_operations_a_control_plan_and_an_fmea(routing):
    assert routing.operations.count() == 9
    assert control_plan(routing).count() == 32  # no DC resistance, no dielectric test
    assert failure_modes_by_priority(routing).count() == 34


def test_every_limit_is_the_design_s_own(routing, design):
    limits = {limit.code: limit for limit in design.limits.all()}
    for row in control_plan(routing):
        limit = limits[row.code]
        assert (row.low, row.high, row.target) == (limit.low, limit.high, limit.target), row.code
        assert row.unit_code == limit.unit_code
        assert row.source == f"limit {limit}: {limit.reason}"


def test_a_requirement_of_the_customer_reaches_the_station(routing):
    """The program asks for at most 4.32 V, at least 1 MOhm and 30 % at shipment."""
    rows = {row.code: row for row in control_plan(routing)}
    assert rows["overvoltage_trip"].high <= 4.32
    assert rows["insulation_resistance"].low >= 1000.0
    assert rows["ship_soc"].high == 30.0


def test_every_characteristic_controls_a_failure_mode_of_its_operation(routing):
    for row in control_plan(routing):
        modes = list(row.failure_modes.all())
        assert modes, row.code
        assert all(mode.operation_id == row.operation_id for mode in modes)


def test_the_plan_is_on_record_row_by_row(routing):
    assert Event.objects.filter(verb="process.routing.planned").count() == 1
    assert verify_record().proven


def test_a_limit_changed_behind_the_back_is_found(routing):
    Characteristic.objects.filter(code="joint_resistance").update(high=9.0)
    (difference,) = verify_record().differences
    assert difference.field == "high"
    assert "joint_resistance" in str(difference)


def test_the_same_design_is_planned_once(routing, design, people, now):
    events = Event.objects.count()
    assert plan_process(design=design, by=people.engineer, at=now) == routing
    assert (Routing.objects.count(), Event.objects.count()) == (1, events)


def test_a_changed_limit_gives_a_new_revision_and_keeps_the_old(routing, design, people, now):
    DesignLimit.objects.filter(design=design, code="joint_resistance").update(high=0.05)
    new = plan_process(design=design, by=people.engineer, at=now)
    assert (new.revision, routing_of_design(design)) == (2, new)
    row = control_plan(new).get(code="joint_resistance")
    assert (row.high, row.revision) == (0.05, "2")
    assert control_plan(routing).get(code="joint_resistance").high != 0.05


def test_a_design_that_lacks_a_limit_leaves_nothing_behind(design, people, now):
    DesignLimit.objects.filter(design=design, code="pack_ocv").delete()
    with pytest.raises(Refused, match="the design states no limit pack_ocv"):
        plan_process(design=design, by=people.engineer, at=now)
    assert not Routing.objects.exists()


@pytest.mark.parametrize("role", ["planner", "operator", "inspector", "customer"])
def test_only_engineers_plan_processes(design, people, now, role):
    with pytest.raises(NotAllowed):
        plan_process(design=design, by=getattr(people, role), at=now)


def test_the_worst_risk_is_listed_first(routing):
    modes = list(failure_modes_by_priority(routing))
    assert [m.s for m in modes] == sorted((m.s for m in modes), reverse=True)
    tens = [m.ap for m in modes if m.s == 10]
    assert tens == sorted(tens, key="HML".index)


@pytest.mark.parametrize(
    ("ask", "queries"),
    [
        (lambda routing: [str(row) for row in control_plan(routing)], 1),
        (lambda routing: [(m.ref, m.operation.title, m.characteristic.name)
                          for m in failure_modes_by_priority(routing)], 1),
        (lambda routing: [[c.code for c in o.characteristics.all()]
                          for o in operations_of_routing(routing)], 2),
    ],
    ids=["control plan", "failure modes", "operations"],
)  # fmt: skip
def test_a_list_takes_a_fixed_number_of_queries(routing, django_assert_num_queries, ask, queries):
    with django_assert_num_queries(queries):
        assert ask(routing)


@pytest.mark.parametrize(
    ("model", "wrong"),
    [
        (Routing, {"revision": 0}),
        (Operation, {"instruction": ""}),
        (Characteristic, {"per": "box"}),
        (Characteristic, {"special": "XX"}),
        (Characteristic, {"low": None, "high": None}),
        (Characteristic, {"low": 2.0, "high": 1.0}),
        (Characteristic, {"reaction": ""}),
        (FailureMode, {"s": 11}),
        (FailureMode, {"rpn": 1}),
        (FailureMode, {"ap": "X"}),
    ],
    ids=str,
)
def test_the_database_refuses_what_cannot_be(routing, model, wrong):
    row = model.objects.order_by("pk").first()
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.filter(pk=row.pk).update(**wrong)


@pytest.mark.parametrize("model", [Routing, Operation, Characteristic, FailureMode])
def test_the_database_refuses_a_second_row_of_the_same_key(routing, model):
    row = model.objects.order_by("pk").first()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
