"""The operator's screen; it holds nothing: all it shows and does goes over the interface."""

from __future__ import annotations

from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from packline.foundation.files import read
from packline.process.models import InstructionPicture

__all__ = ["picture", "station", "worker"]

WORKER = Path(__file__).parents[1] / "static" / "station" / "worker.js"


@login_not_required  # the token of a station opens the interface, and a person signs in there
@require_safe
def station(request: HttpRequest) -> HttpResponse:
    """Show the screen; the browser keeps the station's token, people sign in by badge and PIN."""
    return render(request, "station/station.html")


@login_not_required  # an image cannot send a token; who knows a digest has seen the picture
@require_safe
def picture(request: HttpRequest, sha256: str) -> HttpResponse:
    """Send a picture of an instruction, named by its content; no other file is sent here."""
    found = InstructionPicture.objects.filter(file__sha256=sha256).select_related("file").first()
    if found is None:
        raise Http404
    response = HttpResponse(read(sha256), content_type=found.file.media_type)
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


@login_not_required
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Send what keeps the screen at hand while the server is away; its address is its reach."""
    response = HttpResponse(WORKER.read_bytes(), content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response
