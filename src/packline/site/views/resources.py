"""People, gauges and stations: what has lapsed blocks, so what lapses soon is shown first."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from packline.resources.models import Qualification
from packline.resources.queries import all_gauges, all_stations, all_tools
from packline.site import access

SOON = timedelta(days=30)


def resources(request: HttpRequest) -> HttpResponse:
    """Show gauges and tools with what is due, stations, and who is qualified for what."""
    access.for_the_house_only(request)
    today = timezone.now().date()
    qualified = Qualification.objects.select_related("person").order_by(
        "expires_on", "person__username", "operation_code"
    )
    gauges = all_gauges().annotate(n_studies=Count("studies"))
    return render(
        request,
        "resources/resources.html",
        {
            "stage": "resources",
            "gauges": [(gauge, _standing(gauge.due_on, today)) for gauge in gauges],
            "tools": [(tool, _standing(tool.due_on, today)) for tool in all_tools()],
            "stations": list(all_stations()),
            "may_register": access.who(request).has_perm("resources.register_gauge"),
            "qualifications": [(q, _standing(q.expires_on, today)) for q in qualified],
        },
    )


def _standing(until: date, today: date) -> str:
    if until < today:
        return "lapsed"
    return "soon" if until - today <= SOON else "current"
