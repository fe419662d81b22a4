"""One tool: until when its service holds, and recalling it or putting it back."""

from __future__ import annotations

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
from packline.site.forms.asked import Because
from packline.site.forms.floor import Service
from packline.site.offering import Offer, offered, take_up

__all__ = ["act", "tool"]


def tool(request: HttpRequest, code: str) -> HttpResponse:
    """Show a tool with its services."""
    return _page(request, code, {})


@require_POST
def act(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """Do what a form of the page asks; what is refused comes back as it was typed."""
    refused = take_up(request, ACTS, verb, _found(request, code))
    if refused:
        status, begun = refused
        return _page(request, code, begun, status=status)
    return redirect("tool", code=code)


def _found(request: HttpRequest, code: str) -> Tool:
    access.for_the_house_only(request)
    return get_object_or_404(Tool, code=code)


def _page(
    request: HttpRequest, code: str, begun: dict[str, forms.Form], *, status: int = 200
) -> HttpResponse:
    found, today = _found(request, code), timezone.now().date()
    return render(
        request,
        "resources/tool.html",
        {
            "stage": "resources",
            "virtual": found.virtual,
            "tool": found,
            "lapsed": not found.serviced_on <= today <= found.due_on,
            "offered": offered(ACTS, found, access.who(request), begun),
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


ACTS: dict[str, Offer[Tool]] = {
    "return": Offer(
        title="Put it back into service",
        button="Put it back",
        needs="resources.return_tool",
        when=lambda tool: tool.state in ("recalled", "out_of_service"),
        form=Because,
        do=_return,
    ),
    "service": Offer(
        title="Record a service",
        button="Record the service",
        needs="resources.register_tool",
        when=lambda tool: tool.state in ("in_service", "recalled"),
        form=Service,
        do=_service,
    ),
    "recall": Offer(
        title="Recall it until somebody has looked at it",
        button="Recall it",
        needs="resources.recall_tool",
        when=lambda tool: tool.state == "in_service",
        form=Because,
        do=_recall,
    ),
    "retire": Offer(
        title="Take it out of service",
        button="Take it out",
        needs="resources.recall_tool",
        when=lambda tool: tool.state in ("in_service", "recalled"),
        form=Because,
        do=_retire,
    ),
}
