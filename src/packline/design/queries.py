"""Studies and designs, as pages and later stages ask for them. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, QuerySet

from packline.design.models import KINDS, Candidate, Design, DesignLimit, Study
from packline.requirements.models import Program

__all__ = [
    "LimitGroup",
    "design_of_program",
    "designs_of_program",
    "feasible_candidates",
    "limits_by_kind",
    "limits_of_design",
    "rejected_candidates",
    "studies_of_program",
]


@dataclass(frozen=True, slots=True)
class LimitGroup:
    """The limits of one kind."""

    kind: str
    title: str
    limits: Sequence[DesignLimit]


TITLES = {
    "interconnect": "Conductors and joints",
    "fuse": "Fuse",
    "bms": "Protection by the BMS",
    "incoming": "Incoming inspection of cells",
    "matching": "Matching and kitting",
    "weld": "Welding",
    "torque": "Torque",
    "ageing": "Ageing",
    "eol": "End of line and shipping",
}


def studies_of_program(program: Program) -> QuerySet[Study]:
    """Return a program's studies, the newest first."""
    return Study.objects.filter(program=program).select_related("program").order_by("-number")


def feasible_candidates(study: Study) -> QuerySet[Candidate]:
    """Return the ranked candidates of a study, the best first."""
    return _candidates(study).filter(feasible=True).order_by("rank")


def rejected_candidates(study: Study) -> QuerySet[Candidate]:
    """Return the rejected candidates by cell, those that miss least first."""
    return (
        _candidates(study)
        .filter(feasible=False)
        .order_by("cell__code", F("margin_ratio").desc(nulls_last=True), "series", "parallel")
    )


def _candidates(study: Study) -> QuerySet[Candidate]:
    return Candidate.objects.filter(study=study).select_related("cell", "study__program")


def designs_of_program(program: Program) -> QuerySet[Design]:
    """Return a program's designs, the newest revision first."""
    return (
        Design.objects.filter(program=program)
        .select_related("program", "cell", "study__program")
        .order_by("-revision")
    )


def design_of_program(program: Program) -> Design | None:
    """Return the released design of a program, if there is one."""
    return designs_of_program(program).filter(state="released").first()


def limits_of_design(design: Design) -> QuerySet[DesignLimit]:
    """Return a design's limits by code."""
    return (
        DesignLimit.objects.filter(design=design)
        .select_related("design__program")
        .order_by("code")
    )


def limits_by_kind(design: Design) -> list[LimitGroup]:
    """Return a design's limits kind by kind, in the order of the line."""
    rows = list(limits_of_design(design))
    return [
        LimitGroup(kind, TITLES[kind], [row for row in rows if row.kind == kind]) for kind in KINDS
    ]
