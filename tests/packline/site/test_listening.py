"""While the server runs, a reading out of its limits opens its nonconformance by itself."""

import pytest

from packline.foundation.events import record
from packline.production.services import ReadingIn, start_step, take_readings
from packline.quality.models import Nonconformance
from packline.site.listening import Listening
from tests.packline.world import build_world, order_in

pytestmark = pytest.mark.django_db


def test_what_is_out_of_its_limits_is_heard_once(people, now):
    world = build_world(people, now)
    order_in(world, people, now)
    listening = Listening()
    listening.hear()
    assert listening.hear() == 0
    step = start_step(
        unit=world.unit(), operation=world.operation("kitting"),
        station=world.stations["kitting_bench"], by=people.operator, at=now,
    )  # fmt: skip
    take_readings(
        step=step, readings=[ReadingIn(code="kit_cell_count", value=3)], program_version="test",
        taken_at=now, virtual=False, by=people.operator, at=now,
    )  # fmt: skip
    assert listening.hear() >= 1
    found = Nonconformance.objects.get(unit=world.unit())
    assert found.step == step
    listening.hear()
    assert listening.hear() == 0
    assert Nonconformance.objects.filter(unit=world.unit()).count() == 1


def test_an_event_that_was_committed_late_is_heard_within_the_margin(people, now, monkeypatch):
    asked = []
    monkeypatch.setattr("packline.site.listening.listen", lambda after=0: asked.append(after) or 0)
    listening = Listening()
    for verb in ("a.b.c", "a.b.d", "a.b.e"):
        last = record(verb, people.operator, by=people.operator, at=now)
        listening.hear()
    monkeypatch.setattr("packline.site.listening.MARGIN", 1)
    record("a.b.f", people.operator, by=people.operator, at=now)
    listening.hear()
    monkeypatch.setattr(listening, "_all_at", 0.0)  # the time has come to look at all again
    record("a.b.g", people.operator, by=people.operator, at=now)
    listening.hear()
    assert asked == [0, 0, 0, last.pk - 1, 0]
