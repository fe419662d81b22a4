"""Recall: every pack that a lot, a part, a gauge or a station concerns; and a unit's EPCIS."""

from __future__ import annotations

import csv

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header

from packline.production.models import Unit
from packline.production.queries import recall as queries
from packline.production.queries.epcis import epcis_of_unit
from packline.site import access

MANY = 500  # packs whose mark of being virtual is looked for


def recall(request: HttpRequest) -> HttpResponse:
    """Show what a name concerns, or send it as CSV; for the house only."""
    if not access.sees_everything(access.who(request)):
        raise Http404("a recall shows the packs of every customer")
    wanted = request.GET.get("q", "").strip()
    found = queries.recall(wanted) if wanted else None
    if found is not None and request.GET.get("form") == "csv":
        return _as_csv(found)
    serials = [pack.serial for pack in found.packs[:MANY]] if found else []
    return render(
        request,
        "search/recall.html",
        {
            "stage": "recall",
            "wanted": wanted,
            "recall": found,
            "virtual": Unit.objects.filter(serial__in=serials, virtual=True).exists(),
        },
    )


def unit_epcis(request: HttpRequest, serial: str) -> HttpResponse:
    """Send a unit's story as EPCIS 2.0 in JSON-LD."""
    unit = access.one_unit(request, serial)
    response = JsonResponse(
        epcis_of_unit(unit, at=timezone.now()), content_type="application/ld+json"
    )
    return _named(response, f"epcis-{unit.serial}.json")


def _as_csv(found: queries.Recall) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    writer = csv.writer(response)
    writer.writerow(queries.COLUMNS)
    writer.writerows(pack.cells for pack in found.packs)
    return _named(response, f"recall-{found.subject}.csv")


def _named(response: HttpResponse, name: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=name)
    if disposition:
        response["Content-Disposition"] = disposition
    return response
