from datetime import timedelta

import numpy as np
import pytest
from django.db import IntegrityError, transaction

from packline.foundation.errors import Blocked, DomainError, NotANumber, Refused
from packline.foundation.models import Event
from packline.foundation.verification import verify_record
from packline.production.models import Deviation, Hold, Link, Part, Reading, Step
from packline.production.services import (
    ReadingIn,
    finish_step,
    hold_unit,
    install_parts,
    lift_hold,
    pass_unit,
    reopen_operation,
    scrap_unit,
    sign_deviation,
    start_step,
    swap_cell,
    take_joints,
    take_readings,
)
from packline.supply.models import Cell


class Line:
    """Otto at his stations, in few words."""

    def __init__(self, world, people, now):
        self.world, self.people, self.now = world, people, now

    def start(self, unit, code, by=None):
        operation = self.world.operation(code)
        return start_step(
            unit=unit, operation=operation, station=self.world.stations[operation.station_kind],
            by=by or self.people.operator, at=self.now,
        )  # fmt: skip

    def read(self, step, *readings, by=None):
        return take_readings(
            step=step, readings=readings, program_version="test", taken_at=self.now,
            virtual=False, by=by or self.people.operator, at=self.now,
        )  # fmt: skip

    def finish(self, step, by=None):
        return finish_step(step=step, by=by or self.people.operator, at=self.now)

    def kit(self, unit):
        step = self.start(unit, "kitting")
        self.read(step, ReadingIn(code="kit_cell_count", value=4))
        return self.finish(step)

    def weld(self, unit, worst=0.1):
        step = self.start(unit, "welding")
        values = np.full(8, 0.1)
        values[3] = worst
        take_joints(
            step=step, columns={"resistance_mohm": values},
            judged={"joint_resistance": "resistance_mohm"},
            gauge=self.world.gauges["milliohm_meter"], program_version="test",
            taken_at=self.now, virtual=False, by=self.people.operator, at=self.now,
        )  # fmt: skip
        return self.finish(step)

    def eol(self, unit, volts=7.2):
        step = self.start(unit, "eol", by=self.people.inspector)
        gauges = self.world.gauges
        self.read(
            step,
            ReadingIn(code="pack_ocv", value=volts, gauge=gauges["eol_tester"]),
            *(
                ReadingIn(
                    code="sense_voltage_error", value=1, position=k, gauge=gauges["multimeter"]
                )
                for k in (1, 2)
            ),
            by=self.people.inspector,
        )
        return self.finish(step, by=self.people.inspector)


@pytest.fixture
def line(world, people, now):
    return Line(world, people, now)


def test_a_unit_goes_through_its_operations_and_passes(world, line, people, now):
    unit = world.unit()
    states = [line.kit(unit).state, line.weld(unit).state, line.eol(unit).state]
    assert states == ["passed"] * 3
    with pytest.raises(Blocked, match="4 cells were matched for it and not put in"):
        pass_unit(unit=unit, by=people.inspector, at=now)
    install_parts(unit=unit, components={"bms": "BMS-1"}, by=people.operator, at=now)
    assert pass_unit(unit=unit, by=people.inspector, at=now).state == "passed"


def test_every_row_that_a_command_wrote_is_told_by_its_event(world, line):
    line.kit(world.unit())
    line.weld(world.unit(), worst=0.9)
    written = {"production", "quality"}
    differences = [
        d for d in verify_record().differences if d.subject.partition(".")[0] in written
    ]
    assert not differences


def test_no_operation_is_skipped(world, line):
    with pytest.raises(Blocked, match="operation 20 Kitting: was not done on PK-000001"):
        line.start(world.unit(), "welding")


def test_no_operation_is_done_twice(world, line):
    line.kit(world.unit())
    with pytest.raises(Blocked, match="step PK-000001/20-kitting/1: is passed"):
        line.start(world.unit(), "kitting")


def test_the_wrong_station_is_refused(world, people, now):
    with pytest.raises(Blocked, match="is a welder, and Kitting needs a kitting_bench"):
        start_step(
            unit=world.unit(), operation=world.operation("kitting"),
            station=world.stations["welder"], by=people.operator, at=now,
        )  # fmt: skip


def test_an_untrained_operator_is_refused(world, line, people, now):
    line.now = now + timedelta(days=60)
    with pytest.raises(Blocked, match="otto: holds no valid qualification for Kitting"):
        line.start(world.unit(), "kitting")


