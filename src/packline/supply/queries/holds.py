"""Holds that are in force."""

from __future__ import annotations

from collections.abc import Iterable

from packline.supply.models import CellLot, LotHold

__all__ = ["open_holds"]


def open_holds(lots: Iterable[CellLot]) -> list[LotHold]:
    """Return the holds in force on these lots, by lot and number."""
    keys = {lot.pk for lot in lots}
    return list(
        LotHold.objects.filter(lot__in=keys, lifted_at__isnull=True)
        .select_related("lot")
        .order_by("lot__number", "number")
    )
