"""Releases: which units were let go, by whom, on which outcome; and the seals of the days."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from packline.assurance.models import Document, Release, Seal
from packline.assurance.queries import unsealed
from packline.assurance.services import seal_days
from packline.site import access
from packline.site.acting import carry_out
from packline.site.paging import page_of


def releases(request: HttpRequest) -> HttpResponse:
    """List the released units, the latest first, with the record that each was issued."""
    person = access.who(request)
    house = access.sees_everything(person)
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
            "house": house,
            "seals": list(Seal.objects.order_by("-day", "-number")[:7]) if house else [],
            "unsealed": unsealed() if house else None,
            "may_seal": person.has_perm("assurance.seal_day"),
        },
    )


@require_POST
def seal(request: HttpRequest) -> HttpResponse:
    """Seal every chain that moved since the last seal."""
    access.for_the_house_only(request)

    def act() -> str:
        made = seal_days(by=access.who(request), at=timezone.now())
        if not made:
            return "No chain has moved since the last seal."
        return f"Sealed: {', '.join(f'{s.day}, {s.subjects} chains' for s in made)}."

    carry_out(request, act)
    return redirect("releases")
