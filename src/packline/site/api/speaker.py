"""Who speaks: the token of a station is looked at before anything of a request is read."""

from __future__ import annotations

import re

from django.http import HttpRequest
from ninja.security import HttpBearer

from packline.foundation.errors import NotSignedIn
from packline.foundation.requests import RequestError, body_of
from packline.resources.queries.access import Caller, caller_behind
from packline.site.api.clock import moment
from packline.site.api.rates import rates

__all__ = ["JSON_LIMIT", "Speaker"]

JSON_LIMIT = 4 * 2**20  # bytes; a step of 4,000 joints in ten columns fits
UNPRINTED = re.compile("[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Speaker(HttpBearer):
    """``Authorization: Bearer TOKEN`` of a station, within its rate."""

    def __call__(self, request: HttpRequest) -> Caller:
        """Return who speaks, or refuse.

        Raises
        ------
        NotSignedIn
            If there is no valid token.
        RequestError
            If the token asks too often, or the request cannot be read.
        """
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            raise NotSignedIn("send the token of a station: Authorization: Bearer TOKEN")
        caller = self.authenticate(request, token.strip())
        rates.take(caller.token.prefix)
        _readable(request)
        if request.method == "POST" and request.content_type == "application/json":
            body_of(request, limit=JSON_LIMIT, kinds=("application/json",))
        return caller

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        """Return who speaks with a token."""
        return caller_behind(token, moment())


def _readable(request: HttpRequest) -> None:
    texts = [request.path_info, *request.GET.keys()]
    texts += [value for values in request.GET.lists() for value in values[1]]
    if any(UNPRINTED.search(text) for text in texts):
        raise RequestError(400, "unreadable", "the address holds control characters")
