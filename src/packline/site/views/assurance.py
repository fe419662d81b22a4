"""Releases: which units were let go, by whom, and on which outcome."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from packline.assurance.models import Document, Release, Seal
from packline.site import access
from packline.site.paging import page_of


def releases(request: HttpRequest) -> HttpResponse:
    """List the released units, the latest first, with the record that each was issued."""
    person = access.who(request)
    found = (
        Release.objects.filter(unit__in=access.units(person).order_by())
        .select_related("unit__order__program", "released_by")
        .order_by("-released_at", "unit__serial")
    )
    if program := request.GET.get("program", ""):
        found = found.filter(unit__order__program__code=program)
    page = page_of(request, found)
    records = {
        document.unit_id: document
        for document in Document.objects.filter(
            kind="device_history", unit__in=[release.unit_id for release in page]
        ).order_by("number")
    }
    return render(
        request,
        "assurance/releases.html",
        {
            "stage": "assurance",
            "page": page,
            "rows": [(release, records.get(release.unit_id)) for release in page],
            "program": program,
            "virtual": any(not release.for_shipment for release in page),
            "virtual_note": "Releases marked virtual are of units that the virtual line built.",
            "seals": list(Seal.objects.order_by("-day", "-number")[:7])
            if access.sees_everything(person)
            else [],
        },
    )
