"""Studies and designs in the database: nothing silently absent, nothing typed twice."""

from dataclasses import replace
from hashlib import sha256

import pytest
from django.db import IntegrityError, transaction

from packcalc.cell.sets import write_parameters
from packcalc.design.stand_in import stand_in_circuit
from packline.catalog.calc.spec import to_spec
from packline.catalog.forms import read_catalogue
from packline.design.calc.courses import curves_of
from packline.design.calc.hardware import OPEN
from packline.design.models import Candidate, Course, Design, DesignLimit, Study
from packline.design.queries import (
    design_of_program,
    feasible_candidates,
    limits_by_kind,
    rejected_candidates,
    studies_of_program,
)
from packline.design.services import release_design, study_designs
from packline.design.states import DESIGN, STUDY
from packline.foundation.errors import NotAllowed, Refused
from packline.foundation.models import Event
from packline.foundation.verification import verify_record
from packline.requirements.services import open_program
from tests.packline.design.programs import program_spec, requirement

pytestmark = pytest.mark.django_db
CELLS = read_catalogue()
SOME = [s for s in CELLS if s.code in ("samsung-inr21700-50e", "eve-lf105", "kokam-slpb78205130h")]


@pytest.fixture
def studied(tmp_path, people, now):
    """Search for packs of a program that is changed as the test says."""

    def study(more="", design="", limits="", cells=SOME):
        spec = program_spec(tmp_path / "program", more, design, limits)
        program = open_program(spec=spec, by=people.planner, at=now)
        return study_designs(program=program, cells=cells, by=people.engineer, at=now)

    return study


@pytest.fixture
def released(studied, people, now):
    """Search and release the best."""

    def release(more="", design="", limits=""):
        return release_design(study=studied(more, design, limits), by=people.engineer, at=now)

    return release


def limit(design, code):
    return DesignLimit.objects.get(design=design, code=code)


def test_a_study_ranks_the_feasible_and_keeps_the_rejected_with_reasons(studied):
    study = studied()
    assert study.state == "feasible"
    best = feasible_candidates(study)[0]
    assert (best.rank, best.cell.code, best.series) == (1, "samsung-inr21700-50e", 13)
    assert best.unit_code == "kg"
    assert all(row.reason and row.binding for row in rejected_candidates(study))


def test_the_most_energy_ranks_first_and_is_shown_as_energy(tmp_path, people, now):
    from dataclasses import replace

    spec = program_spec(tmp_path / "program")
    spec = replace(spec, design=replace(spec.design, objective="energy"))
    program = open_program(spec=spec, by=people.planner, at=now)
    study = study_designs(program=program, cells=SOME, by=people.engineer, at=now)
    scores = [c.score for c in feasible_candidates(study)]
    assert scores == sorted(scores, reverse=True)
    assert feasible_candidates(study)[0].energy_wh == scores[0] > 0


def test_every_cell_of_the_catalogue_has_a_line(studied):
    study = studied(cells=CELLS)
    assert {c.cell.code for c in Candidate.objects.filter(study=study).select_related("cell")} == {
        s.code for s in CELLS
    }


def test_cells_that_the_program_does_not_allow_are_listed_as_such(studied):
    study = studied(design='chemistries = ["NCA"]\n')
    barred = [c for c in rejected_candidates(study) if c.binding == "cell_choice"]
    assert {c.cell.code for c in barred} == {"eve-lf105", "kokam-slpb78205130h"}
    assert "NCA only" in barred[0].reason


def test_no_feasible_design_is_an_answer_that_is_kept(studied, people, now):
    study = studied(requirement("M-1", "mass", "<=", 0.5, "kg", "mechanical"))
    assert study.state == "infeasible"
    with pytest.raises(Refused, match=r"no feasible design; nearest: .*mass .* kg, asked at most"):
        release_design(study=study, by=people.engineer, at=now)
    assert Study.objects.get().state == "infeasible"
    assert not Design.objects.exists()


def test_a_cell_that_the_catalogue_lacks_is_refused(studied):
    with pytest.raises(Refused, match="the catalogue has no unobtainium"):
        studied(design='cells = ["unobtainium"]\n')
    assert not Study.objects.exists()


def test_an_empty_catalogue_is_refused(studied):
    with pytest.raises(Refused, match="holds no cell"):
        studied(cells=[])


