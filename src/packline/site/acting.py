"""Carrying out what a form asks: what is done or refused is said on the page it came from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from django.contrib import messages
from django.http import Http404, HttpRequest

from packline.foundation.errors import DomainError, NotAllowed
from packline.site.listeners import listen

__all__ = ["carry_out", "verb_named"]

Act = TypeVar("Act")


def carry_out(request: HttpRequest, act: Callable[[], str]) -> bool:
    """Carry out a command that returns what to say, and say it; tell whether it was done.

    A rule that was broken is said in its place. Who may not do it at all gets the page of 403.
    """
    try:
        done = act()
    except NotAllowed:
        raise
    except DomainError as error:
        messages.error(request, f"Refused, nothing was changed. {error}", extra_tags="bad")
        return False
    listen()
    messages.success(request, done, extra_tags="good")
    return True


def verb_named(verbs: Mapping[str, Act], name: str) -> Act:
    """Return what a verb in an address stands for, or end with 404."""
    if name not in verbs:
        raise Http404
    return verbs[name]
