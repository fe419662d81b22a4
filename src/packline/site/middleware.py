"""What stands before every page: static files whole, and what a browser may load and run.

Signing in is asked for everywhere by Django's own middleware; which programs a person sees is
decided where rows are read, in `packline.site.access`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from whitenoise.middleware import WhiteNoiseFileResponse

from packline.foundation.errors import DomainError
from packline.foundation.files import DamagedFile
from packline.site import api
from packline.site.refusals import status_of

__all__ = [
    "POLICY",
    "RefusalsTold",
    "content_security_policy",
    "static_files_whole",
    "what_can_be_stored",
]

log = logging.getLogger("django.request")

Answer = Callable[[HttpRequest], HttpResponseBase]

# Nothing from elsewhere, nothing inline: what the pages need is served by Packline itself.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


def content_security_policy(get_response: Answer) -> Answer:
    """Tell the browser to load and run only what this site serves."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=()"
        )
        return response

    return answer


def static_files_whole(get_response: Answer) -> Answer:
    """Send a static file in one piece: a file iterator would make ASGI warn and read it anyway."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if not isinstance(response, WhiteNoiseFileResponse):
            return response
        whole = HttpResponse(b"".join(response.streaming_content), status=response.status_code)
        del whole["Content-Type"]
        for name, value in response.items():
            whole[name] = value
        response.close()
        return whole

    return answer


def what_can_be_stored(get_response: Answer) -> Answer:
    """Refuse a NUL in an address or a field of a form: PostgreSQL neither keeps nor looks for one.

    The interface reads what it gets by itself, and says which field it was.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(f"/{api.ROOT}"):
            return get_response(request)
        fields = [*request.GET.lists(), *request.POST.lists()]
        if any("\x00" in text for text in (request.path, *(v for _, vs in fields for v in vs))):
            return render(request, "400.html", status=400)
        return get_response(request)

    return answer


class RefusalsTold:
    """Answer a refusal that no page expected with its own words instead of a bare 500."""

    sync_capable, async_capable = True, False

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return the page of a broken rule; whatever else it was is Django's to report."""
        if not isinstance(error, DomainError):
            return None
        damaged = isinstance(error, DamagedFile)
        if damaged:
            log.error("%s: %s", request.path, error)
        status = 500 if damaged else status_of(error)
        context = {"reason": str(error), "damaged": damaged}
        return render(request, "refused.html", context, status=status)