def test_a_gauge_out_of_calibration_takes_no_reading(world, line, people, now):
    unit = world.unit()
    line.kit(unit)
    line.now = now + timedelta(days=20)
    with pytest.raises(Blocked, match="gauge G-milliohm_meter: is out of calibration"):
        line.weld(unit)
    assert not Reading.objects.filter(step__operation__code="welding").exists()


def test_a_reading_needs_the_right_kind_of_gauge(world, line):
    unit = world.unit()
    line.kit(unit)
    line.weld(unit)
    step = line.start(unit, "eol")
    with pytest.raises(DomainError, match="pack_ocv needs a gauge of kind eol_tester, not no"):
        line.read(step, ReadingIn(code="pack_ocv", value=7.2))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_sensor_without_a_number_gives_no_reading(world, line, value):
    step = line.start(world.unit(), "kitting")
    with pytest.raises(NotANumber, match="kit_cell_count"):
        line.read(step, ReadingIn(code="kit_cell_count", value=value))
    assert not Reading.objects.exists()


def test_an_unknown_characteristic_is_named_with_what_is_allowed(world, line):
    step = line.start(world.unit(), "kitting")
    with pytest.raises(DomainError, match="colour is no characteristic.*allowed: kit_cell_count"):
        line.read(step, ReadingIn(code="colour", value=1))


def test_a_step_is_not_finished_while_a_reading_is_missing(world, line):
    step = line.start(world.unit(), "kitting")
    with pytest.raises(Refused, match=r"kit_cell_count \(0 of 1 pack readings\)"):
        line.finish(step)


def test_a_missing_joint_blocks(world, line, people, now):
    unit = world.unit()
    line.kit(unit)
    step = line.start(unit, "welding")
    take_joints(
        step=step, columns={"resistance_mohm": np.full(7, 0.1)},
        judged={"joint_resistance": "resistance_mohm"}, gauge=world.gauges["milliohm_meter"],
        program_version="t", taken_at=now, virtual=False, by=people.operator, at=now,
    )  # fmt: skip
    with pytest.raises(Refused, match=r"joint_resistance \(7 of 8 joint readings\)"):
        line.finish(step)


def test_a_reading_out_of_limits_holds_the_unit_at_once(world, line):
    unit = world.unit()
    line.kit(unit)
    step = line.weld(unit, worst=0.9)
    unit.refresh_from_db()
    assert (step.state, unit.state) == ("failed", "held")
    hold = Hold.objects.get()
    assert (hold.cause, hold.was) == (str(step), "building")
    assert "1 of 8 joints are out of limits, the worst is joint 4" in hold.reason


def test_a_held_unit_goes_nowhere(world, line):
    unit = world.unit()
    line.kit(unit)
    line.weld(unit, worst=0.9)
    with pytest.raises(Blocked) as caught:
        line.start(unit, "eol")
    records = [blocker.record for blocker in caught.value.blockers]
    assert records == ["hold PK-000001/hold/1", "operation 40 Welding"]


def test_rework_repeats_steps_and_keeps_the_old_readings(world, line, people, now):
    unit = world.unit()
    line.kit(unit)
    line.weld(unit, worst=0.9)
    reopen_operation(
        unit=unit, operation=world.operation("welding"), reason="weld again",
        by=people.approver, at=now,
    )  # fmt: skip
    lift_hold(hold=Hold.objects.get(), because="reworked", by=people.approver, at=now)
    unit.refresh_from_db()
    assert unit.state == "building"
    again = line.weld(unit)
    assert (again.attempt, again.state) == (2, "passed")
    attempts = Step.objects.filter(operation__code="welding").order_by("attempt")
    assert [step.state for step in attempts] == ["superseded", "passed"]


def test_the_unit_waits_until_its_last_hold_is_lifted(world, people, now):
    unit = world.unit()
    holds = [
        hold_unit(unit=unit, reason=f"dent {k}", cause="seen", by=people.inspector, at=now)
        for k in (1, 2)
    ]
    assert lift_hold(hold=holds[0], because="ok", by=people.approver, at=now).state == "held"
    assert lift_hold(hold=holds[1], because="ok", by=people.approver, at=now).state == "planned"
    with pytest.raises(Refused, match="was lifted already"):
        lift_hold(hold=holds[1], because="ok", by=people.approver, at=now)


