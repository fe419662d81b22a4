"""Orders and the units they consist of."""

from __future__ import annotations

from django.db.models import Count, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import SafeString, mark_safe

from packline.production.models import Order, Reading
from packline.production.queries.units import units_of_order
from packline.quality.models import Nonconformance
from packline.site import access, charts
from packline.site.download import download
from packline.site.paging import page_of
from packline.site.units.matching import matching_of_order
from packline.site.units.twin import twins_for_order

SPREADS = {  # readings of the match as it was built, in the words of the page
    "group_capacity_spread": "Spread of capacity between groups",
    "group_resistance_spread": "Worst resistance within a group",
}


def orders(request: HttpRequest) -> HttpResponse:
    """List the orders, the latest first, with the states of their units."""
    person = access.who(request)
    found = access.orders(person).select_related("program", "design__cell")
    if program := request.GET.get("program", ""):
        found = found.filter(program__code=program)
    found = found.annotate(
        n_units=Count("units", distinct=True),
        n_released=Count("units", filter=Q(units__state="released"), distinct=True),
        n_held=Count("units", filter=Q(units__state="held"), distinct=True),
        n_scrapped=Count("units", filter=Q(units__state="scrapped"), distinct=True),
    )
    return render(
        request,
        "production/orders.html",
        {"stage": "production", "page": page_of(request, found), "program": program},
    )


def order(request: HttpRequest, number: str) -> HttpResponse:
    """Show an order: its units with their states, and how well the match came out."""
    found = access.one_order(request, number)
    state = request.GET.get("state", "")
    counted = dict(
        found.units.values_list("state").annotate(n=Count("pk")).order_by("-n", "state")
    )
    problems = Nonconformance.objects.filter(unit=OuterRef("pk")).order_by().values("unit")
    units = units_of_order(found).annotate(
        n_problems=Subquery(problems.annotate(n=Count("pk")).values("n"))
    )
    if state:
        units = units.filter(state=state)
    page = page_of(request, units)
    return render(
        request,
        "production/order.html",
        {
            "stage": "production",
            "virtual": found.virtual,
            "order": found,
            "state": state,
            "states": counted,
            "total": sum(counted.values()),
            "page": page,
            "twins": twins_for_order(found, list(page)),
            "match": matching_of_order(found, house=access.sees_everything(access.who(request))),
            "spreads": _spreads(found),
            "reports": list(found.reports.select_related("file").order_by("-number")),
        },
    )


def _spreads(order: Order) -> list[tuple[str, SafeString]]:
    rows = (
        Reading.objects.filter(step__unit__order=order, characteristic__code__in=SPREADS)
        .exclude(step__state="superseded")
        .order_by("step__unit__number", "position")
        .values_list("characteristic__code", "value", "high")
    )
    found = list(rows)
    drawn = []
    for code, title in SPREADS.items():
        values = [value for name, value, _ in found if name == code]
        high = next((high for name, _, high in found if name == code), None)
        picture = charts.histogram(
            values, name=title.lower(), unit="%", high=high, counted="readings"
        )
        if picture:
            drawn.append((title, mark_safe(picture)))
    return drawn


def order_report(request: HttpRequest, number: str, report: int) -> HttpResponse:
    """Send a report of an order as it was written."""
    found = get_object_or_404(
        access.one_order(request, number).reports.select_related("file"), number=report
    )
    return download(found.file)
