"""Reading JSON so that there is one way to understand it."""

from __future__ import annotations

import json
import math
import re
from typing import Any, cast

from django.http import HttpRequest
from ninja.parser import Parser
from ninja.types import DictStrAny

from packline.foundation.requests import RequestError

__all__ = ["StrictParser", "read_json"]

DEEPEST = 32
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class StrictParser(Parser):
    """JSON in UTF-8: no name twice, no NaN, no half characters, not too deep."""

    def parse_body(self, request: HttpRequest) -> DictStrAny:
        """Return the body of a request."""
        if request.content_type != "application/json":
            raise RequestError(
                415, "unsupported-media-type", "Content-Type must be application/json"
            )
        return cast(DictStrAny, read_json(request.body))


def read_json(content: bytes) -> Any:
    """Return what a JSON text says.

    Raises
    ------
    RequestError
        400, if it is none or can be understood in two ways.
    """
    try:
        value = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_named_once,
            parse_constant=_no_number,
            parse_float=_finite,
            parse_int=_short,
        )
    except RecursionError as error:
        raise _unreadable("it is nested too deeply") from error
    except ValueError as error:
        raise _unreadable(str(error)[:200]) from error
    _look(value, 0)
    return value


def _unreadable(why: str) -> RequestError:
    return RequestError(400, "unreadable", f"the body cannot be read: {why}")


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:30]} is too large")
    return value


def _short(text: str) -> int:
    if len(text) > 19:
        raise ValueError(f"{text[:30]} has too many digits")
    return int(text)


def _look(value: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise _unreadable("it is nested too deeply")
    if isinstance(value, str):
        if UNSTORABLE.search(value):
            raise _unreadable("it holds characters that cannot be stored")
    elif isinstance(value, dict):
        for name, item in value.items():
            _look(name, depth + 1)
            _look(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            if not isinstance(item, float | int):
                _look(item, depth + 1)
