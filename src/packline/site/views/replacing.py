"""Replacing a cell of a unit: one that was damaged in its tray, or one that is built in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from packline.foundation.errors import InputError, Problem
from packline.production.models import Unit
from packline.production.queries.stock import replacement_for
from packline.production.services import replace_planned_cell, swap_cell
from packline.site import access
from packline.site.acting import carry_out_form
from packline.site.forms.cells import ReplaceCell
from packline.supply.models import Cell

__all__ = ["replace", "replacing"]


def replacing(request: HttpRequest, serial: str) -> HttpResponse:
    """Show the form; for a cell that the address names, with what is nearest to it in stock."""
    access.for_the_house_only(request)
    unit, old = access.one_unit(request, serial), request.GET.get("old", "").strip()
    cell = Cell.objects.filter(placement__unit=unit, serial=old).first()
    nearest = replacement_for(cell, unit.order) if cell is not None else None
    told = {"old": old, "new": nearest.serial if nearest is not None else ""}
    return _page(request, unit, ReplaceCell(initial=told), nearest=nearest)


@require_POST
def replace(request: HttpRequest, serial: str) -> HttpResponse:
    """Replace a cell; what is refused comes back as it was typed."""
    access.for_the_house_only(request)
    unit, form = access.one_unit(request, serial), ReplaceCell(request.POST)

    def act(said: dict[str, Any]) -> str:
        old, new = _cell("old", said["old"]), _cell("new", said["new"])
        replaced = swap_cell if old.state == "installed" else replace_planned_cell
        replaced(
            unit=unit,
            old=old,
            new=new,
            reason=said["reason"],
            by=access.who(request),
            at=timezone.now(),
        )
        return f"Cell {new} takes the place of {old}, which is {old.state} now."

    refused = carry_out_form(request, form, act, needs="production.install_parts")
    if refused:
        return _page(request, unit, form, status=refused)
    return redirect("unit", serial=serial)


def _cell(field: str, serial: str) -> Cell:
    found = Cell.objects.filter(serial=serial).select_related("lot__cell").first()
    if found is None:
        raise InputError([Problem("cells", field, serial, "is no cell on record")])
    return found


def _page(
    request: HttpRequest,
    unit: Unit,
    form: ReplaceCell,
    *,
    nearest: Cell | None = None,
    status: int = 200,
) -> HttpResponse:
    person = access.who(request)
    return render(
        request,
        "production/replacing.html",
        {
            "stage": "production",
            "virtual": unit.virtual,
            "unit": unit,
            "form": form,
            "nearest": nearest,
            "may_replace": person.has_perm("production.install_parts"),
        },
        status=status,
    )
