"""Boxes and pallets: what is in them, packing and taking out, and their labels."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from packline.assurance.queries import label_of_part
from packline.foundation.errors import InputError, Problem, Refused
from packline.foundation.events import events_of
from packline.production.models import Link, Part, Unit
from packline.production.queries.boxes import all_boxes, links_of_box
from packline.production.services import pack_box, stack_boxes, unpack
from packline.site import access
from packline.site.acting import carry_out_form
from packline.site.forms.boxes import PackBox, TakeOut
from packline.site.paging import page_of
from packline.site.views.labels import send_labels

__all__ = ["box", "box_label", "boxes", "pack", "take_out"]


def boxes(request: HttpRequest) -> HttpResponse:
    """List boxes and pallets; an address may say which one the form adds to."""
    access.for_the_house_only(request)
    told = {name: request.GET[name] for name in ("kind", "number") if name in request.GET}
    return _list(request, PackBox(initial=told))


def box(request: HttpRequest, box: str) -> HttpResponse:
    """Show what is in a box, and what was."""
    return _page(request, _found(request, box))


def box_label(request: HttpRequest, box: str, form: str) -> HttpResponse:
    """Send the label of a box as PDF or ZPL."""
    found = _found(request, box)
    return send_labels([label_of_part(found)], f"label-{found.number}", form)


@require_POST
def pack(request: HttpRequest) -> HttpResponse:
    """Pack units into a box, or stack boxes on a pallet."""
    access.for_the_house_only(request)
    form = PackBox(request.POST)

    def act(said: dict[str, Any]) -> str:
        links = _pack(request, said)
        return f"{len(links)} more in {said['kind']} {said['number']}."

    refused = carry_out_form(request, form, act, needs="production.pack_box")
    if refused:
        return _list(request, form, status=refused)
    said = form.cleaned_data
    return redirect("box", box=f"{said['kind']}:{said['number']}")


@require_POST
def take_out(request: HttpRequest, box: str) -> HttpResponse:
    """Take a unit out of its box, or a box off its pallet."""
    found, form = _found(request, box), TakeOut(request.POST)

    def act(said: dict[str, Any]) -> str:
        link = links_of_box(found).filter(child__number=said["number"]).first()
        if link is None:
            raise Refused(f"{said['number']} is not in {found.kind} {found.number}")
        unpack(link=link, reason=said["reason"], by=access.who(request), at=timezone.now())
        return f"{link.child.number} is out of {found.kind} {found.number}."

    refused = carry_out_form(request, form, act, needs="production.pack_box")
    if refused:
        return _page(request, found, taking={request.POST.get("number", ""): form}, status=refused)
    return redirect("box", box=box)


def _pack(request: HttpRequest, said: dict[str, Any]) -> list[Link]:
    by, at = access.who(request), timezone.now()
    if said["kind"] == "pallet":
        return stack_boxes(pallet=said["number"], boxes=said["inside"], by=by, at=at)
    known = {u.serial: u for u in access.units(by).filter(serial__in=said["inside"])}
    if missing := [serial for serial in said["inside"] if serial not in known]:
        raise InputError([Problem("units", "", s[:60], "is no unit") for s in missing[:20]])
    units = [known[serial] for serial in said["inside"]]
    return pack_box(box=said["number"], units=units, by=by, at=at)


def _found(request: HttpRequest, box: str) -> Part:
    access.for_the_house_only(request)
    kind, _, number = box.partition(":")
    return get_object_or_404(all_boxes(), kind=kind, number=number)


def _list(request: HttpRequest, form: PackBox, *, status: int = 200) -> HttpResponse:
    return render(
        request,
        "production/boxes.html",
        {
            "stage": "boxes",
            "page": page_of(request, all_boxes()),
            "form": form,
            "begun": form.is_bound or bool(form.initial),
            "may_pack": access.who(request).has_perm("production.pack_box"),
        },
        status=status,
    )


def _page(
    request: HttpRequest,
    found: Part,
    *,
    taking: dict[str, TakeOut] | None = None,
    status: int = 200,
) -> HttpResponse:
    links = list(links_of_box(found))
    serials = [link.child.number for link in links if link.child.kind == "pack"]
    units = {unit.serial: unit for unit in Unit.objects.filter(serial__in=serials)}
    return render(
        request,
        "production/box.html",
        {
            "stage": "boxes",
            "virtual": any(unit.virtual for unit in units.values()),
            "box": found,
            "rows": [
                (
                    link,
                    units.get(link.child.number) if link.child.kind == "pack" else None,
                    (taking or {}).get(link.child.number) or _form_of(link),
                )
                for link in links
            ],
            "n_inside": sum(link.removed_at is None for link in links),
            "may_pack": access.who(request).has_perm("production.pack_box"),
            "events": events_of(found),
        },
        status=status,
    )


def _form_of(link: Link) -> TakeOut:
    return TakeOut(initial={"number": link.child.number}, auto_id=f"out-{link.pk}-%s")
