"""Deviation permits with what they open, who signed them and which units passed by them."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from packline.production.models import Permit, PermitUse

__all__ = ["all_permits"]


def all_permits() -> QuerySet[Permit]:
    """Return every permit, the newest first, with its uses at hand."""
    uses = PermitUse.objects.select_related("unit").order_by("place")
    return (
        Permit.objects.select_related("signed_by")
        .prefetch_related(Prefetch("uses", queryset=uses))
        .order_by("-number")
    )
