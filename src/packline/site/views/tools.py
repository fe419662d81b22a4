"""One tool: until when its service holds, and recalling it or putting it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from packline.foundation.events import events_of
from packline.foundation.models import Person
from packline.resources.models import Tool
from packline.resources.services import recall_tool, return_tool, service_tool
from packline.site import access
from packline.site.acting import carry_out_form, verb_named
from packline.site.forms.asked import Because
from packline.site.forms.floor import Service

__all__ = ["act", "tool"]


@dataclass(frozen=True, slots=True)
class Act:
    """What may be done about a tool: by which form, with which permission, in which states."""

    title: str
    button: str
    form: type[forms.Form]
    needs: str
    states: tuple[str, ...]
    do: Callable[[Tool, dict[str, Any], Person, datetime], str]


def tool(request: HttpRequest, code: str) -> HttpResponse:
    """Show a tool with its services."""
    return _page(request, code, {})


@require_POST
def act(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """Do what a form of the page asks; what is refused comes back as it was typed."""
    found, asked = _found(request, code), verb_named(ACTS, verb)
    form = asked.form(request.POST, auto_id=f"{verb}-%s")

    def carried_out(said: dict[str, Any]) -> str:
        return asked.do(found, said, access.who(request), timezone.now())

    refused = carry_out_form(request, form, carried_out, needs=asked.needs)
    if refused:
        return _page(request, code, {verb: form}, status=refused)
    return redirect("tool", code=code)


def _found(request: HttpRequest, code: str) -> Tool:
    access.for_the_house_only(request)
    return get_object_or_404(Tool, code=code)


def _page(
    request: HttpRequest, code: str, begun: dict[str, forms.Form], *, status: int = 200
) -> HttpResponse:
    found, person, now = _found(request, code), access.who(request), timezone.now()
    offered = [
        (verb, entry, begun.get(verb) or entry.form(auto_id=f"{verb}-%s"))
        for verb, entry in ACTS.items()
        if found.state in entry.states and person.has_perm(entry.needs)
    ]
    return render(
        request,
        "resources/tool.html",
        {
            "stage": "resources",
            "virtual": found.virtual,
            "tool": found,
            "lapsed": not found.serviced_on <= now.date() <= found.due_on,
            "offered": offered,
            "events": events_of(found),
        },
        status=status,
    )


def _service(found: Tool, said: dict[str, Any], by: Person, at: datetime) -> str:
    service_tool(tool=found, **said, by=by, at=at)
    return f"The service is on record; {found} is due again on {found.due_on}."


def _recall(found: Tool, said: dict[str, Any], by: Person, at: datetime) -> str:
    recall_tool(tool=found, reason=said["reason"], by=by, at=at)
    return "The gate lets nobody work with it now."


def _retire(found: Tool, said: dict[str, Any], by: Person, at: datetime) -> str:
    recall_tool(tool=found, reason=said["reason"], for_good=True, by=by, at=at)
    return "It is out of service."


def _return(found: Tool, said: dict[str, Any], by: Person, at: datetime) -> str:
    return_tool(tool=found, because=said["reason"], by=by, at=at)
    return "It may be used again."


ACTS: dict[str, Act] = {
    "return": Act(
        "Put it back into service",
        "Put it back",
        Because,
        "resources.return_tool",
        ("recalled", "out_of_service"),
        _return,
    ),
    "service": Act(
        "Record a service",
        "Record the service",
        Service,
        "resources.register_tool",
        ("in_service", "recalled"),
        _service,
    ),
    "recall": Act(
        "Recall it until somebody has looked at it",
        "Recall it",
        Because,
        "resources.recall_tool",
        ("in_service",),
        _recall,
    ),
    "retire": Act(
        "Take it out of service",
        "Take it out",
        Because,
        "resources.recall_tool",
        ("in_service", "recalled"),
        _retire,
    ),
}