def test_a_released_design_states_figures_and_limits_with_reasons(released):
    design = released()
    assert design.state == "released"
    assert design.figures["energy"]["si"] > 0.9e3 * 3600
    assert design.figures["max_voltage"]["value"] == 54.6
    kinds = {group.kind: group.limits for group in limits_by_kind(design)}
    assert all(kinds.values())
    assert all(row.reason for rows in kinds.values() for row in rows)
    trip = limit(design, "cell_overvoltage")
    assert (trip.alarm, trip.trip, trip.release, trip.delay_s) == (4.22, 4.25, 4.1, 0.5)
    assert limit(design, "overvoltage_trip").target == 4.25


def test_cable_and_distances_are_drawn_and_what_nothing_answers_is_said(released):
    # 54.6 V full. IEC 60664-1: 100 V of line and category II are 800 V of impulse; over dust that
    # may get damp 0.8 mm of air, over FR-4 by table F.5 at 63 V 2.0 mm (degree 3, group III).
    design = released()
    clear, creep = limit(design, "clearance"), limit(design, "creepage")
    assert (clear.low, creep.low, creep.unit_code) == (0.8, 2.0, "mm")
    assert "pollution degree 3" in creep.reason
    cable, rating = limit(design, "main_cable_cross_section"), limit(design, "fuse_rating").target
    assert f"at the fuse's {rating:g} A" in cable.reason
    short = limit(design, "fuse_interrupt_rating")
    assert "prospective short-circuit current" in short.reason
    left = [text for text in design.assumptions if text.startswith(OPEN)]
    assert any("maker's curve" in text for text in left)
    assert any("thermal runaway" in text for text in left)
    assert not any("enclosure" in text for text in left)


def test_dust_tight_asks_for_less_creepage_and_the_enclosure_stays_open(released):
    design = released(
        requirement("M-1", "ingress_solids", ">=", 6, "", "mechanical", "test")
        + requirement("M-2", "ingress_water", ">=", 7, "", "mechanical", "test")
    )
    assert limit(design, "creepage").low == 1.25  # degree 2, group III, at 63 V
    assert any("IP67 is asked" in text for text in design.assumptions)


def test_a_requirement_narrows_the_limit_and_is_named(released):
    design = released(requirement("E-2", "insulation_resistance", ">=", 5, "MOhm", "eol", "test"))
    row = limit(design, "insulation_resistance")
    assert (row.low, row.unit_code) == (5000.0, "kOhm")
    assert "E-2 is stricter" in row.reason


def test_a_requirement_that_excludes_a_limit_is_refused_by_name(studied, people, now):
    study = studied(requirement("E-3", "overvoltage_threshold", "<=", 4.0, "V", "eol", "test"))
    with pytest.raises(Refused, match="overvoltage_trip"):
        release_design(study=study, by=people.engineer, at=now)
    assert not Design.objects.exists()


def test_the_programs_own_incoming_limits_are_taken_over(released):
    design = released(limits='cell_ocv = { low = 3.545, high = 3.560, unit = "V" }')
    row = limit(design, "cell_ocv")
    assert (row.low, row.high) == (3.545, 3.56)
    assert limit(design, "pack_ocv").high == pytest.approx(13 * 3.56)


def test_a_second_release_supersedes_the_first(released, people, now):
    first = released()
    study = Study.objects.get()
    other = feasible_candidates(study)[1]
    second = release_design(study=study, candidate=other, by=people.engineer, at=now)
    first.refresh_from_db()
    assert (first.state, second.state, second.revision) == ("superseded", "released", 2)
    assert design_of_program(study.program) == second


def test_a_rejected_candidate_cannot_be_released(studied, people, now):
    study = studied()
    rejected = rejected_candidates(study)[0]
    with pytest.raises(Refused, match="is rejected"):
        release_design(study=study, candidate=rejected, by=people.engineer, at=now)


def test_a_sheet_that_changed_since_the_search_asks_for_a_new_search(studied, people, now):
    from dataclasses import replace

    from packline.catalog.services import register_cell

    study = studied()
    sheet = next(s for s in SOME if s.code == "samsung-inr21700-50e")
    register_cell(sheet=replace(sheet, sha256="0" * 64), by=people.engineer, at=now)
    with pytest.raises(Refused, match="sheet has changed"):
        release_design(study=study, by=people.engineer, at=now)


def test_studies_are_numbered_per_program(studied):
    first, second = studied(), studied()
    assert (first.number, second.number) == (1, 2)
    assert list(studies_of_program(first.program)) == [second, first]


def test_every_row_is_told_by_an_event(released):
    released()
    assert not verify_record().differences


