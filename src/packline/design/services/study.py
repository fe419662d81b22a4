"""Searching the catalogue for packs that meet a program."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from packcalc.design import find_designs
from packline.catalog.calc.sheet import CellSheet
from packline.catalog.calc.spec import to_spec
from packline.catalog.services import register_cell
from packline.design.calc.rows import CandidateRow, rows_of
from packline.design.calc.targets import question_of, targets_text
from packline.design.models import Candidate, Study
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


@command("design.study_designs")
def study_designs(
    *, program: Program, cells: Sequence[CellSheet], by: Person, at: datetime
) -> Study:
    """Search the catalogue and keep the answer, the rejected with their reasons included.

    Raises
    ------
    Refused
        If the catalogue is empty, lacks a cell that the program names, or the program's
        requirements exclude each other. That no design is feasible is an answer, not a refusal:
        the study is kept and says so.
    """
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
    rows = rows_of(answer, spec.design)
    models = {sheet.code: register_cell(sheet=sheet, by=by, at=at) for sheet in cells}
    last = Study.objects.filter(program=program).order_by("-number").first()
    study = Study.objects.create(
        program=program,
        number=1 if last is None else last.number + 1,
        objective=spec.design.objective,
        targets_text=targets_text(question),
    )
    candidates = [
        Candidate(study=study, cell=models[row.code], **_fields(row), **row.numbers)
        for row in rows
    ]
    for candidate in candidates:
        candidate.sheet_sha256 = candidate.cell.sheet_sha256
    Candidate.objects.bulk_create(candidates)
    feasible = sum(row.feasible for row in rows)
    move(study, STUDY, to="feasible" if feasible else "infeasible")
    record(
        "design.study.answered",
        study,
        by=by,
        at=at,
        rows=[study, *candidates[:CHUNK]],
        tried=len(answer.feasible) + len(answer.rejected),
        feasible=feasible,
        cells=sorted(known),
    )
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
