"""Boxes and pallets: what is in them, and what they stand on."""

from __future__ import annotations

from django.db.models import Count, F, Max, Prefetch, Q, QuerySet

from packline.production.models import Link, Part

__all__ = ["BOXES", "all_boxes", "links_of_box"]

BOXES = ("box", "pallet")


def all_boxes() -> QuerySet[Part]:
    """Return every box and pallet with how much is in it and what it stands on, the last first."""
    above = Link.objects.filter(removed_at__isnull=True).select_related("parent")
    return (
        Part.objects.filter(kind__in=BOXES)
        .annotate(
            n_inside=Count("links_down", filter=Q(links_down__removed_at__isnull=True)),
            packed_at=Max("links_down__installed_at"),
        )
        .prefetch_related(Prefetch("links_up", queryset=above, to_attr="stands_on"))
        .order_by("-packed_at", "kind", "number")
    )


def links_of_box(box: Part) -> QuerySet[Link]:
    """Return what is in a box in the order of its places, and then what was taken out of it."""
    return (
        Link.objects.filter(parent=box)
        .select_related("parent", "child")
        .order_by(F("removed_at").asc(nulls_first=True), "position", "child__number")
    )
