"""What stands before every page: static files whole, and what a browser may load and run.

Signing in is asked for everywhere by Django's own middleware; which programs a person sees is
decided where rows are read, in `packline.site.access`.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from whitenoise.middleware import WhiteNoiseFileResponse

__all__ = ["POLICY", "content_security_policy", "static_files_whole"]

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
