"""What every router of the interface asks of a request: its size, kind, key and precondition."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from packline.foundation.answers import Given, answer_once
from packline.foundation.errors import DomainError
from packline.foundation.events import head_of, subject_of

__all__ = [
    "RequestError",
    "answered",
    "body_of",
    "check_version",
    "etag",
    "is_known_version",
    "keyed",
    "version_of",
]

KEY = re.compile(r"[\x21-\x7e]{8,200}")


class RequestError(DomainError):
    """A request that cannot be taken, whatever it asks for: too large, too often, of no use."""

    def __init__(
        self, status: int, code: str, message: str, *, retry_after_s: int | None = None
    ) -> None:
        self.status, self.code, self.retry_after_s = status, code, retry_after_s
        super().__init__(message)


def body_of(request: HttpRequest, *, limit: int, kinds: tuple[str, ...]) -> bytes:
    """Return the whole body of a request, of one of the media types `kinds` and not too large.

    Raises
    ------
    RequestError
        413 if it is larger than `limit` bytes, 415 if it is of another kind or compressed.
    """
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise RequestError(415, "unsupported-media-type", "send the body uncompressed")
    if request.content_type not in kinds:
        raise RequestError(
            415,
            "unsupported-media-type",
            f"Content-Type must be one of: {', '.join(kinds)}",
        )
    known: bytes | None = getattr(request, "_body", None)
    content = request.read(limit + 1) if known is None else known
    if len(content) > limit:
        raise RequestError(413, "too-large", f"the body is larger than {limit} bytes")
    request._body = content
    return content


def version_of(subject: str) -> str:
    """Return the version of a subject: the head of its chain, which moves with every write."""
    head = head_of(subject)
    return "new" if head is None else head[1][:20]


def etag(version: str) -> str:
    """Write a version as an entity tag."""
    return f'"{version}"'


def is_known_version(request: HttpRequest, version: str) -> bool:
    """Say whether the asker has this version already (If-None-Match)."""
    return etag(version) in _tags(request.headers.get("If-None-Match", ""))


def check_version(request: HttpRequest, subject: object) -> None:
    """Hold a write to the version that its sender has seen, if it names one (If-Match).

    Raises
    ------
    RequestError
        412 if the subject was changed since.
    """
    wanted = request.headers.get("If-Match")
    if wanted is None or wanted.strip() == "*":
        return
    found = version_of(subject_of(subject))  # type: ignore[arg-type]
    if etag(found) not in _tags(wanted):
        raise RequestError(
            412,
            "precondition-failed",
            f"{subject} was changed since you read it: its version is {found}",
        )


def _tags(header: str) -> set[str]:
    return {tag.strip() for tag in header.split(",") if tag.strip()}


def keyed(
    request: HttpRequest,
    *,
    owner: str,
    at: datetime,
    work: Callable[[], tuple[int, Any]],
) -> HttpResponse:
    """Answer a write once for its idempotency key (header ``Idempotency-Key``).

    Raises
    ------
    RequestError
        400 if the key is missing or no key.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not KEY.fullmatch(key):
        raise RequestError(
            400,
            "idempotency-key",
            "every POST needs a header Idempotency-Key of 8 to 200 printable characters, "
            "new for each thing that is to be done and the same when it is sent again",
        )
    told = "\n".join((request.method or "", request.get_full_path(), request.content_type or ""))
    digest = hashlib.sha256(told.encode() + b"\n" + request.body).hexdigest()
    given = answer_once(
        owner=owner,
        key=key,
        digest=digest,
        at=at,
        work=work,
        stale="If-Match" not in request.headers,
    )
    return answered(given)


def answered(given: Given) -> HttpResponse:
    """Return an answer as JSON; ``Idempotency-Replayed`` says that it was given before."""
    response = JsonResponse(given.content, status=given.status, safe=False)
    if given.repeated:
        response["Idempotency-Replayed"] = "true"
    if isinstance(given.content, dict) and "version" in given.content:
        response["ETag"] = etag(given.content["version"])
    return response
