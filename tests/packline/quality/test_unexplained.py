"""What its own cells and joints do not explain is decided on like any other nonconformance."""

from datetime import timedelta

import pytest

from packline.assurance.queries import open_points
from packline.foundation.errors import Blocked, DomainError, Refused
from packline.production.gate import blocks
from packline.production.queries.twins import latest_twins
from packline.production.services import accept_residual, lift_hold
from packline.quality.models import Nonconformance
from packline.quality.services import close_nonconformance, dispose_nonconformance
from packline.site.listeners import listen
from tests.packline.twins import TestedLine, build_tested_world


@pytest.fixture
def world(people, now):
    return build_tested_world(people, now, packs=1)


@pytest.fixture
def line(world, people, now):
    return TestedLine(world, people, now)


@pytest.fixture
def found(world, line):
    """The nonconformance of a unit with a joint that no limit catches."""
    unit = world.unit()
    line.kit(unit), line.weld(unit), line.measure(unit, excess=(4, 0.31))
    listen()
    return Nonconformance.objects.get(unit=unit)


def decide(found, disposition, people, now, **more):
    return dispose_nonconformance(
        nonconformance=found, disposition=disposition, justification="because", by=people.approver,
        at=now, **more,
    )  # fmt: skip


def unexplained(unit, at):
    return [b for b in open_points(unit, at, []) if "twin" in b.record or "twin" in b.reason]


def test_it_has_a_defect_class_of_its_own_and_stops_the_unit(found, world, people, now):
    unit = world.unit()
    assert (found.defect_code, found.state) == ("as_built", "contained")
    assert found.title.startswith("group 4 has 0.31 mΩ more")
    assert found.step.operation.code == "eol"
    operation = world.operation("eol")
    station = world.stations[operation.station_kind]
    shown = blocks(
        unit=unit, operation=operation, station=station, operator=people.operator, at=now
    )
    assert any(b.reason == found.title for b in shown)


def test_lifting_the_hold_by_hand_does_not_let_it_go(found, world, people, now):
    lift_hold(hold=found.hold, because="I looked", by=people.inspector, at=now)
    assert len(unexplained(world.unit(), now)) == 1


def test_a_concession_accepts_it_until_it_expires(found, world, people, now):
    decide(found, "use_as_is", people, now)
    unit = world.unit()
    concession = latest_twins(unit)["tested"].concession
    assert concession.signature
    assert '"residual":0.31' in concession.statement
    assert not unexplained(unit, now)
    assert len(unexplained(unit, concession.expires_at)) == 1
    assert unit.state == "building"


def test_whoever_tested_it_does_not_accept_it(found, world, people, now):
    later = now + timedelta(days=9)
    twin = latest_twins(world.unit())["tested"]
    people.inspector.groups.add(*people.approver.groups.all())
    inspector = type(people.inspector).objects.get(pk=people.inspector.pk)
    with pytest.raises(Refused, match="cannot accept"):
        accept_residual(twin=twin, reason="fine", expires_at=later, by=inspector, at=now)
    welded = latest_twins(world.unit())["welded"]
    with pytest.raises(DomainError, match="no residual"):
        accept_residual(twin=welded, reason="fine", expires_at=later, by=people.approver, at=now)


def test_rework_is_done_when_the_unit_is_explained_again(found, world, line, people, now):
    decide(found, "rework", people, now, repeat_from=world.operation("welding"))
    unit = world.unit()
    with pytest.raises(Blocked):
        close_nonconformance(nonconformance=found, note="done", by=people.approver, at=now)
    line.weld(unit), line.measure(unit)
    assert not unexplained(unit, now)
    assert latest_twins(unit)["tested"].passed
    closed = close_nonconformance(nonconformance=found, note="done", by=people.approver, at=now)
    assert closed.state == "closed"
