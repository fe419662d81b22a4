"""What a page offers to do about one thing, and doing it: the same shape on every page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django import forms
from django.http import HttpRequest
from django.utils import timezone

from packline.foundation.models import Person
from packline.site import access
from packline.site.acting import carry_out_form, verb_named

__all__ = ["Offer", "offered", "take_up"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(Generic[T]):
    """Something that may be done about a thing: with which permission, when, by which form."""

    title: str
    button: str
    needs: str
    do: Callable[[T, dict[str, Any], Person, datetime], str]  # the thing, what was filled in ...
    when: Callable[[T], bool] = lambda _: True
    form: Callable[..., forms.Form] = forms.Form
    more: Callable[[T], Mapping[str, Any]] = lambda _: {}  # what else the form is made with
    hint: str = ""

    def form_for(self, thing: T, verb: str, data: Any = None) -> forms.Form:
        """Return its form, filled in with `data` if there is any; one page has several."""
        return self.form(data, auto_id=f"{verb}-%s", **self.more(thing))


def offered(
    offers: Mapping[str, Offer[T]], thing: T, person: Person, begun: Mapping[str, forms.Form]
) -> list[tuple[str, Offer[T], forms.Form]]:
    """Return what a person may do about a thing now, as it was typed where it was refused."""
    return [
        (verb, offer, begun.get(verb) or offer.form_for(thing, verb))
        for verb, offer in offers.items()
        if verb in begun or (person.has_perm(offer.needs) and offer.when(thing))
    ]


def take_up(
    request: HttpRequest, offers: Mapping[str, Offer[T]], verb: str, thing: T
) -> tuple[int, dict[str, forms.Form]] | None:
    """Do what is offered; None if it was done, else the status and the form as it was typed."""
    offer = verb_named(offers, verb)
    form = offer.form_for(thing, verb, request.POST)

    def act(said: dict[str, Any]) -> str:
        return offer.do(thing, said, access.who(request), timezone.now())

    refused = carry_out_form(request, form, act, needs=offer.needs)
    return (refused, {verb: form}) if refused else None
