"""A unit is released by somebody else, when nothing is open, and with its chain signed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction

from packline.assurance.models import Evidence, Release, Verdict
from packline.assurance.queries import open_points, verdicts_of_unit, vv_matrix
from packline.assurance.services import (
    declare_evidence,
    judge_unit,
    plan_verification,
    release_unit,
)
from packline.assurance.states import RELEASED, RELEASED_VIRTUAL
from packline.foundation.errors import Blocked, NotAllowed, Refused
from packline.foundation.events import subject_of
from packline.foundation.models import Event
from packline.foundation.triggers import remove_triggers
from packline.foundation.verification import verify_record
from packline.production.models import Unit
from packline.production.services import hold_unit, pass_unit
from packline.quality.services import (
    close_nonconformance,
    dispose_nonconformance,
    hear_of_hold,
    open_nonconformance,
)
from packline.supply.services import place_lot_hold
from tests.packline.assurance.conftest import build, report


def release(unit, people, at):
    return release_unit(unit=Unit.objects.get(pk=unit.pk), by=people.approver, at=at)


def reasons(error) -> list[str]:
    return [str(blocker) for blocker in error.value.blockers]


def test_a_unit_with_nothing_open_is_released_and_its_head_signed(unit, people, later):
    found = release(unit, people, later)
    unit.refresh_from_db()
    assert unit.state == "released"
    assert (found.outcome, found.for_shipment) == (RELEASED, True)
    head = Event.objects.filter(subject=subject_of(unit)).order_by("-seq")[0]
    assert (found.head_seq, found.head_hash) == (head.seq, head.hash)
    assert head.verb == "production.unit.released"


def test_the_release_and_the_verdicts_are_told_by_events(unit, people, later):
    found = release(unit, people, later)
    assert not verify_record(subject_of(found)).differences
    judged = Event.objects.get(subject=subject_of(unit), verb="assurance.unit.judged")
    assert judged.text.count('"table":"assurance.verdict"') == 5


def test_every_open_point_is_named_at_once(world, line, people, now):
    unit = world.unit()
    line.kit(unit)
    line.weld(unit, worst=0.9)
    hear_of_hold(Event.objects.get(verb="production.unit.held"))
    plan_verification(program=world.program, by=people.engineer, at=now)
    with pytest.raises(Blocked) as error:
        release(unit, people, now)
    text = "\n".join(reasons(error))
    for part in (
        "unit PK-000001: is held, not passed",
        "hold PK-000001/hold/1",
        "nonconformance NC-000001: is contained",
        "operation 40 Welding: is not done",
        "operation 80 Eol: is not done",
        "requirement EL-01: pack ocv ≥ 7 V: open",
        "requirement TR-01: un38 3 = 1: open",
    ):
        assert part in text
    assert not Release.objects.exists()
    assert not Verdict.objects.exists()


def test_whoever_built_a_unit_does_not_release_it(unit, people, later):
    people.inspector.groups.add(Group.objects.get(name="approver"))
    inspector = type(people.inspector).objects.get(pk=people.inspector.pk)
    with pytest.raises(Blocked, match="person ida: built the unit"):
        release_unit(unit=unit, by=inspector, at=later)


def test_an_operator_may_not_release(unit, people, later):
    with pytest.raises(NotAllowed):
        release_unit(unit=unit, by=people.operator, at=later)


def test_an_open_hold_blocks(unit, people, later):
    hold_unit(unit=unit, reason="dent", cause="seen", by=people.inspector, at=later)
    assert any("hold PK-000001/hold/1: dent" in str(b) for b in open_points(unit, later))


def test_a_hold_on_a_lot_that_is_built_in_blocks(world, unit, people, later):
    place_lot_hold(lot=world.lot, reason="recall", cause="letter", by=people.inspector, at=later)
    assert [str(b) for b in open_points(unit, later)] == [
        "lot hold L1/hold/1: lot L1 is built in: recall (cleared by: the disposition of the lot)"
    ]


def test_a_nonconformance_blocks_until_it_is_closed(unit, people, later):
    open_nonconformance(
        cause="seen", defect_code="other", title="dent", unit=unit, by=people.inspector, at=later
    )
    blocked = "\n".join(str(b) for b in open_points(unit, later))
    assert "nonconformance NC-000001: is contained: dent" in blocked


def test_a_concession_lets_a_unit_go_while_it_is_valid_and_stays_visible(
    world, planned, line, people, now
):
    unit = world.unit()
    build(unit, line, people, now, volts=6.9)
    found = hear_of_hold(Event.objects.get(verb="production.unit.held"))
    dispose_nonconformance(
        nonconformance=found, disposition="use_as_is", justification="cold store",
        by=people.approver, at=now,
    )  # fmt: skip
    close_nonconformance(nonconformance=found, note="signed", by=people.inspector, at=now)
    unit.refresh_from_db()
    pass_unit(unit=unit, by=people.inspector, at=now)
    expired = [str(b) for b in open_points(unit, now + timedelta(days=91))]
    assert any("deviation PK-000001/80-eol/1/pack_ocv/deviation: expired" in b for b in expired)
    assert release(unit, people, now).outcome == RELEASED
    assert verdicts_of_unit(unit).get(item__requirement__ref="EL-01").verdict == "conceded"


def test_a_report_that_does_not_meet_the_requirement_blocks(world, line, people, now):
    plan_verification(program=world.program, by=people.engineer, at=now)
    declare_evidence(
        program=world.program, evidence=report(sample=False, value=0.0),
        by=people.engineer, at=now,
    )  # fmt: skip
    unit = world.unit()
    build(unit, line, people, now)
    unit.refresh_from_db()
    pass_unit(unit=unit, by=people.inspector, at=now)
    with pytest.raises(Blocked, match=r"requirement TR-01: un38 3 = 1: fail by type:UN38\.3"):
        release(unit, people, now)


def test_a_unit_verified_by_a_sample_report_is_not_for_shipment(unit, world, people, later):
    # A newer report replaces the real one; it is only a sample.
    newer = report(sample=True, name="R-2")
    declare_evidence(program=world.program, evidence=newer, by=people.engineer, at=later)
    found = release(unit, people, later)
    assert (found.outcome, found.for_shipment) == (RELEASED_VIRTUAL, False)


def test_a_unit_of_a_virtual_order_is_not_for_shipment(unit, people, later):
    Unit.objects.filter(pk=unit.pk).update(virtual=True)
    assert release(unit, people, later).outcome == RELEASED_VIRTUAL


def test_a_unit_without_a_planned_matrix_is_not_released(world, line, people, now):
    unit = world.unit()
    build(unit, line, people, now)
    assert any("V&V matrix: is not planned" in str(b) for b in open_points(unit, now))


def test_a_changed_chain_blocks_the_release(unit, people, later):
    remove_triggers(connection)
    event = Event.objects.filter(subject=subject_of(unit)).order_by("seq")[3]
    Event.objects.filter(pk=event.pk).update(text=event.text.replace("4", "5"))
    blocked = [str(b) for b in open_points(unit, later)]
    assert f"event {event}: does not fit the chain" in blocked[0]


def test_judging_again_renews_the_verdicts(unit, world, people, later):
    judge_unit(unit=unit, by=people.inspector, at=later)
    failed = report(sample=False, value=0.0, name="R-2")
    declare_evidence(program=world.program, evidence=failed, by=people.engineer, at=later)
    judge_unit(unit=unit, by=people.inspector, at=later)
    verdicts = dict(verdicts_of_unit(unit).values_list("item__requirement__ref", "verdict"))
    assert verdicts == {
        "DO-01": "pass", "EL-01": "pass", "EL-02": "pass", "PF-01": "pass", "TR-01": "fail",
    }  # fmt: skip
    assert not verify_record(subject_of(unit)).differences


def test_the_matrix_says_by_what_each_requirement_is_verified(unit, world, people, later):
    judge_unit(unit=unit, by=people.inspector, at=later)
    rows = {r.item.requirement.ref: r for r in vv_matrix(world.program)}
    item = rows["EL-02"].item
    assert item.statement == "joint resistance ≤ 200 µΩ"
    assert (item.method, item.test) == ("test", "eol:joint_resistance")
    assert item.acceptance == "≤ 200\u00a0µΩ"
    assert rows["EL-02"].passed == 1
    observed = verdicts_of_unit(unit).get(item=item)
    assert observed.evidence.startswith("PK-000001/40-welding/1/joint_resistance/joints")


def test_planning_again_changes_nothing(unit, world, people, later):
    before = Event.objects.count()
    assert len(plan_verification(program=world.program, by=people.engineer, at=later)) == 5
    assert Event.objects.count() == before


def test_declaring_the_same_report_again_changes_nothing(unit, world, people, later):
    before = Event.objects.count()
    declare_evidence(
        program=world.program, evidence=report(sample=False), by=people.engineer, at=later
    )
    assert Event.objects.count() == before


def test_the_same_report_with_another_content_is_refused(unit, world, people, later):
    with pytest.raises(Refused, match="declared already with another sample, results_text"):
        declare_evidence(
            program=world.program, evidence=report(sample=True, value=2.0),
            by=people.engineer, at=later,
        )  # fmt: skip


def test_a_report_from_the_future_is_refused(world, people, now):
    with pytest.raises(Refused, match="is dated 2026-01-05, after 2025-11"):
        declare_evidence(
            program=world.program, evidence=report(sample=False), by=people.engineer,
            at=now - timedelta(days=365),
        )  # fmt: skip


def test_evidence_is_never_changed(unit):
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        Evidence.objects.update(sample=False)


def refused(model, name, **values):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        model.save(force_insert=True)


def test_the_database_refuses_a_virtual_unit_for_shipment(unit, people, later):
    row = Release(
        unit=unit, outcome=RELEASED_VIRTUAL, for_shipment=True, checklist="", meaning="m",
        released_by=people.approver, released_at=later, head_seq=1, head_hash="0" * 64,
        signature="ab", key_id="k",
    )  # fmt: skip
    refused(row, "release_of_virtual_units_is_not_for_shipment")


def test_the_database_refuses_a_verdict_without_evidence(unit, world, people, later):
    item = vv_matrix(world.program)[0].item
    row = Verdict(
        unit=unit, item=item, verdict="pass", observed="x", evidence="", sample=False,
        virtual=False, judged_at=later,
    )  # fmt: skip
    refused(row, "verdict_passes_only_with_evidence")


def test_the_database_refuses_evidence_that_a_unit_must_measure(world):
    row = Evidence(
        program=world.program, key="eol:pack_ocv", report="R", issued_by="x",
        issued_on="2026-01-01", sample=False, results_text="[]",
    )  # fmt: skip
    refused(row, "evidence_is_a_type_test_or_a_document")


def test_the_open_points_of_a_unit_take_few_queries(unit, later, django_assert_max_num_queries):
    with django_assert_max_num_queries(24):
        assert open_points(unit, later) == []
