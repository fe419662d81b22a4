"""The V&V matrix of a program, and what it came to for a unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from packline.assurance.calc.vv import Bounds, Judged, judge
from packline.assurance.models import Document, Verdict, VerificationItem
from packline.assurance.queries.observations import observations_of_unit
from packline.assurance.states import CONCEDED, FAILED, OPEN, PASSED
from packline.production.models import Unit
from packline.requirements.models import Program, Requirement

__all__ = ["MatrixRow", "documents_of_unit", "judgements", "verdicts_of_unit", "vv_matrix"]


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One row of the matrix with how many units came to which verdict."""

    item: VerificationItem
    passed: int
    conceded: int
    failed: int
    waiting: int


def vv_matrix(program: Program) -> list[MatrixRow]:
    """Return the matrix of a program in the order of its requirements, with verdicts."""
    items = (
        VerificationItem.objects.filter(requirement__program=program)
        .select_related("requirement__program")
        .annotate(
            n_passed=Count("verdicts", filter=Q(verdicts__verdict=PASSED)),
            n_conceded=Count("verdicts", filter=Q(verdicts__verdict=CONCEDED)),
            n_failed=Count("verdicts", filter=Q(verdicts__verdict=FAILED)),
            n_open=Count("verdicts", filter=Q(verdicts__verdict=OPEN)),
        )
        .order_by("requirement__ref")
    )
    return [
        MatrixRow(item, item.n_passed, item.n_conceded, item.n_failed, item.n_open)
        for item in items
    ]


def judgements(unit: Unit, at: datetime) -> list[tuple[VerificationItem, Judged]]:
    """Judge a unit by every row of its program's matrix, as things stand at `at`."""
    items = list(
        VerificationItem.objects.filter(requirement__program=unit.order.program)
        .select_related("requirement__program")
        .order_by("requirement__ref")
    )
    seen = observations_of_unit(unit, [item.requirement for item in items], at)
    return [(item, judge(_bounds(item.requirement), seen[item.requirement.ref])) for item in items]


def verdicts_of_unit(unit: Unit) -> QuerySet[Verdict]:
    """Return the verdicts that were recorded for a unit when it was last judged."""
    return (
        Verdict.objects.filter(unit=unit)
        .select_related("unit", "item__requirement__program")
        .order_by("item__requirement__ref")
    )


def documents_of_unit(unit: Unit) -> QuerySet[Document]:
    """Return the documents issued for a unit, the newest first."""
    return (
        Document.objects.filter(unit=unit)
        .select_related("unit", "file", "issued_by")
        .order_by("kind", "-number")
    )


def _bounds(requirement: Requirement) -> Bounds:
    low = None if requirement.operator == "<=" else requirement.si_value
    high = {"<=": requirement.si_value, "==": requirement.si_value}.get(
        requirement.operator, requirement.si_high
    )
    return Bounds(low, high)
