"""Lots that are used by quantity: what was booked, what is left, what was scrapped and why."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from packline.foundation.events import events_of
from packline.production.calc.quantities import in_large_units
from packline.production.models import Part, PartHold
from packline.production.queries.lots import lots_by_quantity, scraps_of
from packline.production.services import book_lot, merge_lots, scrap_from_lot, split_lot
from packline.production.states import LOT_SUFFIX
from packline.site import access
from packline.site.acting import carry_out_form
from packline.site.forms.materials import BookLot, MergeLots, ScrapSome, SplitLot
from packline.site.paging import page_of

__all__ = ["book", "material", "materials", "merge", "scrap", "split"]


def materials(request: HttpRequest) -> HttpResponse:
    """List the lots with what is left of them."""
    access.for_the_house_only(request)
    return _list(request, BookLot())


def material(request: HttpRequest, lot: str) -> HttpResponse:
    """Show a lot: what became of it, what stops it, its record."""
    found = _found(request, lot)
    return _page(request, found)


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
def scrap(request: HttpRequest, lot: str) -> HttpResponse:
    """Scrap some of what is left of a lot."""
    found = _found(request, lot)
    form = ScrapSome(request.POST, of=found)

    def act(said: dict[str, Any]) -> str:
        made = scrap_from_lot(
            kind=_kind(found),
            number=found.number,
            by=access.who(request),
            at=timezone.now(),
            **said,
        )
        return f"{in_large_units(made.quantity, found.unit_code)} are scrapped."

    refused = carry_out_form(request, form, act, needs="production.scrap_lot")
    if refused:
        return _page(request, found, scrap=form, status=refused)
    return redirect("material", lot=lot)


@require_POST
def split(request: HttpRequest, lot: str) -> HttpResponse:
    """Split some of a lot off; the rest stays."""
    found = _found(request, lot)
    form = SplitLot(request.POST, of=found)

    def act(said: dict[str, Any]) -> str:
        (made,) = split_lot(
            kind=_kind(found),
            number=found.number,
            into=[(said["new"], said["amount"])],
            unit=said["unit"],
            by=access.who(request),
            at=timezone.now(),
        )
        return f"{made} was split off."

    refused = carry_out_form(request, form, act, needs="production.book_lot")
    if refused:
        return _page(request, found, split=form, status=refused)
    return redirect("material", lot=lot)


@require_POST
def merge(request: HttpRequest, lot: str) -> HttpResponse:
    """Merge what is left of a lot with what is left of others."""
    found = _found(request, lot)
    form = MergeLots(request.POST)

    def act(said: dict[str, Any]) -> str:
        made = merge_lots(
            kind=_kind(found),
            numbers=[found.number, *said["others"]],
            into=said["into"],
            by=access.who(request),
            at=timezone.now(),
        )
        return f"{made} holds what was left of {len(said['others']) + 1} lots."

    refused = carry_out_form(request, form, act, needs="production.book_lot")
    if refused:
        return _page(request, found, merge=form, status=refused)
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
    request: HttpRequest,
    found: Part,
    *,
    scrap: ScrapSome | None = None,
    split: SplitLot | None = None,
    merge: MergeLots | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show a lot, with the form that was refused as it was typed."""
    person = access.who(request)
    holds = PartHold.objects.filter(kind=found.kind, part=found.number, lifted_at__isnull=True)
    left = _left(found)
    may_scrap = scrap or (left and person.has_perm("production.scrap_lot"))
    may_book = split or merge or (left and person.has_perm("production.book_lot"))
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
            "scrap": (scrap or ScrapSome(of=found)) if may_scrap else None,
            "split": (split or SplitLot(of=found)) if may_book else None,
            "merge": (merge or MergeLots()) if may_book else None,
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
