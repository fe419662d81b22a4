"""A permit for so many units lets so many pass, each as often as it comes, and tells of it."""

from datetime import timedelta

import pytest

from packline.foundation.errors import Blocked, DomainError
from packline.foundation.models import Event
from packline.production.models import PermitUse
from packline.production.services import sign_permit
from packline.resources.models import Qualification
from tests.packline.production.test_building import Line


@pytest.fixture
def line(world, people, now):
    return Line(world, people, now)


@pytest.fixture
def permit(world, people, now):
    """One unit may be built by somebody whose training lapsed."""
    Qualification.objects.filter(person=people.operator).delete()
    return sign_permit(
        opens="person_not_qualified", first_serial="PK-000001", last_serial="PK-000002",
        quantity=1, reason="the trainer stands beside", expires_at=now + timedelta(1),
        by=people.approver, at=now,
    )  # fmt: skip


def test_the_places_of_a_permit_are_taken_once(world, line, permit):
    line.kit(world.unit(1))  # starts, reads and finishes: three passages, one place
    assert [(use.unit.serial, use.place) for use in permit.uses.all()] == [("PK-000001", 1)]
    told = Event.objects.filter(verb="production.permit.used", subject__endswith="PK-000001")
    assert told.count() == 3
    with pytest.raises(Blocked, match="person otto: holds no valid qualification"):
        line.start(world.unit(2), "kitting")
    assert PermitUse.objects.count() == 1


def test_no_permit_opens_a_hold(people, now):
    with pytest.raises(DomainError, match="no permit opens unit_held; allowed: firmware"):
        sign_permit(
            opens="unit_held", first_serial="A-1", last_serial="A-2", reason="x",
            expires_at=now + timedelta(1), by=people.approver, at=now,
        )  # fmt: skip
