"""Lots that are used by quantity: what was booked, what is left, what was scrapped and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from packline.foundation.events import events_of
from packline.foundation.models import Person
from packline.production.calc.quantities import in_large_units
from packline.production.models import Part, PartHold
from packline.production.queries.lots import lots_by_quantity, scraps_of
from packline.production.services import book_lot, merge_lots, scrap_from_lot, split_lot
from packline.production.states import LOT_SUFFIX
from packline.site import access
from packline.site.acting import carry_out_form
from packline.site.forms.materials import BookLot, MergeLots, ScrapSome, SplitLot
from packline.site.offering import Offer, offered, take_up
from packline.site.paging import page_of

__all__ = ["act", "book", "material", "materials"]


def materials(request: HttpRequest) -> HttpResponse:
    """List the lots with what is left of them."""
    access.for_the_house_only(request)
    return _list(request, BookLot())


def material(request: HttpRequest, lot: str) -> HttpResponse:
    """Show a lot: what became of it, what stops it, its record."""
    found = _found(request, lot)
    return _page(request, found, {})


@require_POST
def book(request: HttpRequest) -> HttpResponse:
    """Book a lot as it was delivered."""
    access.for_the_house_only(request)
    form = BookLot(request.POST)

    def act(said: dict[str, Any]) -> str:
        made = book_lot(**said, by=access.who(request), at=timezone.now())
        return f"{made} is booked."

    refused = carry_out_form(request, form, act, needs="production.book_lot")
    if refused:
        return _list(request, form, status=refused)
    return redirect("materials")


@require_POST
def act(request: HttpRequest, lot: str, verb: str) -> HttpResponse:
    """Do what a form of the page asks; what is refused comes back as it was typed."""
    found = _found(request, lot)
    refused = take_up(request, ACTS, verb, found)
    if refused:
        status, begun = refused
        return _page(request, found, begun, status=status)
    return redirect("material", lot=lot)


def _found(request: HttpRequest, lot: str) -> Part:
    access.for_the_house_only(request)
    kind, _, number = lot.partition(":")
    return get_object_or_404(lots_by_quantity(), kind=kind, number=number)


def _list(request: HttpRequest, form: forms.Form, *, status: int = 200) -> HttpResponse:
    page = page_of(request, lots_by_quantity())
    return render(
        request,
        "production/materials.html",
        {
            "stage": "materials",
            "page": page,
            "rows": [(lot, _kind(lot), _left(lot), _account(lot)) for lot in page.object_list],
            "form": form,
            "may_book": access.who(request).has_perm("production.book_lot"),
        },
        status=status,
    )


def _page(
    request: HttpRequest, found: Part, begun: Mapping[str, forms.Form], *, status: int = 200
) -> HttpResponse:
    person = access.who(request)
    holds = PartHold.objects.filter(kind=found.kind, part=found.number, lifted_at__isnull=True)
    return render(
        request,
        "production/material.html",
        {
            "stage": "materials",
            "lot": found,
            "kind": _kind(found),
            "account": _account(found),
            "holds": holds.select_related("placed_by").order_by("number"),
            "scraps": [(s, in_large_units(s.quantity, found.unit_code)) for s in scraps_of(found)],
            "offered": offered(ACTS, found, person, begun),
            "may_hold": person.has_perm("production.hold_part"),
            "events": events_of(found),
        },
        status=status,
    )


def _kind(lot: Part) -> str:
    return lot.kind.removesuffix(LOT_SUFFIX)


def _left(counted: Any) -> int:
    """Return what is left of a lot that `lots_by_quantity` has counted."""
    return int(counted.quantity - counted.used - counted.scrapped)


def _account(counted: Any) -> dict[str, str]:
    """Say what became of a lot that `lots_by_quantity` has counted."""
    found = {
        "booked": counted.quantity,
        "used": counted.used,
        "scrapped": counted.scrapped,
        "left": _left(counted),
    }
    return {name: in_large_units(n, counted.unit_code) for name, n in found.items()}


def _scrap(lot: Part, said: dict[str, Any], by: Person, at: datetime) -> str:
    made = scrap_from_lot(kind=_kind(lot), number=lot.number, **said, by=by, at=at)
    return f"{in_large_units(made.quantity, lot.unit_code)} are scrapped."


def _split(lot: Part, said: dict[str, Any], by: Person, at: datetime) -> str:
    into = [(said["new"], said["amount"])]
    (made,) = split_lot(
        kind=_kind(lot), number=lot.number, into=into, unit=said["unit"], by=by, at=at
    )
    return f"{made} was split off."


def _merge(lot: Part, said: dict[str, Any], by: Person, at: datetime) -> str:
    numbers = [lot.number, *said["others"]]
    made = merge_lots(kind=_kind(lot), numbers=numbers, into=said["into"], by=by, at=at)
    return f"{made} holds what was left of {len(numbers)} lots."


ACTS: dict[str, Offer[Part]] = {
    "scrap": Offer(
        title="Scrap some of it",
        hint="It cannot be undone: what is scrapped is used for nothing.",
        button="Scrap",
        needs="production.scrap_lot",
        when=lambda lot: _left(lot) > 0,
        form=ScrapSome,
        more=lambda lot: {"of": lot},
        do=_scrap,
    ),
    "split": Offer(
        title="Split some of it off",
        hint="The rest stays. A trace leads from the new lot to this one, and back.",
        button="Split",
        needs="production.book_lot",
        when=lambda lot: _left(lot) > 0,
        form=SplitLot,
        more=lambda lot: {"of": lot},
        do=_split,
    ),
    "merge": Offer(
        title="Merge it with others",
        hint="What is left of all of them is one lot then; a trace of it leads to each.",
        button="Merge",
        needs="production.book_lot",
        when=lambda lot: _left(lot) > 0,
        form=MergeLots,
        do=_merge,
    ),
}
