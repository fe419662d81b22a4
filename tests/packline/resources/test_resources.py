from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from packline.foundation.errors import NotAllowed, Refused
from packline.foundation.verification import verify_record
from packline.resources.models import Gauge
from packline.resources.queries import gauges_in_calibration, qualification_of
from packline.resources.services import qualify_person, register_gauge, register_station


def gauge(people, now, *, days=365, kind="multimeter"):
    return register_gauge(
        code="G1", kind=kind, calibrated_on=now.date(), due_on=now.date() + timedelta(days),
        virtual=False, by=people.engineer, at=now,
    )  # fmt: skip


def qualify(people, now, *, person=None, by=None):
    return qualify_person(
        person=person or people.operator, operation_code="welding", granted_on=now.date(),
        expires_on=now.date() + timedelta(365), by=by or people.engineer, at=now,
    )  # fmt: skip


def test_a_gauge_may_be_used_until_its_calibration_lapses(people, now):
    gauge(people, now)
    assert gauges_in_calibration(now.date() + timedelta(365)).count() == 1
    assert not gauges_in_calibration(now.date() + timedelta(366)).exists()


def test_a_later_calibration_moves_the_due_date_and_an_earlier_one_does_not(people, now):
    gauge(people, now, days=100)
    assert gauge(people, now, days=200).due_on == now.date() + timedelta(200)
    assert gauge(people, now, days=50).due_on == now.date() + timedelta(200)
    assert verify_record().proven


def test_a_gauge_does_not_become_another_kind(people, now):
    gauge(people, now)
    with pytest.raises(Refused, match="G1 is known already, as another kind: multimeter"):
        gauge(people, now, kind="torque_tool")


def test_a_station_is_registered_once(people, now):
    told = {"code": "S1", "kind": "welder", "virtual": True, "by": people.engineer, "at": now}
    assert register_station(**told) == register_station(**told)
    with pytest.raises(Refused, match="as another kind"):
        register_station(**told | {"kind": "eol_bench"})


def test_a_qualification_holds_for_its_operation_and_time(people, now):
    qualify(people, now)
    day = now.date()
    assert qualification_of(people.operator, "welding", day) is not None
    assert qualification_of(people.operator, "eol", day) is None
    assert qualification_of(people.operator, "welding", day + timedelta(366)) is None
    assert qualification_of(people.operator, "welding", day - timedelta(1)) is None


def test_nobody_qualifies_themselves(people, now):
    with pytest.raises(Refused, match="emil cannot qualify themselves"):
        qualify(people, now, person=people.engineer, by=people.engineer)


def test_an_operator_qualifies_nobody(people, now):
    with pytest.raises(NotAllowed):
        qualify(people, now, person=people.inspector, by=people.operator)


def test_the_database_refuses_a_calibration_that_is_due_before_it_was_made(people, now):
    with pytest.raises(IntegrityError, match="gauge_due_after_calibration"), transaction.atomic():
        Gauge.objects.create(
            code="G2", kind="x", calibrated_on=now.date(), due_on=now.date(), virtual=False
        )
