"""Finding a thing by what is printed on it, and tracing it both ways."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from packline.foundation.models import Person
from packline.production.models import Part, Unit
from packline.production.queries.boxes import BOXES, all_boxes
from packline.production.queries.genealogy import packs_above
from packline.production.queries.lots import lots_by_quantity
from packline.production.queries.part_holds import all_part_holds
from packline.production.queries.trace import Trace, trace
from packline.production.states import FIRST_SERIAL_RANK
from packline.site import access
from packline.supply.models import Cell, CellLot

MOST = 50  # near matches of each kind
MANY = 500  # units are of one order, and virtual together


def search(request: HttpRequest) -> HttpResponse:
    """Open what has exactly this name, trace a cell, part or lot, or list what comes near."""
    wanted = request.GET.get("q", "").strip()
    person = access.who(request)
    if page := _page_of(person, wanted):
        return page
    house = access.sees_everything(person)
    found = trace(wanted) if wanted and house else None
    return render(
        request,
        "search/search.html",
        {
            "wanted": wanted,
            "virtual": found is not None and _any_virtual(found),
            "trace": found,
            "may_hold": person.has_perm("production.hold_part"),
            "lot": CellLot.objects.filter(number=wanted).first() if found else None,
            "held": all_part_holds().filter(part=wanted, lifted_at__isnull=True) if found else (),
            "material": lots_by_quantity().filter(number=wanted).first() if found else None,
            "box": all_boxes().filter(number=wanted).first() if found else None,
            "kind": _kind_of(wanted) if found else "",
            "near": _near(person, wanted, house) if wanted and found is None else {},
            "own": None if house or not wanted else _unit_of_part(person, wanted),
        },
    )


def _any_virtual(found: Trace) -> bool:
    serials = [part.serial for part in found.units]
    return Unit.objects.filter(serial__in=serials[:MANY], virtual=True).exists()


def _page_of(person: Person, wanted: str) -> HttpResponse | None:
    if access.units(person).filter(serial=wanted).exists():
        return redirect("unit", serial=wanted)
    if access.orders(person).filter(number=wanted).exists():
        return redirect("order", number=wanted)
    if access.programs(person).filter(code=wanted).exists():
        return redirect("program", code=wanted)
    if access.nonconformances(person).filter(number=wanted).exists():
        return redirect("nonconformance", number=wanted)
    return None


def _kind_of(wanted: str) -> str:
    """Return as what a part is held by its number; nothing of what is not held so.

    A lot of cells is held on its page, and what stands in a box is held unit by unit.
    """
    if CellLot.objects.filter(number=wanted).exists():
        return ""
    parts = Part.objects.filter(number=wanted).exclude(kind__in=BOXES).order_by("rank", "kind")
    kind = parts.values_list("kind", flat=True).first()
    if kind is None and Cell.objects.filter(serial=wanted).exists():
        return "cell"
    return kind or ""


def _near(person: Person, wanted: str, house: bool) -> dict[str, list[str]]:
    near = {
        "unit": access.units(person)
        .filter(serial__icontains=wanted)
        .values_list("serial", flat=True),
        "order": access.orders(person)
        .filter(number__icontains=wanted)
        .values_list("number", flat=True),
        "program": access.programs(person)
        .filter(code__icontains=wanted)
        .values_list("code", flat=True),
    }
    if house:
        near["lot"] = (
            CellLot.objects.filter(number__icontains=wanted)
            .order_by("number")
            .values_list("number", flat=True)
        )
        near["cell"] = (
            Cell.objects.filter(serial__icontains=wanted)
            .order_by("serial")
            .values_list("serial", flat=True)
        )
    return {kind: list(names[:MOST]) for kind, names in near.items()}


def _unit_of_part(person: Person, wanted: str) -> list[str]:
    """Return the units of a customer that a part is or was in: no more of the trace is theirs."""
    parts = Part.objects.filter(number=wanted, rank__gte=FIRST_SERIAL_RANK)
    serials = [pack.serial for part in parts for pack in packs_above(part)]
    own = access.units(person).filter(serial__in=serials)
    return sorted(own.values_list("serial", flat=True))
