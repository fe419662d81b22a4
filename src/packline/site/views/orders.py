"""The orders, and placing one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from packline.process.models import Routing
from packline.process.queries import routings_to_build
from packline.production.models import Order
from packline.production.services import place_order
from packline.requirements.queries import spec_of_program
from packline.site import access
from packline.site.acting import carry_out_form
from packline.site.forms.orders import PlaceOrder
from packline.site.paging import page_of

__all__ = ["orders", "place"]


def orders(request: HttpRequest) -> HttpResponse:
    """List the orders, the latest first, with the states of their units."""
    return _page(request, PlaceOrder(initial=_told(request.GET.get("program", ""))))


@require_POST
def place(request: HttpRequest) -> HttpResponse:
    """Order packs of a released design."""
    access.for_the_house_only(request)
    form = PlaceOrder(request.POST)
    placed: list[Order] = []

    def act(said: dict[str, Any]) -> str:
        routing = said.pop("routing")
        number = said.pop("number") or _next_number(routing)
        made = place_order(
            **said,
            number=number,
            design=routing.design,
            routing=routing,
            by=access.who(request),
            at=timezone.now(),
        )
        placed.append(made)
        return f"Order {made} is placed. Next: its cells are matched from stock."

    refused = carry_out_form(request, form, act, needs="production.place_order")
    if refused:
        return _page(request, form, status=refused)
    return redirect(reverse("order", args=[placed[0].number]))


def _page(request: HttpRequest, form: forms.Form, *, status: int = 200) -> HttpResponse:
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
        {
            "stage": "production",
            "page": page_of(request, found),
            "program": program,
            "form": form if person.has_perm("production.place_order") else None,
            "can_be_placed": routings_to_build().exists(),
        },
        status=status,
    )


def _told(code: str) -> dict[str, Any]:
    """Begin with what a program asks for, if it can be ordered."""
    routing = routings_to_build().filter(design__program__code=code).first()
    if routing is None:
        return {}
    asked = spec_of_program(routing.design.program).order
    return {
        "routing": routing,
        "number": _next_number(routing),
        "quantity": asked.quantity,
        "as_many_as_possible": asked.as_many_as_possible,
    }


def _next_number(routing: Routing) -> str:
    """Return the first number of a program's orders that is free: EB48-1, EB48-2 ..."""
    code = routing.design.program.code
    taken = set(
        Order.objects.filter(number__startswith=f"{code}-").values_list("number", flat=True)
    )
    return next(number for n in range(1, len(taken) + 2) if (number := f"{code}-{n}") not in taken)
