from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from packline.foundation.errors import DomainError, NotAllowed, Refused
from packline.foundation.verification import verify_record
from packline.resources.models import Gauge
from packline.resources.queries import (
    calibration_holding,
    gauges_in_calibration,
    last_good_before,
    qualification_of,
)
from packline.resources.services import (
    calibrate_gauge,
    qualify_person,
    recall_gauge,
    register_gauge,
    register_station,
    return_gauge,
)


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


def calibrate(people, now, gauge, *, days_ago=0, **told):
    day = now.date() - timedelta(days_ago)
    facts = {"as_found": "in_tolerance", "as_left": "in_tolerance"} | told
    return calibrate_gauge(
        gauge=gauge, calibrated_on=day, due_on=day + timedelta(365), by=people.inspector, at=now,
        **facts,
    )  # fmt: skip


def test_a_calibration_that_fails_takes_the_gauge_out_of_service_until_it_is_mended(people, now):
    found = gauge(people, now)
    failed = calibrate(people, now, found, as_found="out_of_tolerance", as_left="out_of_tolerance")
    assert (failed.result, found.state) == ("failed", "out_of_service")
    with pytest.raises(Refused, match="G1/calibration/2 left it out of tolerance"):
        return_gauge(gauge=found, because="looks fine", by=people.engineer, at=now)
    mended = calibrate(people, now, found, as_found="out_of_tolerance")
    assert mended.result == "adjusted"
    return_gauge(gauge=found, because=str(mended), by=people.engineer, at=now)
    assert Gauge.objects.get().state == "in_service"
    assert last_good_before(mended).number == 1
    assert verify_record().proven


def test_a_gauge_stays_in_calibration_on_an_earlier_day(people, now):
    found = gauge(people, now, days=30)
    calibrate(people, now + timedelta(60), found)
    day = now.date()
    holds = [calibration_holding(found, day + timedelta(days)) for days in (-1, 0, 30, 31, 60)]
    assert holds == [False, True, True, False, True]


def test_a_gauge_is_recalled_and_put_back_with_a_reason(people, now):
    found = gauge(people, now)
    with pytest.raises(DomainError, match="say why"):
        recall_gauge(gauge=found, reason=" ", by=people.inspector, at=now)
    recall_gauge(gauge=found, reason="notice of the maker", by=people.inspector, at=now)
    assert (found.state, found.state_reason) == ("recalled", "notice of the maker")
    with pytest.raises(NotAllowed):
        return_gauge(gauge=found, because="x", by=people.operator, at=now)
    return_gauge(gauge=found, because="checked", by=people.approver, at=now)
    assert verify_record().proven


def test_training_is_on_revisions_of_the_instruction(people, now):
    told = {
        "person": people.operator, "operation_code": "welding", "granted_on": now.date(),
        "expires_on": now.date() + timedelta(9), "by": people.engineer, "at": now,
    }  # fmt: skip
    first, third = (qualify_person(instruction_revision=n, **told) for n in (1, 3))
    held = [
        qualification_of(people.operator, "welding", now.date(), revisions)
        for revisions in ((1, 1), (2, 2), (1, 2), (3, 4))
    ]
    assert held == [first, None, first, third]
