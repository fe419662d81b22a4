"""Carrying out what a form asks: what is done or refused is said on the page it came from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest

from packline.foundation.errors import DomainError, NotAllowed
from packline.foundation.models import Person
from packline.site import access
from packline.site.listeners import listen
from packline.site.refusals import status_of

__all__ = ["REFUSED", "Doing", "carry_out", "carry_out_form", "need", "verb_named"]

REFUSED = "Refused, nothing was changed."

Act = TypeVar("Act")


@dataclass(frozen=True, slots=True)
class Doing:
    """Something that a page lets be done: by which form, with which permission, and how."""

    title: str
    form: type[forms.Form]
    needs: str
    do: Callable[[dict[str, Any], Person, datetime], str]  # what was filled in, by whom, when


def carry_out(request: HttpRequest, act: Callable[[], str]) -> bool:
    """Carry out a command that returns what to say, and say it; tell whether it was done.

    A rule that was broken is said in its place. Who may not do it at all gets the page of 403.
    """
    try:
        done = act()
    except NotAllowed:
        raise
    except DomainError as error:
        messages.error(request, f"{REFUSED} {error}", extra_tags="bad")
        return False
    listen()
    messages.success(request, done, extra_tags="good")
    return True


def carry_out_form(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[dict[str, Any]], str],
    *,
    needs: str,
) -> int | None:
    """Carry out what a form was filled in for; None if it was done.

    Otherwise the status with which the page is shown again, the form as it was typed. Who lacks
    the permission that the command `needs` gets the page of 403, whatever was typed.
    """
    need(request, needs)
    if not form.is_valid():
        messages.error(request, f"{REFUSED} See what is marked below.", extra_tags="bad")
        return 422
    try:
        done = act(form.cleaned_data)
    except NotAllowed:
        raise
    except DomainError as error:
        messages.error(request, f"{REFUSED} {error}", extra_tags="bad")
        return status_of(error)
    listen()
    messages.success(request, done, extra_tags="good")
    return None


def need(request: HttpRequest, permission: str) -> None:
    """End with the page of 403 where whoever asks lacks a permission, whatever else is wrong."""
    person = access.who(request)
    if not person.has_perm(permission):
        raise NotAllowed(f"{person} may not {permission}: the roles held do not include it")


def verb_named(verbs: Mapping[str, Act], name: str) -> Act:
    """Return what a verb in an address stands for, or end with 404."""
    if name not in verbs:
        raise Http404
    return verbs[name]
