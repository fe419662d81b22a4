"""Searching the catalogue for packs that meet a program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from packcalc.design import find_designs
from packline.catalog.calc.sheet import CellSheet
from packline.catalog.calc.spec import to_spec
from packline.catalog.services import register_cell
from packline.design.calc.courses import CourseRow, Key, circuits_of, courses_of
from packline.design.calc.rows import CandidateRow, kept_of, rows_of
from packline.design.calc.targets import DesignQuestion, question_of, targets_text
from packline.design.models import Candidate, Course, Study
from packline.design.states import STUDY
from packline.foundation.commands import command
from packline.foundation.errors import Refused
from packline.foundation.events import record
from packline.foundation.models import Person
from packline.foundation.states import move
from packline.requirements.models import Program
from packline.requirements.queries import spec_of_program

__all__ = ["study_designs"]

CHUNK = 1000  # rows in one event


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search found, worked out before the database is asked to keep it."""

    question: DesignQuestion
    objective: str
    tried: int
    rows: list[CandidateRow]
    courses: dict[Key, CourseRow]


def _answer(
    *,
    program: Program,
    cells: Sequence[CellSheet],
    **_: object,
) -> Answer:
    spec = spec_of_program(program)
    known = {sheet.code for sheet in cells}
    if not known:
        raise Refused(f"{program}: the catalogue holds no cell")
    if lacking := [code for code in spec.design.cells if code not in known]:
        raise Refused(
            f"{program}: the catalogue has no {', '.join(lacking)}; "
            f"it holds {', '.join(sorted(known))}"
        )
    try:
        question = question_of(spec)
        answer = find_designs(
            [to_spec(sheet) for sheet in cells], question.targets, spec.design.objective
        )
    except ValueError as error:
        raise Refused(f"{program}: {error}") from error
    return Answer(
        question,
        spec.design.objective,
        len(answer.feasible) + len(answer.rejected),
        rows_of(answer, spec.design),
        courses_of(kept_of(answer, spec.design), question.targets, circuits_of(cells)),
    )


@command("design.study_designs", prepare=_answer)
def study_designs(
    *,
    program: Program,
    cells: Sequence[CellSheet],
    by: Person,
    at: datetime,
    prepared: Answer | None = None,
) -> Study:
    """Search the catalogue, simulate the best, and keep the answer with every rejection's reason.

    A sheet with an identified circuit is simulated with that. `prepared` is set by the command
    itself, before its transaction.

    Raises
    ------
    Refused
        If the catalogue is empty, lacks a cell that the program names, or the program's
        requirements exclude each other. That no design is feasible is an answer, not a refusal:
        the study is kept and says so.
    """
    assert prepared is not None
    rows = prepared.rows
    models = {sheet.code: register_cell(sheet=sheet, by=by, at=at) for sheet in cells}
    last = Study.objects.filter(program=program).order_by("-number").first()
    study = Study.objects.create(
        program=program,
        number=1 if last is None else last.number + 1,
        objective=prepared.objective,
        targets_text=targets_text(prepared.question),
    )
    candidates = [
        Candidate(study=study, cell=models[row.code], **_fields(row), **row.numbers)
        for row in rows
    ]
    for candidate in candidates:
        candidate.sheet_sha256 = candidate.cell.sheet_sha256
    Candidate.objects.bulk_create(candidates)
    courses = [
        Course(candidate=candidate, **asdict(prepared.courses[key]))
        for candidate in candidates
        if (key := (candidate.cell.code, candidate.series, candidate.parallel)) in prepared.courses
    ]
    Course.objects.bulk_create(courses)
    feasible = sum(row.feasible for row in rows)
    move(study, STUDY, to="feasible" if feasible else "infeasible")
    record(
        "design.study.answered",
        study,
        by=by,
        at=at,
        rows=[study, *candidates[:CHUNK]],
        tried=prepared.tried,
        feasible=feasible,
        cells=sorted(models),
    )
    if courses:
        record("design.study.simulated", study, by=by, at=at, rows=courses)
    for start in range(CHUNK, len(candidates), CHUNK):
        chunk = candidates[start : start + CHUNK]
        record("design.study.continued", study, by=by, at=at, rows=chunk)
    return study


def _fields(row: CandidateRow) -> dict[str, object]:
    return {
        "series": row.series,
        "parallel": row.parallel,
        "feasible": row.feasible,
        "rank": row.rank,
        "score": row.score,
        "unit_code": row.unit_code,
        "binding": row.binding,
        "margin_ratio": row.margin_ratio,
        "reason": row.reason,
        "assumptions": row.assumptions,
    }
