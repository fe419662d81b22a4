"""Cells that may be built in."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from packline.design.models import Design
from packline.production.models import Order
from packline.supply.models import Cell, LotHold


def cells_for(design: Design, *, virtual: bool) -> QuerySet[Cell]:
    """Return the accepted cells of a design's cell model, from lots that are not on hold.

    Only a `virtual` pack may be made of cells that nobody has measured.
    """
    held = LotHold.objects.filter(lot=OuterRef("lot"), lifted_at__isnull=True)
    lots = {} if virtual else {"lot__virtual": False}
    return (
        Cell.objects.filter(state="accepted", lot__cell=design.cell, **lots)
        .exclude(Exists(held))
        .select_related("lot")
        .order_by("serial")
    )


def replacement_for(cell: Cell, order: Order) -> Cell | None:
    """Return the cell in stock that is nearest in capacity to one that must be replaced."""
    stock = list(cells_for(order.design, virtual=order.virtual))
    if not stock:
        return None
    return min(stock, key=lambda c: (abs(c.capacity_ah - cell.capacity_ah), c.serial))
