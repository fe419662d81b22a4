"""Making known what stands on the floor: one by one, or from the file that the command takes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from packline.foundation.models import Person
from packline.resources.services import register_gauge, register_station, register_tool
from packline.site import access
from packline.site.acting import Doing, carry_out_form, verb_named
from packline.site.floor_file import read_floor, take_floor
from packline.site.forms import floor as asked

__all__ = ["floor", "register"]


def floor(request: HttpRequest) -> HttpResponse:
    """Show what can be made known, to whom may."""
    access.for_the_house_only(request)
    return _page(request, {})


@require_POST
def register(request: HttpRequest, verb: str) -> HttpResponse:
    """Make something known; what is refused comes back as it was typed."""
    access.for_the_house_only(request)
    asked_for = verb_named(FLOOR, verb)
    form = asked_for.form(request.POST, request.FILES, auto_id=f"{verb}-%s")

    def act(said: dict[str, Any]) -> str:
        return asked_for.do(said, access.who(request), timezone.now())

    refused = carry_out_form(request, form, act, needs=asked_for.needs)
    if refused:
        return _page(request, {verb: form}, status=refused)
    return redirect("floor")


def _page(
    request: HttpRequest, begun: dict[str, forms.Form], *, status: int = 200
) -> HttpResponse:
    person = access.who(request)
    offered = [
        (verb, entry.title, begun.get(verb) or entry.form(auto_id=f"{verb}-%s"))
        for verb, entry in FLOOR.items()
        if person.has_perm(entry.needs)
    ]
    return render(
        request, "resources/floor.html", {"stage": "resources", "offered": offered}, status=status
    )


def _file(said: dict[str, Any], by: Person, at: datetime) -> str:
    file = said["file"]
    return take_floor(read_floor(file.read(), str(file.name)), by, at) + "."


def _station(said: dict[str, Any], by: Person, at: datetime) -> str:
    made = register_station(**said, virtual=False, by=by, at=at)
    return f"Station {made} is known as a {made.kind}."


def _gauge(said: dict[str, Any], by: Person, at: datetime) -> str:
    made = register_gauge(**said, virtual=False, by=by, at=at)
    return f"Gauge {made} is known, calibrated until {made.due_on}."


def _tool(said: dict[str, Any], by: Person, at: datetime) -> str:
    made = register_tool(**said, virtual=False, by=by, at=at)
    return f"Tool {made} is known, due again on {made.due_on}."


FLOOR: dict[str, Doing] = {
    "station": Doing("A station", asked.Station, "resources.register_station", _station),
    "gauge": Doing("A gauge", asked.Gauge, "resources.register_gauge", _gauge),
    "tool": Doing("A tool", asked.Tool, "resources.register_tool", _tool),
    # Its rows ask for more permissions, each its own; who may register a station has them all.
    "file": Doing(
        "Everything out of a file", asked.FloorFile, "resources.register_station", _file
    ),
}
