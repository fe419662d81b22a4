"""One order: its units, how their cells were matched, and what is next to do about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Count, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST

from packline.assurance.queries import released_without_documents
from packline.foundation.models import Person
from packline.insight.services import write_report
from packline.production.models import Order, Reading
from packline.production.queries.units import units_of_order
from packline.production.services import close_order, match_cells
from packline.quality.models import Nonconformance
from packline.requirements.queries import spec_of_program
from packline.site import access, charts
from packline.site.download import download
from packline.site.forms.orders import MatchCells
from packline.site.next_step import to_match
from packline.site.offering import Offer, offered, take_up
from packline.site.paging import page_of
from packline.site.units.matching import matching_of_order
from packline.site.units.twin import twins_for_order

SPREADS = {  # readings of the match as it was built, in the words of the page
    "group_capacity_spread": "Spread of capacity between groups",
    "group_resistance_spread": "Worst resistance within a group",
}


def order(request: HttpRequest, number: str) -> HttpResponse:
    """Show an order: its units with their states, and how well the match came out."""
    return _page(request, number, {})


@require_POST
def act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Do what a form of the page asks; what is refused comes back as it was typed."""
    access.for_the_house_only(request)
    refused = take_up(request, ACTS, verb, access.one_order(request, number))
    if refused:
        status, begun = refused
        return _page(request, number, begun, status=status)
    return redirect("order", number=number)


def _page(
    request: HttpRequest, number: str, begun: dict[str, forms.Form], *, status: int = 200
) -> HttpResponse:
    found, person = access.one_order(request, number), access.who(request)
    house = access.sees_everything(person)
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
            "house": house,
            "without_documents": released_without_documents(found).count() if house else 0,
            "state": state,
            "states": counted,
            "total": sum(counted.values()),
            "page": page,
            "twins": twins_for_order(found, list(page)),
            "match": matching_of_order(found, house=house),
            "spreads": _spreads(found),
            "reports": list(found.reports.select_related("file").order_by("-number")),
            "offered": offered(ACTS, found, person, begun),
        }
        | _stock(found, house),
        status=status,
    )


def _told(order: Order) -> dict[str, str]:
    """Begin matching with what the program says of serials and firmware."""
    if order.state != "placed":
        return {}
    spec = spec_of_program(order.program)
    return {
        "pattern": spec.serials.pattern,
        "gtin": spec.serials.gtin,
        "firmware_version": spec.firmware.version,
    }


def _stock(order: Order, house: bool) -> dict[str, int]:
    """Return how many cells there are to match and how many a pack takes, while it matters."""
    if order.state != "placed" or not house:
        return {}
    in_stock, per_pack = to_match(order)
    return {"cells_in_stock": in_stock, "cells_per_pack": per_pack}


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


def _match(order: Order, said: dict[str, Any], by: Person, at: datetime) -> str:
    match_cells(order=order, **said, by=by, at=at)
    made = order.units.count()
    return f"{made} of {order.quantity} packs are matched and have their serials."


def _close(order: Order, said: dict[str, Any], by: Person, at: datetime) -> str:
    close_order(order=order, by=by, at=at)
    return f"Order {order} is closed."


def _report(order: Order, said: dict[str, Any], by: Person, at: datetime) -> str:
    written = write_report(order=order, by=by, at=at)
    return f"Report {written.number} is written, with the figures as they stand now."


ACTS: dict[str, Offer[Order]] = {
    "match": Offer(
        title="Match the cells in stock",
        button="Match them",
        needs="production.match_cells",
        when=lambda order: order.state == "placed",
        form=MatchCells,
        more=lambda order: {"initial": _told(order)},
        do=_match,
    ),
    "close": Offer(
        title="Close the order",
        button="Close it",
        needs="production.close_order",
        when=lambda order: (
            order.state == "matched"
            and not order.units.filter(state__in=("planned", "building")).exists()
        ),
        do=_close,
    ),
    "report": Offer(
        title="Write the report of the order",
        button="Write it",
        needs="insight.write_report",
        when=lambda order: order.state != "placed",
        do=_report,
    ),
}
