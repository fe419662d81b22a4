"""Lots of parts: what was used of them, and where."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from packline.production.models import Link, LotScrap, Part, PartHold
from packline.production.states import FIRST_SERIAL_RANK
from packline.supply.models import CellLot

__all__ = [
    "links_of_lot",
    "lots_by_quantity",
    "quantity_scrapped",
    "quantity_used",
    "scraps_of",
]


def links_of_lot(lot: Part) -> list[Link]:
    """Return every link of something of a lot, of the lots made of it too, in order of place."""
    lots, level = [lot.pk], [lot.pk]
    while level:  # split and merged lots: few
        rows = Link.objects.filter(child__in=level, parent_rank__lt=FIRST_SERIAL_RANK)
        level = sorted(set(rows.values_list("parent", flat=True)) - set(lots))
        lots += level
    links = Link.objects.filter(lot__in=lots).select_related("parent", "child", "lot")
    return list(links.order_by("parent__number", "position", "installed_at", "child__number"))


def quantity_used(lot: Part) -> int:
    """Return how much of a lot was put into something, split off or merged, ever."""
    used = Link.objects.filter(child=lot).aggregate(used=Sum("quantity"))["used"]
    return int(used or 0)


def quantity_scrapped(lot: Part) -> int:
    """Return how much of a lot was scrapped before it was used."""
    scrapped = LotScrap.objects.filter(lot=lot).aggregate(scrapped=Sum("quantity"))["scrapped"]
    return int(scrapped or 0)


def scraps_of(lot: Part) -> QuerySet[LotScrap]:
    """Return what was scrapped of a lot, the last first."""
    return LotScrap.objects.filter(lot=lot).select_related("scrapped_by").order_by("-number")


def lots_by_quantity() -> QuerySet[Part]:
    """Return every lot that is used by quantity, with how much was used and scrapped of it.

    Lots of cells that have serials are not among them: each of their cells is a part of its own.
    """
    serialised = CellLot.objects.filter(number=OuterRef("number"))
    held = PartHold.objects.filter(
        kind=OuterRef("kind"), part=OuterRef("number"), lifted_at__isnull=True
    )
    return (
        Part.objects.filter(rank__lt=FIRST_SERIAL_RANK)
        .exclude(Exists(serialised), kind="cell-lot")
        .annotate(
            used=Coalesce(_sum(Link.objects.filter(child=OuterRef("pk")), "child"), 0),
            scrapped=Coalesce(_sum(LotScrap.objects.filter(lot=OuterRef("pk")), "lot"), 0),
            held=Exists(held),
        )
        .order_by("kind", "number")
    )


def _sum(rows: QuerySet[Link] | QuerySet[LotScrap], by: str) -> Subquery:
    return Subquery(rows.order_by().values(by).annotate(n=Sum("quantity")).values("n"))
