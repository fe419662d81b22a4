"""Lots at a glance, their distributions, their cells, and what is quarantined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db.models import Count, Q, QuerySet
from numpy.typing import NDArray

from packline.supply.calc.measures import MEASURES, Measure
from packline.supply.models import Cell, CellLot, LotLimit
from packline.supply.states import CELL

__all__ = [
    "Distribution",
    "LotSummary",
    "cells_of_lot",
    "find_lot",
    "lot_distributions",
    "lots_of_serials",
    "lots_overview",
    "measured_values",
    "quarantined_cells",
]

PER_QUERY = 500


@dataclass(frozen=True, slots=True)
class LotSummary:
    """One line of the list of lots."""

    number: str
    supplier: str
    cell: str
    received_on: date
    state: str
    virtual: bool
    rejected: int  # rows of the file that could not be read
    on_hold: int  # holds in force
    cells: Mapping[str, int]  # how many cells are in each state

    @property
    def total(self) -> int:
        """How many cells the lot has."""
        return sum(self.cells.values())


@dataclass(frozen=True, slots=True)
class Distribution:
    """One figure of all cells of a lot, with the limits that it was judged by.

    `values` are ordered by serial; `inside` says of each whether it lies within its limits.
    """

    measure: Measure
    values: NDArray[np.float64]
    serials: tuple[str, ...]
    inside: NDArray[np.bool_]
    low: float | None
    high: float | None
    basis: str

    @property
    def n_out(self) -> int:
        """How many cells lie outside."""
        return int((~self.inside).sum())


def find_lot(number: str) -> CellLot | None:
    """Return a lot by its number, with the records that its row names."""
    return CellLot.objects.filter(number=number).select_related("cell", "file", "rejects").first()


def lots_overview() -> list[LotSummary]:
    """Return every lot with the states of its cells, the latest first; a fixed few queries."""
    lots = CellLot.objects.select_related("cell").annotate(
        open_holds=Count("holds", filter=Q(holds__lifted_at__isnull=True))
    )
    counted: dict[int, dict[str, int]] = {}
    states = Cell.objects.values_list("lot", "state").annotate(n=Count("pk")).order_by()
    for lot, state, n in states:
        counted.setdefault(lot, {})[state] = n
    return [
        LotSummary(
            number=lot.number,
            supplier=lot.supplier,
            cell=str(lot.cell),
            received_on=lot.received_on,
            state=lot.state,
            virtual=lot.virtual,
            rejected=lot.rejected_count,
            on_hold=lot.open_holds,
            cells={s: counted.get(lot.pk, {}).get(s, 0) for s in CELL.states},
        )
        for lot in lots.order_by("-received_on", "number")
    ]


def cells_of_lot(lot: CellLot) -> QuerySet[Cell]:
    """Return the cells of a lot by serial."""
    return lot.cells.select_related("lot").order_by("serial")


def quarantined_cells(lot: CellLot | None = None) -> QuerySet[Cell]:
    """Return the quarantined cells, of one lot or of all, with the reason on each."""
    cells = Cell.objects.filter(state="quarantined").select_related("lot")
    if lot is not None:
        cells = cells.filter(lot=lot)
    return cells.order_by("lot__number", "serial")


def lot_distributions(lot: CellLot) -> list[Distribution]:
    """Return the distribution of every figure that was measured for all cells of a lot."""
    cells = list(lot.cells.order_by("serial"))
    limits: dict[str, LotLimit] = {row.code: row for row in lot.limits.order_by("code")}
    serials = tuple(cell.serial for cell in cells)
    found = []
    for code, values in measured_values(cells).items():
        limit = limits.get(code)
        low, high = (limit.low, limit.high) if limit else (None, None)
        inside = np.ones(len(values), dtype=bool)
        if low is not None:
            inside &= values >= low
        if high is not None:
            inside &= values <= high
        basis = limit.basis if limit else ""
        found.append(Distribution(MEASURES[code], values, serials, inside, low, high, basis))
    return found


def measured_values(cells: Sequence[Cell]) -> dict[str, NDArray[np.float64]]:
    """Return, by code, each figure that every one of these cells has."""
    found = {}
    for code, measure in MEASURES.items():
        values = [getattr(cell, measure.field) for cell in cells]
        if values and all(value is not None for value in values):
            found[code] = np.array(values, dtype=float)
    return found


def lots_of_serials(serials: Sequence[str]) -> dict[str, str]:
    """Return, of these serials, those that are in stock, with the number of their lot."""
    found: dict[str, str] = {}
    for start in range(0, len(serials), PER_QUERY):
        part = serials[start : start + PER_QUERY]
        found.update(Cell.objects.filter(serial__in=part).values_list("serial", "lot__number"))
    return found
