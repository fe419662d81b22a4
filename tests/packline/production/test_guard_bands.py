"""The limit that a reading is judged by is the design's, less the guard band of its gauge."""

import pytest
from django.db import IntegrityError, transaction

from packline.foundation.errors import Blocked, Refused
from packline.foundation.verification import verify_record
from packline.production.models import Hold, Reading
from packline.production.services import ReadingIn
from packline.resources.calc.studies import evaluate
from packline.resources.calc.study_data import Task
from packline.resources.forms import read_study
from packline.resources.services import record_study
from tests.packline.production.test_building import Line


def studied(world, people, now, *, gauge, code, unit, low, high, reference, sd, **told):
    """Record a type-1 study of readings with this standard deviation and no bias."""
    values = [reference + sd * 24.5**0.5 / 5 * k for k in (-1, 1) * 25]
    content = ("value\n" + "\n".join(map(repr, values))).encode()
    task = Task(code, unit, low, high, reference)
    return record_study(
        gauge=world.gauges[gauge], task=task, content=content, name="s.csv",
        evaluation=evaluate(read_study(content, name="s.csv", kind="type1"), task),
        taken_on=now.date(), by=people.engineer, at=now, **told,
    )  # fmt: skip


@pytest.fixture
def line(world, people, now):
    return Line(world, people, now)


def ocv_study(world, people, now, *, sd=0.02, **told):
    return studied(
        world, people, now, gauge="eol_tester", code="pack_ocv", unit="V", low=7.0, high=7.4,
        reference=7.2, sd=sd, **told,
    )  # fmt: skip


def measured(line, volts):
    """Take the pack voltage at the end of line and return it as it was stored."""
    unit = line.world.unit()
    line.kit(unit)
    line.weld(unit)
    step = line.start(unit, "eol", by=line.people.inspector)
    gauge = line.world.gauges["eol_tester"]
    reading = ReadingIn(code="pack_ocv", value=volts, gauge=gauge)
    return line.read(step, reading, by=line.people.inspector)[0]


def test_without_a_study_the_limit_stands_as_it_is_and_the_error_is_unknown(line):
    reading = measured(line, 7.39)
    assert (reading.passed, reading.accept_low, reading.guard_study) == (True, None, None)


def test_the_gauges_error_tightens_the_limit_and_both_are_kept(world, line, people, now):
    ocv_study(world, people, now)  # error 0.02 V of 0.4 V: 30 %, guard band 1.645 x 0.02 V
    reading = measured(line, 7.39)
    assert (reading.low, reading.high) == (7.0, 7.4)
    assert reading.accept_high == pytest.approx(7.4 - 1.644854 * 0.02)
    assert str(reading.guard_study) == "G-eol_tester/study/1"
    assert not reading.passed
    hold = Hold.objects.get(lifted_at=None)
    assert "is within 7 ... 7.4 but outside 7.0329 ... 7.3671" in hold.reason
    assert "study G-eol_tester/study/1" in hold.reason
    found = verify_record().differences
    assert not [d for d in found if d.subject.startswith("production.unit:")]


def test_an_error_that_does_not_matter_asks_for_no_guard_band(world, line, people, now):
    ocv_study(world, people, now, sd=0.001)
    reading = measured(line, 7.399)
    assert (reading.passed, reading.accept_high) == (True, None)
    assert reading.guard_study.verdict == "accepted"


def test_a_gauge_that_was_found_unfit_judges_nothing(world, line, people, now):
    ocv_study(world, people, now, sd=0.05)
    with pytest.raises(Blocked, match="gauge study G-eol_tester/study/1: gauge G-eol_tester was"):
        measured(line, 7.2)
    assert not Reading.objects.filter(characteristic__code="pack_ocv").exists()


def test_a_guard_band_that_leaves_nothing_is_refused_by_name(world, line, people, now):
    ocv_study(world, people, now, sd=0.02)
    world.operation("eol").characteristics.filter(code="pack_ocv").update(low=7.2, high=7.25)
    with pytest.raises(Refused, match="leaves nothing of 7.2 to 7.25 V"):
        measured(line, 7.22)


def test_joints_are_judged_with_the_guard_band_too(world, line, people, now):
    studied(
        world, people, now, gauge="milliohm_meter", code="joint_resistance", unit="mOhm",
        low=0.0, high=0.2, reference=0.1, sd=0.005,
    )  # fmt: skip
    unit = world.unit()
    line.kit(unit)
    assert line.weld(unit, worst=0.195).state == "failed"
    joints = unit.steps.get(operation__code="welding").joint_sets.get()
    assert (joints.high, joints.n_failed) == (0.2, 1)
    assert joints.accept_high == pytest.approx(0.2 - 1.644854 * 0.005)


def test_the_database_passes_no_reading_outside_its_acceptance_limits(world, line, people, now):
    ocv_study(world, people, now)
    reading = measured(line, 7.39)
    fields = {f.attname: getattr(reading, f.attname) for f in reading._meta.concrete_fields}
    for changed, constraint in (
        ({"passed": True}, "reading_passes_only_within_limits"),
        ({"accept_high": 7.5}, "reading_guarded_by_a_study"),
        ({"guard_study_id": None}, "reading_guarded_by_a_study"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            Reading.objects.create(**fields | {"id": None, "position": 9} | changed)
