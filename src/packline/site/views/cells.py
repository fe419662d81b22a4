"""Stopping a lot of cells and letting it go on; deciding about single cells of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from packline.foundation.errors import InputError, Problem, Refused
from packline.foundation.models import Person
from packline.quality.queries import open_decisions_about
from packline.site import access
from packline.site.acting import carry_out_form
from packline.site.forms.asked import Because
from packline.site.forms.cells import DECISIONS, CellsOfALot
from packline.site.views.supply import find_or_404, lot_page
from packline.supply.models import Cell, CellLot
from packline.supply.services import (
    concede_cells,
    dispose_cells,
    lift_lot,
    place_lot_hold,
    quarantine_cells,
    restock_cells,
)

__all__ = ["decide", "hold", "lift"]


@require_POST
def hold(request: HttpRequest, number: str) -> HttpResponse:
    """Stop the use of a lot."""
    found, form = find_or_404(request, number), Because(request.POST, auto_id="hold-%s")

    def act(said: dict[str, Any]) -> str:
        place_lot_hold(
            lot=found, reason=said["reason"], cause="", by=access.who(request), at=timezone.now()
        )
        return f"Lot {found} is on hold, and so is every unit with cells of it."

    refused = carry_out_form(request, form, act, needs="supply.hold_lot")
    if refused:
        return lot_page(request, number, holding=form, status=refused)
    return redirect("lot", number=number)


@require_POST
def lift(request: HttpRequest, number: str, hold: int) -> HttpResponse:
    """Lift a hold that somebody placed; one that a record placed is lifted by its decision."""
    found = find_or_404(request, number)
    stopped = get_object_or_404(found.holds.select_related("lot"), number=hold)
    form = Because(request.POST, auto_id=f"lift-{hold}-%s")

    def act(said: dict[str, Any]) -> str:
        if stopped.cause:
            raise Refused(f"{stopped} was placed by {stopped.cause}: its decision lifts it")
        lift_lot(hold=stopped, reason=said["reason"], by=access.who(request), at=timezone.now())
        return f"The hold of lot {found} is lifted."

    refused = carry_out_form(request, form, act, needs="supply.lift_lot")
    if refused:
        return lot_page(request, number, lifting={hold: form}, status=refused)
    return redirect("lot", number=number)


@require_POST
def decide(request: HttpRequest, number: str) -> HttpResponse:
    """Set cells apart, scrap them, send them back, or put them back into stock."""
    found, person = find_or_404(request, number), access.who(request)
    form = CellsOfALot(request.POST, person=person)
    needs, _ = DECISIONS.get(request.POST.get("decision", ""), DECISIONS["quarantine"])

    def act(said: dict[str, Any]) -> str:
        cells = _cells(found, said["serials"])
        _decide(said["decision"], cells, said["reason"], person)
        return f"{len(cells)} cell{'' if len(cells) == 1 else 's'} of lot {found}: done."

    refused = carry_out_form(request, form, act, needs=needs)
    if refused:
        return lot_page(request, number, deciding=form, status=refused)
    return redirect("lot", number=number)


def _cells(lot: CellLot, serials: list[str]) -> list[Cell]:
    found = {c.serial: c for c in lot.cells.filter(serial__in=serials).select_related("lot")}
    if missing := [serial for serial in serials if serial not in found]:
        raise InputError(
            [Problem("serials", "", s[:60], f"is no cell of lot {lot}") for s in missing[:20]]
        )
    return [found[serial] for serial in serials]


def _decide(decision: str, cells: list[Cell], reason: str, person: Person) -> None:
    at = timezone.now()
    if decision == "quarantine":
        quarantine_cells(cells=cells, reason=reason, by=person, at=at)
        return
    if waiting := open_decisions_about(cells):
        named = ", ".join(str(nonconformance) for nonconformance in waiting)
        raise Refused(f"what becomes of these cells is decided in {named}")
    if decision == "restock":
        restock_cells(cells=cells, reason=reason, by=person, at=at)
    elif decision == "concede":
        concede_cells(cells=cells, reason=reason, by=person, at=at)
    else:
        disposition = {"scrap": "scrapped", "return": "returned"}[decision]
        dispose_cells(cells=cells, disposition=disposition, reason=reason, by=person, at=at)
