"""Nonconformances: of a unit, of a lot, by defect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from packline.production.models import Order, Unit
from packline.quality.calc.defects import defects
from packline.quality.models import Nonconformance
from packline.supply.models import Cell, CellLot

__all__ = [
    "DefectCount",
    "defect_counts",
    "nonconformances_of_lot",
    "nonconformances_of_unit",
    "open_decisions_about",
    "open_nonconformances",
]


@dataclass(frozen=True, slots=True)
class DefectCount:
    """How often a defect was booked on units, and on how many of them: a bar of the Pareto."""

    code: str
    title: str
    nonconformances: int
    units: int


def open_nonconformances() -> QuerySet[Nonconformance]:
    """Return what is not closed, oldest first."""
    return _shown(Nonconformance.objects.exclude(state="closed"))


def nonconformances_of_unit(unit: Unit) -> QuerySet[Nonconformance]:
    """Return everything that was booked on a unit, oldest first."""
    return _shown(Nonconformance.objects.filter(unit=unit))


def nonconformances_of_lot(lot: CellLot) -> QuerySet[Nonconformance]:
    """Return everything that was booked on a lot, oldest first."""
    return _shown(Nonconformance.objects.filter(lot=lot))


def open_decisions_about(cells: Sequence[Cell]) -> list[Nonconformance]:
    """Return what has to be decided about cells first: of themselves, or of their whole lot."""
    waiting = Nonconformance.objects.filter(state__in=("open", "contained"))
    named = Q(cells__cell__in=cells)
    lots = Q(lot__in={cell.lot_id for cell in cells}, defect_code="sampling")
    return list(waiting.filter(named | lots).distinct().order_by("number"))


def defect_counts(order: Order | None = None) -> list[DefectCount]:
    """Count the defects booked on units, the most frequent first; of one order or of all."""
    chosen = Q(unit__isnull=False) if order is None else Q(unit__order=order)
    rows = (
        Nonconformance.objects.filter(chosen)
        .values("defect_code")
        .annotate(n=Count("number"), units=Count("unit", distinct=True))
        .order_by("-n", "defect_code")
    )
    known = defects()
    return [
        DefectCount(
            row["defect_code"],
            known[row["defect_code"]].title if row["defect_code"] in known else "",
            row["n"],
            row["units"],
        )
        for row in rows
    ]


def _shown(rows: QuerySet[Nonconformance]) -> QuerySet[Nonconformance]:
    return rows.select_related(
        "unit",
        "lot",
        "hold__unit",
        "step__unit",
        "step__operation",
        "opened_by",
        "disposed_by",
        "closed_by",
    ).order_by("number")
