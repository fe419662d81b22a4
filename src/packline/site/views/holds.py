"""What is on hold: units, parts and lots; holding a part by its number, and lifting that."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from packline.production.models import Hold, Part, PartHold
from packline.production.queries.part_holds import all_part_holds
from packline.production.services import hold_part, lift_part
from packline.site import access
from packline.site.acting import carry_out_form
from packline.site.forms.asked import Because
from packline.site.forms.materials import HoldPart
from packline.site.paging import page_of
from packline.supply.models import Cell, LotHold

__all__ = ["holds", "lift", "place"]

MOST = 200  # units on hold that are listed


def holds(request: HttpRequest) -> HttpResponse:
    """List what is on hold; an address may say what part the form begins with."""
    access.for_the_house_only(request)
    told = {name: request.GET[name] for name in ("kind", "part") if name in request.GET}
    return _list(request, HoldPart(initial=told))


@require_POST
def place(request: HttpRequest) -> HttpResponse:
    """Hold a part or a lot of parts, wherever it is."""
    access.for_the_house_only(request)
    form = HoldPart(request.POST)

    def act(said: dict[str, Any]) -> str:
        made = hold_part(**said, by=access.who(request), at=timezone.now())
        if _is_known(made):
            return f"{made.kind} {made.part} is on hold, and so is every unit that it is in."
        return (
            f"{made.kind} {made.part} is on hold. Nothing on record has this kind and number yet: "
            "if that is no surprise, it is stopped when it comes."
        )

    refused = carry_out_form(request, form, act, needs="production.hold_part")
    if refused:
        return _list(request, form, status=refused)
    return redirect("holds")


@require_POST
def lift(request: HttpRequest, hold: str) -> HttpResponse:
    """Lift the hold of a part."""
    access.for_the_house_only(request)
    thing, mark, number = hold.rpartition("/hold/")
    kind, _, part = thing.partition(":")
    if not mark or not number.isdecimal() or len(number) > 9:
        raise Http404
    found = get_object_or_404(all_part_holds(), kind=kind, part=part, number=int(number))
    form = Because(request.POST, auto_id=_id_of(found))

    def act(said: dict[str, Any]) -> str:
        lift_part(hold=found, because=said["reason"], by=access.who(request), at=timezone.now())
        return f"The hold of {found.kind} {found.part} is lifted."

    refused = carry_out_form(request, form, act, needs="production.lift_part")
    if refused:
        return _list(request, HoldPart(), lifting={found.pk: form}, status=refused)
    return redirect("holds")


def _list(
    request: HttpRequest,
    form: forms.Form,
    *,
    lifting: dict[int, Because] | None = None,
    status: int = 200,
) -> HttpResponse:
    person = access.who(request)
    page = page_of(request, all_part_holds())
    units = Hold.objects.filter(lifted_at__isnull=True).select_related("unit__order", "placed_by")
    lots = LotHold.objects.filter(lifted_at__isnull=True).select_related("lot")
    return render(
        request,
        "production/holds.html",
        {
            "stage": "holds",
            "units": units.order_by("-placed_at")[:MOST],
            "n_units": units.count(),
            "lots": lots.order_by("-placed_at"),
            "page": page,
            "rows": [
                (hold, (lifting or {}).get(hold.pk) or Because(auto_id=_id_of(hold)))
                for hold in page.object_list
            ],
            "form": form,
            "begun": form.is_bound or bool(form.initial),
            "kinds": Part.objects.order_by("kind").values_list("kind", flat=True).distinct(),
            "may_hold": person.has_perm("production.hold_part"),
            "may_lift": person.has_perm("production.lift_part"),
        },
        status=status,
    )


def _id_of(hold: PartHold) -> str:
    return f"lift-{hold.pk}-%s"


def _is_known(hold: PartHold) -> bool:
    """Say whether anything on record bears the kind and number of a hold."""
    if Part.objects.filter(kind=hold.kind, number=hold.part).exists():
        return True
    return hold.kind == "cell" and Cell.objects.filter(serial=hold.part).exists()
