"""The cells that studies have looked at."""

from __future__ import annotations

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from packline.catalog.queries import registered_cells
from packline.site import access
from packline.site.paging import page_of


def cells(request: HttpRequest) -> HttpResponse:
    """List the registered cells, and in how many designs each is."""
    access.for_the_house_only(request)
    found = registered_cells().annotate(n_designs=Count("designs"))
    return render(
        request, "catalog/cells.html", {"stage": "catalog", "page": page_of(request, found)}
    )
