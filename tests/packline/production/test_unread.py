"""Nobody begins by a document that they have not read in the revision that is in force."""

from datetime import timedelta

import pytest

from packline.foundation.errors import Blocked
from packline.production.services import finish_step, start_step
from packline.resources.services import (
    approve_revision,
    confirm_reading,
    draft_revision,
    register_document,
    submit_revision,
    withdraw_revision,
)
from tests.packline.production.test_building import Line


@pytest.fixture
def document(people, now):
    return register_document(
        code="WI-40", title="Welding", operation_code="welding", by=people.engineer, at=now
    )


def in_force(document, people, at):
    made = draft_revision(
        document=document, content=str(at).encode(), name="wi.pdf", change="new",
        media_type="application/pdf", by=people.engineer, at=at,
    )  # fmt: skip
    submit_revision(revision=made, by=people.engineer, at=at)
    return approve_revision(revision=made, by=people.approver, at=at)


def test_a_document_in_force_is_read_and_understood_before_the_work_begins(
    world, people, now, document, data_dir
):
    line, unit = Line(world, people, now), world.unit()
    line.kit(unit)  # it governs welding and nothing else
    first = in_force(document, people, now)

    def begin(unit, at):
        return start_step(
            unit=unit, operation=world.operation("welding"), station=world.stations["welder"],
            by=people.operator, at=at,
        )  # fmt: skip

    with pytest.raises(Blocked) as refused:
        begin(unit, now)
    assert [(b.code, b.record) for b in refused.value.blockers] == [
        ("document_unread", "document WI-40@1")
    ]
    confirm_reading(revision=first, by=people.inspector, at=now)  # somebody else's reading
    with pytest.raises(Blocked, match="WI-40@1"):
        begin(unit, now)
    confirm_reading(revision=first, by=people.operator, at=now)
    begin(unit, now)
    later = now + timedelta(hours=1)
    second = in_force(document, people, later)  # what was begun goes on
    step = unit.steps.get(operation__code="welding", state="started")
    with pytest.raises(Blocked) as refused:
        finish_step(step=step, by=people.operator, at=later)
    assert {b.code for b in refused.value.blockers} == {"reading_missing"}
    other = world.unit(2)
    line.kit(other)
    with pytest.raises(Blocked, match="WI-40@2"):
        begin(other, later)
    withdraw_revision(revision=second, reason="wrong", by=people.approver, at=later)
    begin(other, later + timedelta(seconds=1))
