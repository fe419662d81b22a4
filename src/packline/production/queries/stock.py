"""Cells that may be built in."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from packline.design.models import Design
from packline.supply.models import Cell, LotHold


def cells_for(design: Design) -> QuerySet[Cell]:
    """Return the accepted cells of a design's cell model, from lots that are not on hold."""
    held = LotHold.objects.filter(lot=OuterRef("lot"), lifted_at__isnull=True)
    return (
        Cell.objects.filter(state="accepted", lot__cell=design.cell)
        .exclude(Exists(held))
        .select_related("lot")
        .order_by("serial")
    )


def replacement_for(cell: Cell, design: Design) -> Cell | None:
    """Return the cell in stock that is nearest in capacity to one that must be replaced."""
    stock = list(cells_for(design))
    if not stock:
        return None
    return min(stock, key=lambda c: (abs(c.capacity_ah - cell.capacity_ah), c.serial))
