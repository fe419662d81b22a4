"""The operator's screen; it holds nothing: all it shows and does goes over the interface."""

from __future__ import annotations

from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

__all__ = ["station", "worker"]

WORKER = Path(__file__).parents[1] / "static" / "station" / "worker.js"


@login_not_required  # the token of a station opens the interface, and a person signs in there
@require_safe
def station(request: HttpRequest) -> HttpResponse:
    """Show the screen; the browser keeps the station's token, people sign in by badge and PIN."""
    return render(request, "station/station.html")


@login_not_required
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Send what keeps the screen at hand while the server is away; its address is its reach."""
    response = HttpResponse(WORKER.read_bytes(), content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response
