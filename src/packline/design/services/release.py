"""Choosing one candidate and drawing every limit that follows from it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from packcalc.design import DesignRules, pack_figures
from packline.catalog.calc.stored import stored_cell
from packline.design.calc.figures import figures_of, figures_text
from packline.design.calc.limits import hardware_of, limits_of
from packline.design.calc.targets import question_of
from packline.design.models import Candidate, Design, DesignLimit, Study
from packline.design.states import DESIGN, STUDY
from packline.foundation.commands import command
from packline.foundation.errors import Refused
from packline.foundation.events import record
from packline.foundation.models import Person
from packline.foundation.states import move
from packline.requirements.calc.spec import ProgramSpec
from packline.requirements.calc.units import to_si
from packline.requirements.queries import spec_of_program

__all__ = ["release_design"]


@command("design.release_design")
def release_design(
    *, study: Study, candidate: Candidate | None = None, by: Person, at: datetime
) -> Design:
    """Release a candidate, the first in rank unless one is named, and supersede the one before.

    Raises
    ------
    Refused
        If nothing is feasible, the candidate is rejected, of another study or released already,
        its cell's sheet has changed since the search, or a requirement excludes a limit that the
        design needs.
    """
    chosen = _chosen(study, candidate)
    spec = spec_of_program(study.program)
    cell, conventions = stored_cell(chosen.cell.spec_text)
    question = question_of(spec)
    series, parallel = chosen.series, chosen.parallel
    figures = pack_figures(cell, series, parallel, question.targets, DesignRules())
    try:
        hardware = hardware_of(cell, series, parallel, figures, question, at.date())
        limits = limits_of(
            cell,
            conventions,
            series,
            parallel,
            figures,
            question,
            spec.design.resistance_kind,
            _stated_limits(spec),
            hardware,
        )
    except ValueError as error:
        raise Refused(f"{chosen}: {error}") from error
    before = list(
        Design.objects.filter(program=study.program)
        .select_related("program", "study__program", "cell")
        .order_by("-revision")
    )
    retired = [design for design in before if design.state == "released"]
    for design in retired:
        move(design, DESIGN, to="superseded")
    design = Design.objects.create(
        program=study.program,
        study=study,
        revision=before[0].revision + 1 if before else 1,
        cell=chosen.cell,
        series=series,
        parallel=parallel,
        figures_text=figures_text(
            figures_of(cell, figures, question.targets), (*cell.assumptions, *hardware.open)
        ),
    )
    rows = [DesignLimit(design=design, **asdict(limit)) for limit in limits]
    DesignLimit.objects.bulk_create(rows)
    move(design, DESIGN, to="released")
    if study.state != "used":
        move(study, STUDY, to="used")
    for old in retired:
        record("design.design.superseded", old, by=by, at=at, rows=[old], successor=str(design))
    record(
        "design.design.released",
        design,
        by=by,
        at=at,
        rows=[design, study, *rows],
        candidate=str(chosen),
        rank=chosen.rank,
        arrangement=f"{series}S{parallel}P",
    )
    return design


def _chosen(study: Study, candidate: Candidate | None) -> Candidate:
    candidates = study.candidates.select_related("cell", "study__program")
    if candidate is None:
        chosen = candidates.filter(rank=1).first()
        if chosen is None:
            nearest = candidates.order_by("-margin_ratio", "cell__code").first()
            why = f"; nearest: {nearest}: {nearest.reason}" if nearest else ""
            raise Refused(f"{study}: no feasible design{why}")
    else:
        chosen = candidates.filter(pk=candidate.pk).first()
        if chosen is None:
            raise Refused(f"{candidate} is not a candidate of {study}")
        if not chosen.feasible:
            raise Refused(f"{chosen} is rejected: {chosen.reason}")
    if chosen.sheet_sha256 != chosen.cell.sheet_sha256:
        raise Refused(f"{chosen}: the cell's sheet has changed since the search; search again")
    same = {"cell": chosen.cell, "series": chosen.series, "parallel": chosen.parallel}
    if known := study.designs.filter(state="released", **same).first():
        raise Refused(f"{chosen} is released already, as {known}")
    return chosen


def _stated_limits(spec: ProgramSpec) -> dict[str, tuple[float | None, float | None]]:
    return {
        limit.code: (
            None if limit.low is None else to_si(limit.low, limit.unit),
            None if limit.high is None else to_si(limit.high, limit.unit),
        )
        for limit in spec.cells.limits
    }
