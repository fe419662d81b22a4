"""The one table that turns refusals into statuses, and the form in which they are told."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, DataError, InterfaceError, OperationalError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from packline.foundation.answers import KeyReused
from packline.foundation.errors import (
    Blocked,
    DomainError,
    IllegalTransition,
    InputError,
    NotAllowed,
    NotANumber,
    NotFound,
    NotSignedIn,
    Refused,
    StaleObject,
)
from packline.foundation.files import DamagedFile
from packline.foundation.requests import RequestError

__all__ = ["CODES", "MEDIA_TYPE", "STATUSES", "problem", "tell_problems"]

MEDIA_TYPE = "application/problem+json"
log = logging.getLogger("django.request")

# The first that fits.
STATUSES: tuple[tuple[type[DomainError], int, str], ...] = (
    (NotSignedIn, 401, "not-signed-in"),
    (NotAllowed, 403, "not-allowed"),
    (NotFound, 404, "not-found"),
    (Blocked, 409, "blocked"),
    (KeyReused, 409, "key-reused"),
    (StaleObject, 409, "changed-meanwhile"),
    (IllegalTransition, 409, "illegal-transition"),
    (Refused, 409, "refused"),
    (InputError, 422, "invalid"),
    (NotANumber, 422, "not-a-number"),
    (DamagedFile, 500, "damaged-file"),
    (DomainError, 422, "invalid"),
)

# What each code means, for the reference; the codes never change their meaning.
CODES = {
    "unreadable": "the request cannot be understood",
    "idempotency-key": "a POST came without a usable Idempotency-Key",
    "not-signed-in": "the token or the attendance is missing, wrong, expired or revoked",
    "not-allowed": "the token lacks the scope, is of another station, or the role does not allow",
    "not-found": "there is no such thing",
    "method-not-allowed": "this address does not take this method",
    "blocked": "records stand in the way; `blockers` names each and what clears it",
    "key-reused": "the Idempotency-Key was used for another request",
    "changed-meanwhile": "somebody else changed it at the same moment: read again",
    "illegal-transition": "the state it is in does not lead there",
    "refused": "a rule says no; `detail` says which",
    "precondition-failed": "it was changed since the version in If-Match",
    "too-large": "the body or a number of items is too large",
    "unsupported-media-type": "the body is of a kind that is not taken here",
    "invalid": "fields are wrong; `errors` names each",
    "not-a-number": "a reading is a finite number",
    "too-many-requests": "the token asks too often; Retry-After says how long to wait",
    "damaged-file": "a stored file is missing or was changed",
    "fault": "a mistake of the program, told to whoever runs it",
    "unavailable": "the database or its disk cannot be used now; nothing was written: send again",
}


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    blockers: Sequence[dict[str, str]] = (),
    errors: Sequence[dict[str, str]] = (),
    retry_after_s: int | None = None,
) -> HttpResponse:
    """Return a refusal as problem details (RFC 9457)."""
    content: dict[str, Any] = {
        "type": f"urn:packline:problem:{code}",
        "title": CODES[code],
        "status": status,
        "detail": detail,
        "blockers": list(blockers),
        "errors": list(errors),
    }
    response = JsonResponse(content, status=status, content_type=MEDIA_TYPE)
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="packline"'
    if retry_after_s is not None:
        response["Retry-After"] = str(retry_after_s)
    return response


def tell_problems(api: NinjaAPI) -> None:
    """Let the interface answer every refusal by the table."""
    handlers: dict[type[Exception], Callable[..., HttpResponse]] = {
        DomainError: _refused,
        ValidationError: _invalid,
        HttpError: _http,
        Http404: lambda request, error: problem(404, "not-found", "there is nothing here"),
        RequestDataTooBig: _too_big,
        DataError: _unstorable,
        OperationalError: _unavailable,
        InterfaceError: _unavailable,
        DatabaseError: _fault,
        OSError: _disk,
        Exception: _fault,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, partial(_told, handler))


def _told(
    handler: Callable[..., HttpResponse], request: HttpRequest, error: Exception
) -> HttpResponse:
    return handler(request, error)


def _refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    if isinstance(error, RequestError):
        return problem(error.status, error.code, str(error), retry_after_s=error.retry_after_s)
    status, code = next((s, c) for kind, s, c in STATUSES if isinstance(error, kind))
    if status >= 500:
        log.error("%s: %s", request.path, error)
    blockers: list[dict[str, str]] = []
    errors: list[dict[str, str]] = []
    if isinstance(error, Blocked):
        blockers = [
            {
                "code": b.code or "blocked",
                "record": b.record,
                "reason": b.reason,
                "clears": b.clears,
            }
            for b in error.blockers
        ]
    if isinstance(error, InputError):
        errors = [
            {"field": p.field, "message": p.message, "value": p.value[:200], "allowed": p.allowed}
            for p in error.problems
        ]
    return problem(status, code, str(error)[:4000], blockers=blockers, errors=errors)


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [
        {"field": _place(e["loc"]), "message": str(e["msg"])[:300], "value": "", "allowed": ""}
        for e in error.errors[:50]
    ]
    fields = ", ".join(dict.fromkeys(e["field"] for e in errors))
    return problem(422, "invalid", f"{len(error.errors)} wrong: {fields}"[:4000], errors=errors)


def _place(loc: Sequence[Any]) -> str:
    """Say where a field is: ``readings[2].value``, without the names of our functions."""
    words = [part for part in loc[1:] if part not in ("body",)] or [loc[0]]
    place = "".join(f"[{w}]" if isinstance(w, int) else f".{w}" for w in words)
    return place.lstrip(".")[:200]


def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error.__cause__, DomainError):
        return _refused(request, error.__cause__)
    if isinstance(error.__cause__, RequestDataTooBig):
        return _too_big(request, error.__cause__)
    code = {401: "not-signed-in", 403: "not-allowed", 404: "not-found"}.get(error.status_code)
    return problem(error.status_code, code or "unreadable", str(error))


def _too_big(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(413, "too-large", "the body is too large")


def _unstorable(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(422, "invalid", f"a value cannot be stored: {str(error).splitlines()[0]}")


def _unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("%s: the database cannot be used: %s", request.path, str(error).strip())
    connection.close_if_unusable_or_obsolete()
    return problem(
        503, "unavailable", "the database cannot be used now; nothing was written", retry_after_s=2
    )


def _disk(request: HttpRequest, error: OSError) -> HttpResponse:
    log.error("%s: %s", request.path, error)
    return problem(
        503, "unavailable", "the disk cannot be used now; nothing was written", retry_after_s=10
    )


def _fault(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("%s", request.path, exc_info=error)
    return problem(500, "fault", "this is a mistake of ours; it was written to the server's log")