def test_a_signed_deviation_lets_a_failed_step_count(world, line, people, now):
    unit = world.unit()
    line.kit(unit)
    step = line.weld(unit, worst=0.9)
    characteristic = step.operation.characteristics.get()
    deviation = sign_deviation(
        step=step, characteristic=characteristic, reason="one joint of two in parallel",
        expires_at=now + timedelta(days=1), by=people.approver, at=now,
    )  # fmt: skip
    step.refresh_from_db()
    assert step.state == "conceded"
    assert '"joints_failed":1' in deviation.statement
    assert Deviation.objects.count() == 1


def test_nobody_accepts_the_departures_of_their_own_work(world, line, people, now):
    unit = world.unit()
    line.kit(unit)
    step = line.weld(unit, worst=0.9)
    step.operator = people.approver
    with pytest.raises(Refused, match="and so cannot accept"):
        sign_deviation(
            step=step, characteristic=step.operation.characteristics.get(), reason="x",
            expires_at=now + timedelta(days=1), by=people.approver, at=now,
        )  # fmt: skip


def test_a_unit_with_open_operations_does_not_pass(world, line, people, now):
    line.kit(world.unit())
    with pytest.raises(Blocked, match="operation 80 Eol: is not done"):
        pass_unit(unit=world.unit(), by=people.inspector, at=now)


def test_a_scrapped_unit_is_final(world, line, people, now):
    unit = world.unit()
    scrap_unit(unit=unit, reason="dropped", by=people.approver, at=now)
    with pytest.raises(Blocked, match="unit PK-000001: is scrapped"):
        line.start(unit, "kitting")


def test_a_swapped_cell_keeps_both_links(world, line, people, now):
    unit = world.unit()
    install_parts(unit=unit, components={"bms": "B1"}, by=people.operator, at=now)
    old = unit.placements.get(group=1, slot=1).cell
    new = Cell.objects.filter(state="accepted").order_by("serial").first()
    swap_cell(
        unit=unit, old=old, new=new, reason="weak", by=people.inspector,
        at=now + timedelta(hours=1),
    )  # fmt: skip
    links = Link.objects.filter(parent__number="PK-000001/G01", position=1)
    assert [(k.child.number, k.removed_at is None) for k in links.order_by("installed_at")] == [
        (old.serial, False), (new.serial, True),
    ]  # fmt: skip
    old.refresh_from_db(), new.refresh_from_db()
    assert (old.state, new.state) == ("removed", "installed")


@pytest.mark.parametrize(
    ("row", "constraint"),
    [
        ({"low": None, "high": None}, "reading_has_a_limit"),
        ({"low": 2.0, "high": 1.0, "passed": False}, "reading_limits_in_order"),
        ({"low": 60.0, "high": 70.0}, "reading_passes_only_within_limits"),
    ],
)
def test_the_database_refuses_a_false_reading(world, line, now, row, constraint):
    step = line.start(world.unit(), "kitting")
    good = {"low": 50.0, "high": 54.6, "passed": True}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Reading.objects.create(
            step=step, characteristic=step.operation.characteristics.get(), value=52.1,
            unit_code="V", characteristic_revision="1", program_version="x", taken_at=now,
            virtual=False, **(good | row),
        )  # fmt: skip


def test_the_database_refuses_an_undeclared_state(world):
    unit = world.unit()
    with pytest.raises(IntegrityError, match="unit_state_is_declared"), transaction.atomic():
        type(unit).objects.filter(pk=unit.pk).update(state="lost")


def test_a_cell_is_in_one_assembly_at_a_time(world, people, now):
    unit = world.unit()
    links = install_parts(unit=unit, by=people.operator, at=now)
    link = next(link for link in links if link.kind == "cell")
    link.pk, link.parent = None, Part.objects.get(number="PK-000001/G02")
    link.position = 9
    with pytest.raises(IntegrityError), transaction.atomic():
        link.save(force_insert=True)


def test_the_chain_of_a_unit_tells_its_whole_story(world, line):
    line.kit(world.unit())
    verbs = Event.objects.filter(subject="production.unit:PK-000001").order_by("seq")
    assert list(verbs.values_list("verb", flat=True)) == [
        "production.unit.planned",
        "production.unit.matched",
        "production.unit.simulated",
        "production.step.started",
        "production.readings.taken",
        "production.step.finished",
    ]
