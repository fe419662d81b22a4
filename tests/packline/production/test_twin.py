"""Each unit is simulated from its own cells and joints, and held for what they do not explain."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from django.db import IntegrityError, transaction

from packcalc.cell import parameter_set, write_parameters
from packline.foundation.verification import verify_record
from packline.production.calc.as_built_predict import predict
from packline.production.models import Reading, Twin, TwinFigure
from packline.production.queries.as_built import built_unit
from packline.production.queries.twins import latest_twins, twins_of_unit
from packline.production.services import swap_cell
from packline.supply.models import Cell
from tests.packline.twins import CELL_MOHM, GROUPS, JOINT, LINK, TestedLine, build_tested_world


@pytest.fixture
def world(people, now):
    return build_tested_world(people, now)


@pytest.fixture
def line(world, people, now):
    return TestedLine(world, people, now)


def figure(twin, code, position=0):
    return twin.figures.get(code=code, position=position)


def test_a_sound_unit_is_simulated_at_matching_after_welding_and_at_the_test(world, line):
    unit = world.unit()
    line.kit(unit), line.weld(unit), line.measure(unit, noise=0.003)
    twins = twins_of_unit(unit)
    assert [(t.stage, t.passed) for t in twins] == [
        ("matched", True), ("welded", True), ("tested", True),
    ]  # fmt: skip
    own = [p.cell.dc_resistance_mohm for p in unit.placements.order_by("group")]
    told = [figure(twins[2], "group_dc_resistance", g).predicted for g in range(1, GROUPS + 1)]
    assert told == pytest.approx([r + 2 * JOINT + LINK for r in own], rel=1e-6)
    pack = figure(twins[2], "pack_dc_resistance")
    assert pack.predicted == pytest.approx(sum(told) + LINK, rel=1e-6)
    assert pack.agrees
    assert not unit.holds.exists()


def test_a_joint_that_every_limit_passes_is_caught_by_its_group(world, line):
    """It read 0.03 mOhm when it was made; now group 4 has 0.31 mOhm more than it should."""
    unit = world.unit()
    line.kit(unit), line.weld(unit)
    step = line.measure(unit, excess=(4, 0.31))
    assert step.state == "passed"
    assert not Reading.objects.filter(step__unit=unit, passed=False).exists()
    assert all(joints.passed for s in unit.steps.all() for joints in s.joint_sets.all())
    unit.refresh_from_db()
    hold = unit.holds.get()
    assert unit.state == "held"
    assert hold.reason.startswith("group 4 has 0.31 mΩ more than its cells and joints explain")
    assert hold.reason.endswith("look for a cold joint")
    twin = latest_twins(unit)["tested"]
    out = list(twin.figures.filter(agrees=False).values_list("code", "position"))
    assert out == [("group_dc_resistance", 4)]  # not the pack: it has what its groups have


def test_joints_whose_log_came_in_parts_are_all_in_the_twin(world, line):
    unit = world.unit()
    joints = np.linspace(0.02, 0.05, 2 * GROUPS)
    line.kit(unit), line.weld(unit, joints, parts=[[9, 3, 0], [1, 2, *range(4, 9), 10, 11]])
    built = built_unit(unit)
    assert built.missing == ()
    np.testing.assert_allclose(built.joint_mohm[:, 0], joints.reshape(GROUPS, 2).sum(axis=1))


def test_a_terminal_that_resists_is_no_group_s_fault(world, line):
    unit = world.unit()
    line.kit(unit), line.weld(unit), line.measure(unit)
    facts = built_unit(unit)
    loose = {**facts.measured, ("pack_dc_resistance", 0): 22.0}
    found = predict(replace(facts, measured=loose))
    assert [(f.code, f.position) for f in found.out] == [("pack_dc_resistance", 0)]


def test_a_tolerance_is_made_of_its_parts(world, line):
    unit = world.unit()
    line.kit(unit), line.weld(unit), line.measure(unit)
    twin = latest_twins(unit)["tested"]
    for row in twin.figures.exclude(measured=None):
        combined = sum(u**2 for u in row.parts.values()) ** 0.5
        assert twin.coverage_ratio * combined == pytest.approx(row.tolerance, rel=0.01)


def test_a_swapped_cell_changes_the_prediction_and_the_past_can_be_asked(world, line, people, now):
    unit = world.unit()
    line.kit(unit)
    before = predict(built_unit(unit)).figures[0].predicted
    old = unit.placements.get(group=1).cell
    new = Cell.objects.create(
        serial="C999", lot=old.lot, row_number=999, capacity_ah=5.0, ocv_v=3.6,
        dc_resistance_mohm=3.5, state="accepted",
    )  # fmt: skip
    later = now + timedelta(hours=1)
    swap_cell(unit=unit, old=old, new=new, reason="dent", by=people.inspector, at=later)
    after = predict(built_unit(unit)).figures[0].predicted
    assert after - before == pytest.approx(3.5 - old.dc_resistance_mohm, rel=1e-6)
    then = predict(built_unit(unit, at=now)).figures[0].predicted
    assert then == before


def test_what_cannot_be_predicted_is_said(world):
    twin = twins_of_unit(world.unit())[0]
    assert twin.method == "circuit"
    assert "temperature" in twin.not_predicted
    assert "no parameter set" in twin.not_predicted
    assert not twin.figures.filter(code="baseline_temperature_rise").exists()


def test_cells_without_a_common_resistance_give_no_resistance(world):
    cell = world.unit().placements.first().cell
    cell.dc_resistance_mohm, cell.ac_ir_mohm = None, 1.8
    cell.save()
    found = predict(built_unit(world.unit(), planned=True))
    assert {f.code for f in found.figures} == {"baseline_capacity", "group_ocv_delta"}
    assert any("DC resistance" in text for text in found.not_predicted)


def test_every_row_of_a_twin_is_told_by_its_event(world, line):
    unit = world.unit()
    line.kit(unit), line.weld(unit), line.measure(unit, excess=(2, 0.4))
    found = verify_record()
    assert not [d for d in found.differences if d.subject.startswith("production.")]
    assert verify_record(subject=f"production.unit:{unit}").proven


@pytest.mark.parametrize(
    "wrong",
    [
        {"measured": 3.0, "residual": 0.5, "shift": 0.0, "tolerance": 0.1, "agrees": True},
        {"measured": 3.0, "residual": -0.5, "shift": 0.0, "tolerance": 0.1, "agrees": True},
        {"measured": 3.0, "agrees": True},
        {"measured": None, "agrees": False},
    ],
)
def test_the_database_refuses_a_verdict_that_its_figures_do_not_carry(world, wrong):
    twin = twins_of_unit(world.unit())[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        TwinFigure.objects.create(
            twin=twin, code="x", position=0, unit_code="mOhm", predicted=2.5, **wrong
        )


@pytest.mark.parametrize(
    "wrong",
    [
        {"stage": "dreamt"},
        {"stage": "tested"},
        {"method": "simulator"},
        {"coverage_ratio": 0.0},
        {"number": 1},
    ],
)
def test_the_database_refuses_a_twin_that_cannot_be(world, now, wrong):
    facts = {
        "unit": world.unit(), "number": 9, "stage": "matched", "method": "circuit",
        "model_version": "x", "inputs_sha256": "0" * 64, "coverage_ratio": 4.0, "passed": True,
        "simulated_at": now, **wrong,
    }  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Twin.objects.create(**facts)


def test_the_cells_of_these_tests_differ():
    assert len(set(CELL_MOHM)) == GROUPS


@pytest.fixture
def identified(world):
    """The same plant with cells of which a circuit was identified."""
    text = write_parameters(parameter_set("leaf-2013"))
    cell = world.design.cell
    cell.parameters_text, cell.parameters_sha256 = text, "a" * 64
    cell.save()
    Cell.objects.update(capacity_ah=30.0, ocv_v=3.85)
    return world


def test_identified_cells_go_through_the_simulator_and_have_a_temperature(identified):
    """The circuit and the simulator agree within 2 % where both can speak."""
    plain = predict(replace(built_unit(identified.unit(), planned=True), parameters=None))
    facts = built_unit(identified.unit(), planned=True)
    measured = {("baseline_temperature_rise", 0): 9.0, ("baseline_capacity", 0): 30.0}
    found = predict(replace(facts, measured=measured))
    assert (found.method, found.parameter_set) == ("simulator", "leaf-2013")
    assert found.parameters_sha256 == "a" * 64
    assert not found.not_predicted
    by_code = {(f.code, f.position): f for f in found.figures}
    for f in plain.figures:
        if f.code.endswith("resistance"):
            assert by_code[f.code, f.position].predicted == pytest.approx(f.predicted, rel=0.02)
    warming = by_code["baseline_temperature_rise", 0]
    assert 0.5 < warming.predicted < 6
    assert warming.agrees is False  # warmer than cells that keep all their heat
    cool = replace(facts, measured={("baseline_temperature_rise", 0): 0.1})
    assert all(f.agrees for f in predict(cool).judged)


def test_outside_of_what_a_set_holds_for_the_simulator_says_nothing(identified, monkeypatch):
    import packcalc.asbuilt.simulated as simulated

    def refuse(*_):
        raise ValueError("temperature 400 is outside 278.15 to 333.15")

    monkeypatch.setattr(simulated, "simulate_as_built", refuse)
    found = predict(built_unit(identified.unit(), planned=True))
    assert found.method == "circuit"
    assert any("outside 278.15" in text for text in found.not_predicted)


def test_a_gauge_study_takes_the_place_of_an_assumption(world, line):
    unit = world.unit()
    line.kit(unit), line.weld(unit), line.measure(unit)
    facts = built_unit(unit)
    studied = {"group_dc_resistance": (0.1, "G1/study/1")}
    narrow, wide = predict(facts), predict(replace(facts, studied=studied))
    assert wide.figures[0].tolerance > 2 * narrow.figures[0].tolerance
    assert wide.figures[0].parts["resistance_tester:G1/study/1"] == pytest.approx(0.1, rel=0.1)
    assert wide.inputs_sha256 != narrow.inputs_sha256
