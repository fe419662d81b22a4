"""Lots of parts: what was used of them, and where."""

from __future__ import annotations

from django.db.models import Sum

from packline.production.models import Link, Part
from packline.production.states import FIRST_SERIAL_RANK

__all__ = ["links_of_lot", "quantity_used"]


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
