"""A nonconformance is opened once, decided by somebody else, and closed when it is done."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from packline.foundation.errors import Blocked, DomainError, IllegalTransition, Refused
from packline.foundation.events import subject_of
from packline.foundation.keys import check, public_key
from packline.foundation.models import Event
from packline.foundation.verification import verify_record
from packline.production.models import Deviation
from packline.production.services import hold_unit
from packline.quality.calc.defects import defect_of, defects
from packline.quality.models import Nonconformance
from packline.quality.queries import defect_counts, nonconformances_of_unit, open_nonconformances
from packline.quality.services import (
    close_nonconformance,
    contain_nonconformance,
    dispose_nonconformance,
    hear_of_hold,
    hear_of_inspection,
    open_nonconformance,
)
from packline.supply.calc.limits import IncomingLimit
from packline.supply.models import Cell
from packline.supply.services import inspect_lot


def told(verb: str) -> Event:
    return Event.objects.filter(verb=verb).order_by("-id")[0]


@pytest.fixture
def found(held) -> Nonconformance:
    nonconformance = hear_of_hold(told("production.unit.held"))
    assert nonconformance is not None
    return nonconformance


def test_a_nonconformance_about_nothing_is_refused(people, now):
    with pytest.raises(DomainError, match="about a unit or about a lot"):
        open_nonconformance(cause="x", defect_code="other", title="t", by=people.inspector, at=now)


def decide(nonconformance, disposition, people, now, **more):
    return dispose_nonconformance(
        nonconformance=nonconformance,
        disposition=disposition,
        justification="seen and weighed",
        by=more.pop("by", people.approver),
        at=now,
        **more,
    )


def close(nonconformance, people, now):
    return close_nonconformance(
        nonconformance=nonconformance, note="seen to be done", by=people.inspector, at=now
    )


def test_a_hold_by_a_reading_opens_a_nonconformance_that_is_contained(held, found):
    assert found.number == "NC-000001"
    assert found.unit == held
    assert str(found.hold) == f"{held}/hold/1"
    assert str(found.step) == f"{held}/80-eol/1"
    assert found.defect_code == "balance"  # pack_ocv
    assert found.state == "contained"
    assert "9 V is outside" in found.title


def test_being_told_twice_opens_one(found):
    again = hear_of_hold(told("production.unit.held"))
    assert again == found
    assert Nonconformance.objects.count() == 1


def test_a_hold_placed_by_hand_opens_none(world, people, now):
    hold_unit(unit=world.unit(), reason="dent", cause="seen", by=people.inspector, at=now)
    assert hear_of_hold(told("production.unit.held")) is None


def test_a_nonconformance_opened_by_a_person_holds_the_unit(world, people, now):
    unit = world.unit()
    nonconformance = open_nonconformance(
        cause="seen by ida", defect_code="other", title="dent in the lid", unit=unit,
        by=people.inspector, at=now,
    )  # fmt: skip
    unit.refresh_from_db()
    assert unit.state == "held"
    assert nonconformance.hold.cause == "quality.nonconformance:NC-000001"
    assert hear_of_hold(told("production.unit.held")) is None  # its own hold opens no second one


def test_an_unknown_defect_code_is_refused_and_the_known_ones_are_named(world, people, now):
    with pytest.raises(DomainError, match="allowed: as_built, balance, bms"):
        open_nonconformance(
            cause="x", defect_code="nonsense", title="t", unit=world.unit(),
            by=people.inspector, at=now,
        )  # fmt: skip


def test_rework_repeats_the_operation_and_frees_the_unit(held, found, line, people, now):
    decide(found, "rework", people, now)
    held.refresh_from_db()
    assert held.state == "building"
    assert [s.state for s in held.steps.order_by("operation__number")] == [
        "passed", "passed", "superseded",
    ]  # fmt: skip
    with pytest.raises(Blocked, match="operation 80 Eol: was not repeated with success"):
        close(found, people, now)
    line.eol(held)
    assert close(found, people, now).state == "closed"


def test_rework_of_two_nonconformances_repeats_the_operation_once(world, line, people, now):
    unit = world.unit()
    line.kit(unit)
    line.weld(unit, worst=0.9)
    first = hear_of_hold(told("production.unit.held"))
    second = open_nonconformance(
        cause="seen by ida", defect_code="weld", title="spatter", unit=unit,
        step=first.step, by=people.inspector, at=now,
    )  # fmt: skip
    decide(first, "rework", people, now)
    decide(second, "rework", people, now)
    assert unit.steps.filter(state="superseded").count() == 1
    unit.refresh_from_db()
    assert unit.state == "building"


def test_use_as_is_signs_a_deviation_and_concedes_the_step(held, found, people, now):
    decide(found, "use_as_is", people, now)
    deviation = Deviation.objects.get()
    assert deviation.characteristic.code == "pack_ocv"
    assert deviation.reason == "NC-000001: seen and weighed"
    held.refresh_from_db()
    assert held.state == "building"
    assert held.steps.get(operation__code="eol").state == "conceded"
    assert close(found, people, now).state == "closed"


def test_scrap_takes_the_unit_out_for_good(held, found, people, now):
    decide(found, "scrap", people, now)
    held.refresh_from_db()
    assert held.state == "scrapped"
    assert close(found, people, now).state == "closed"


def test_a_unit_goes_to_no_supplier(found, people, now):
    with pytest.raises(Refused, match="which no supplier delivered"):
        decide(found, "return_to_supplier", people, now)
    found.refresh_from_db()
    assert (found.state, found.disposition) == ("contained", "")


def test_nobody_decides_on_what_they_built(held, found, people, now):
    from django.contrib.auth.models import Group

    people.operator.groups.add(Group.objects.get(name="approver"))
    operator = type(people.operator).objects.get(pk=people.operator.pk)
    with pytest.raises(Refused, match="otto worked on PK-000001"):
        decide(found, "use_as_is", people, now, by=operator)


def test_a_decision_needs_a_justification(found, people, now):
    with pytest.raises(DomainError, match="needs a justification"):
        dispose_nonconformance(
            nonconformance=found, disposition="scrap", justification="  ",
            by=people.approver, at=now,
        )  # fmt: skip


def test_an_unknown_disposition_is_refused_and_the_known_ones_are_named(found, people, now):
    with pytest.raises(DomainError, match="allowed: use_as_is, rework, scrap"):
        decide(found, "hide", people, now)


def test_a_decision_is_signed_word_for_word(found, people, now):
    decide(found, "scrap", people, now)
    found.refresh_from_db()
    assert check(public_key(), bytes.fromhex(found.signature), found.statement.encode())
    assert '"meaning":"I decide: scrap"' in found.statement
    assert "Anna Appr" in found.statement


def test_nothing_is_decided_twice(found, people, now):
    decide(found, "rework", people, now)
    with pytest.raises(IllegalTransition):
        decide(found, "scrap", people, now)
    found.refresh_from_db()
    assert found.disposition == "rework"


def test_nothing_undecided_is_closed(found, people, now):
    with pytest.raises(Blocked, match="NC-000001: is not decided"):
        close(found, people, now)


def test_a_concession_waits_until_the_step_is_finished(world, line, people, now):
    unit = world.unit()
    line.kit(unit)
    line.weld(unit)
    step = line.start(unit, "eol", by=people.inspector)
    from packline.production.services import ReadingIn

    gauge = world.gauges["eol_tester"]
    line.read(step, ReadingIn(code="pack_ocv", value=9.0, gauge=gauge), by=people.inspector)
    found = hear_of_hold(told("production.unit.held"))
    with pytest.raises(Refused, match="is not finished"):
        decide(found, "use_as_is", people, now)


def inspected(world, people, now) -> Nonconformance:
    """Two of three new cells hold too little."""
    for n, ampere_hours in ((101, 5.0), (102, 4.0), (103, 4.1)):
        Cell.objects.create(
            serial=f"C{n}", lot=world.lot, row_number=n, capacity_ah=ampere_hours, ocv_v=3.6,
            ac_ir_mohm=15.0,
        )  # fmt: skip
    type(world.lot).objects.filter(pk=world.lot.pk).update(state="received")
    world.lot.refresh_from_db()
    inspect_lot(
        lot=world.lot,
        limits=[IncomingLimit(code="cell_capacity", unit_code="Ah", low=4.8)],
        by=people.inspector,
        at=now,
    )  # fmt: skip
    nonconformance = hear_of_inspection(told("supply.lot.inspected"))
    assert nonconformance is not None
    return nonconformance


@pytest.fixture
def of_lot(world, people, now) -> Nonconformance:
    return inspected(world, people, now)


def test_cells_out_of_incoming_limits_open_one_nonconformance_of_the_lot(of_lot, world):
    assert of_lot.lot == world.lot
    assert of_lot.containment == "2 cells are in quarantine"
    assert [(c.cell.serial, c.value, c.low) for c in of_lot.cells.order_by("cell__serial")] == [
        ("C102", 4.0, 4.8),
        ("C103", 4.1, 4.8),
    ]


@pytest.mark.parametrize(
    ("disposition", "state"),
    [("use_as_is", "accepted"), ("scrap", "scrapped"), ("return_to_supplier", "returned")],
)
def test_a_decision_on_a_lot_moves_its_cells(of_lot, people, now, disposition, state):
    decide(of_lot, disposition, people, now)
    states = Cell.objects.filter(serial__in=["C102", "C103"]).values_list("state", flat=True)
    assert set(states) == {state}
    assert close(of_lot, people, now).state == "closed"


def test_cells_are_not_reworked(of_lot, people, now):
    with pytest.raises(Refused, match="cannot be reworked"):
        decide(of_lot, "rework", people, now)


def test_containing_is_stated_once(world, people, now):
    nonconformance = open_nonconformance(
        cause="by letter", defect_code="cell", title="supplier warns", lot=world.lot,
        by=people.inspector, at=now,
    )  # fmt: skip
    assert nonconformance.state == "open"
    contain_nonconformance(
        nonconformance=nonconformance, containment="lot on hold", by=people.inspector, at=now
    )
    assert nonconformance.state == "contained"
    with pytest.raises(IllegalTransition):
        contain_nonconformance(
            nonconformance=nonconformance, containment="again", by=people.inspector, at=now
        )


def test_every_row_is_told_by_its_event(found, people, now):
    decide(found, "scrap", people, now)
    close(found, people, now)
    assert not verify_record(subject_of(found)).differences
    verbs = Event.objects.filter(subject=subject_of(found)).order_by("seq")
    assert [e.verb.rpartition(".")[2] for e in verbs] == ["opened", "dispositioned", "closed"]


def test_the_lists_show_what_is_open_and_what_a_unit_had(held, found, people, now):
    assert list(open_nonconformances()) == [found]
    decide(found, "scrap", people, now)
    close(found, people, now)
    assert list(open_nonconformances()) == []
    assert list(nonconformances_of_unit(held)) == [found]


def test_the_list_takes_the_same_number_of_queries_for_more_rows(
    world, people, now, django_assert_num_queries
):
    for n, unit in enumerate(world.order.units.order_by("number")):
        open_nonconformance(
            cause=f"seen {n}", defect_code="other", title="dent", unit=unit,
            by=people.inspector, at=now,
        )  # fmt: skip
    with django_assert_num_queries(1):
        assert [(str(n.unit), str(n.hold), str(n.opened_by)) for n in open_nonconformances()]


def test_defects_are_counted_for_the_pareto(world, people, now):
    unit, other = world.order.units.order_by("number")
    for cause, code, about in (("a", "weld", unit), ("b", "weld", other), ("c", "label", unit)):
        open_nonconformance(
            cause=cause, defect_code=code, title="t", unit=about, by=people.inspector, at=now
        )
    counts = [(c.code, c.nonconformances, c.units) for c in defect_counts(world.order)]
    assert counts == [("weld", 2, 2), ("label", 1, 1)]


BROKEN = {
    "nonconformance_of_a_unit_or_a_lot": {"unit": None, "lot": None},
    "nonconformance_state_is_declared": {"state": "forgotten"},
    "nonconformance_contained_somehow": {"containment": ""},
    "nonconformance_decided_by_signature": {"state": "dispositioned"},
    "nonconformance_says_what_and_why": {"title": ""},
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses_what_must_never_be(found, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Nonconformance.objects.filter(pk=found.pk).update(**BROKEN[name])


def test_the_database_refuses_closing_without_a_name(found, people, now):
    decide(found, "scrap", people, now)
    with (
        pytest.raises(IntegrityError, match="nonconformance_closed_by_somebody"),
        transaction.atomic(),
    ):
        Nonconformance.objects.filter(pk=found.pk).update(state="closed")


def test_the_database_refuses_a_cell_within_its_limits(of_lot):
    row = of_lot.cells.order_by("cell__serial")[0]
    row.pk, row.code, row.value = None, "cell_ocv", 4.9
    with (
        pytest.raises(IntegrityError, match="nonconforming_cell_is_out_of_its_limits"),
        transaction.atomic(),
    ):
        row.save(force_insert=True)


def test_every_measured_characteristic_points_to_a_defect():
    from packline.requirements.calc.proof import CHARACTERISTICS

    assert [code for code in CHARACTERISTICS if defect_of(code) == "other"] == []


def test_no_characteristic_points_to_two_defects():
    named = [c for defect in defects().values() for c in defect.characteristics]
    assert len(named) == len(set(named))
