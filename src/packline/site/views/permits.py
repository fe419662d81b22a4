"""Deviation permits: what each opens, for whom, by whose signature, and who passed by it."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from packline.production.gate.permits import is_signed
from packline.production.models import Permit
from packline.production.queries.permits import all_permits
from packline.site import access
from packline.site.paging import page_of

__all__ = ["permits"]


def permits(request: HttpRequest) -> HttpResponse:
    """List every permit, the newest first, with whether it still opens anything."""
    access.for_the_house_only(request)
    now = timezone.now()
    page = page_of(request, all_permits(), per_page=25)
    rows = [(permit, *_standing(permit, now)) for permit in page.object_list]
    return render(
        request, "production/permits.html", {"stage": "permits", "rows": rows, "page": page}
    )


def _standing(permit: Permit, now: datetime) -> tuple[str, str]:
    """Return how a permit stands, and in which colour."""
    if not is_signed(permit):
        return "signature does not fit", "bad"
    if permit.revoked_at is not None:
        return "revoked", "quiet"
    if permit.expires_at <= now:
        return "expired", "quiet"
    if permit.quantity is not None and len(permit.uses.all()) >= permit.quantity:
        return "used up", "quiet"
    return "valid", "warn"