def test_a_limit_changed_behind_the_applications_back_is_found(released):
    design = released()
    DesignLimit.objects.filter(design=design, code="pack_ocv").update(high=99.0)
    (difference,) = verify_record().differences
    assert "pack_ocv" in str(difference)


def test_who_may_not_writes_nothing(tmp_path, people, now):
    program = open_program(spec=program_spec(tmp_path / "p"), by=people.planner, at=now)
    before = Event.objects.count()
    with pytest.raises(NotAllowed):
        study_designs(program=program, cells=SOME, by=people.operator, at=now)
    assert Event.objects.count() == before


@pytest.mark.parametrize(
    ("table", "change"),
    [
        (Candidate, {"feasible": False}),
        (Candidate, {"series": 0}),
        (Study, {"state": "guessed"}),
        (Design, {"state": "guessed"}),
        (DesignLimit, {"kind": "guessed"}),
        (DesignLimit, {"low": 2.0, "high": 1.0}),
        (DesignLimit, {"low": None, "high": None, "target": None, "trip": None}),
        (DesignLimit, {"delay_s": -1.0}),
    ],
)
def test_the_database_refuses_what_must_never_be(released, table, change):
    released()
    row = table.objects.order_by("pk").first()
    with pytest.raises(IntegrityError), transaction.atomic():
        table.objects.filter(pk=row.pk).update(**change)


def test_a_candidate_that_is_released_is_not_released_again(released, people, now):
    released()
    with pytest.raises(Refused, match="is released already, as EB48/design/1"):
        release_design(study=Study.objects.get(), by=people.engineer, at=now)
    assert Design.objects.count() == 1


def test_two_released_designs_of_one_program_are_refused_by_the_database(released):
    released()
    released()
    with pytest.raises(IntegrityError), transaction.atomic():
        Design.objects.filter(revision=1).update(state="released")


def test_life_of_a_study_and_of_a_design():
    assert {old: sorted(new) for old, new in STUDY.moves.items()} == {
        "open": ["feasible", "infeasible"],
        "feasible": ["used"],
        "infeasible": [],
        "used": [],
    }
    assert {old: sorted(new) for old, new in DESIGN.moves.items()} == {
        "draft": ["released"],
        "released": ["superseded"],
        "superseded": [],
    }


def test_lists_ask_the_same_number_of_questions(studied, django_assert_num_queries):
    study = studied(cells=CELLS)
    for rows in (feasible_candidates(study), rejected_candidates(study)):
        with django_assert_num_queries(1):
            assert [str(row) for row in rows]


def test_the_best_are_simulated_and_what_could_not_be_says_why(studied):
    study = studied()
    simulated = Course.objects.filter(candidate__study=study).order_by("candidate__rank")
    best = simulated.get(candidate__rank=1)
    assert best.front
    assert not best.identified
    assert best.energy_c1_wh < best.energy_c5_wh
    # By the sheet alone: capacity times nominal voltage, which a real curve comes near.
    assert best.energy_c5_wh == pytest.approx(best.candidate.energy_wh, rel=0.05)
    curves = curves_of(best.curves_text)
    assert len(curves["charge_ah"]) == len(curves["voltage_c1_v"]) == 101
    assert all(row.notes for row in simulated)
    assert verify_record().proven


def test_an_identified_circuit_takes_the_place_of_the_stand_in(tmp_path, people, now):
    spec = program_spec(tmp_path / "program")
    program = open_program(spec=spec, by=people.planner, at=now)
    code = "samsung-inr21700-50e"
    sheet = next(s for s in CELLS if s.code == code)
    tested = replace(stand_in_circuit(to_spec(sheet)), provenance=("pulse tests of 2026-11-02",))
    text = write_parameters(tested)
    tested = replace(
        sheet, parameters_text=text, parameters_sha256=sha256(text.encode()).hexdigest()
    )
    cells = [tested if s.code == code else s for s in SOME]
    study = study_designs(program=program, cells=cells, by=people.engineer, at=now)
    course = Course.objects.get(candidate__study=study, candidate__rank=1)
    assert course.identified
    assert "pulse tests of 2026-11-02" in course.notes


@pytest.mark.parametrize("wrong", [{"energy_c1_wh": None}, {"energy_c5_wh": -1.0}, {"notes": ""}])
def test_the_database_refuses_a_course_that_was_half_run(studied, wrong):
    study = studied()
    candidate = study.candidates.filter(course__isnull=True).first() or pytest.fail("all ran")
    good = {"energy_c5_wh": 900.0, "energy_c1_wh": 860.0, "notes": "x"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Course.objects.create(candidate=candidate, front=False, identified=False, **good | wrong)
