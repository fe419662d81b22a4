"""What ends a unit's way: passed by an inspector, released by signature, given its documents."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from packline.assurance.queries import released_without_documents
from packline.assurance.services import CHECKLIST, MEANING, release_unit
from packline.foundation.errors import DomainError, Refused
from packline.foundation.models import Person
from packline.production.models import Order, Unit
from packline.production.services import pass_unit
from packline.site import access
from packline.site.acting import carry_out, carry_out_form, need
from packline.site.forms.asked import Signed
from packline.site.releasing import (
    AT_ONCE,
    issue_due,
    issue_for_a_while,
    passed_units,
    release_each,
)
from packline.site.views.unit import unit_page

__all__ = ["issue", "issue_next", "pass_it", "release", "review", "sign"]

ISSUE = "assurance.issue_document"
ISSUING = "issuing"  # in the session: the order whose documents follow the signature


@require_POST
def pass_it(request: HttpRequest, serial: str) -> HttpResponse:
    """Declare a unit built; what is still open on it is said."""
    found = _unit(request, serial)

    def act() -> str:
        pass_unit(unit=found, by=access.who(request), at=timezone.now())
        return f"{found} passed. It waits for an approver who did not build it."

    carry_out(request, act)
    return _to_unit(serial)


@require_POST
def release(request: HttpRequest, serial: str) -> HttpResponse:
    """Release a unit by signature and issue its documents."""
    found, person = _unit(request, serial), access.who(request)
    form = Signed(request.POST, person=person)

    def act(said: dict[str, Any]) -> str:
        made = release_unit(unit=found, authentication="password", by=person, at=timezone.now())
        return f"{found} is {made.outcome}. {_issued(found, person)}"

    refused = carry_out_form(request, form, act, needs="assurance.release_unit")
    if refused:
        return unit_page(request, serial, signing=form, status=refused)
    return _to_unit(serial)


@require_POST
def issue(request: HttpRequest, serial: str) -> HttpResponse:
    """Issue the documents that a unit lacks, or anew what is out of date."""
    found, person = _unit(request, serial), access.who(request)
    need(request, ISSUE)

    def act() -> str:
        made = issue_due(found, by=person)
        if not made:
            raise Refused(f"nothing happened to {found} since its documents were issued")
        return f"Issued: {', '.join(map(str, made))}."

    carry_out(request, act)
    return _to_unit(serial)


def review(request: HttpRequest, number: str) -> HttpResponse:
    """Show the units of an order that passed, what is open on each, and ask for one signature."""
    follow = request.session.pop(ISSUING, None) == number
    return _review(request, _order(request, number), follow=follow)


@require_POST
def sign(request: HttpRequest, number: str) -> HttpResponse:
    """Release the ticked units under one signature; what is refused keeps no other."""
    order, person = _order(request, number), access.who(request)
    serials = request.POST.getlist("units")
    form = Signed(request.POST, person=person)

    def act(said: dict[str, Any]) -> str:
        released, refused = release_each(_ticked(order, serials), by=person)
        if not released:
            raise Refused("\n".join(str(error) for _, error in refused))
        for _, error in refused:
            messages.error(request, f"Not released: {error}", extra_tags="bad")
        request.session[ISSUING] = number
        return f"Released: {', '.join(map(str, released))}. Their documents follow."

    refused = carry_out_form(request, form, act, needs="assurance.release_unit")
    if refused:
        return _review(request, order, form=form, ticked=serials, status=refused)
    return redirect("review-release", number=number)


@require_POST
def issue_next(request: HttpRequest, number: str) -> HttpResponse:
    """Issue documents of released units for a while, and say how far it is."""
    order = _order(request, number)
    need(request, ISSUE)
    refusal = ""
    left = released_without_documents(order).count()
    try:
        issue_for_a_while(released_without_documents(order), by=access.who(request))
    except DomainError as error:
        refusal = str(error)
    if request.headers.get("HX-Request"):
        gets_on = released_without_documents(order).count() < left  # or it would ask for ever
        told = _documents(request, order, follow=gets_on and not refusal) | {"refusal": refusal}
        return render(request, "assurance/_issuing.html", told)
    if refusal:
        messages.error(request, refusal, extra_tags="bad")
    return redirect("review-release", number=number)


def _unit(request: HttpRequest, serial: str) -> Unit:
    access.for_the_house_only(request)
    return access.one_unit(request, serial)


def _order(request: HttpRequest, number: str) -> Order:
    access.for_the_house_only(request)
    return access.one_order(request, number)


def _ticked(order: Order, serials: list[str]) -> list[Unit]:
    """Return the units that were ticked, so many as one signature is for."""
    units = order.units.filter(serial__in=serials).select_related(
        "order__program", "order__design", "order__routing"
    )
    found = list(units.order_by("number"))
    if unknown := sorted(set(serials) - {unit.serial for unit in found}):
        raise DomainError(f"order {order} has no unit {', '.join(unknown)}")
    if not 1 <= len(found) <= AT_ONCE:
        raise DomainError(f"{len(found)} units are ticked; one signature is for 1 to {AT_ONCE}")
    return found


def _to_unit(serial: str) -> HttpResponse:
    return redirect(f"{reverse('unit', args=[serial])}#documents")


def _issued(unit: Unit, person: Person) -> str:
    """Issue the documents of a unit that is released whatever becomes of them; say what came."""
    try:
        made = issue_due(unit, by=person)
    except DomainError as error:
        return f"Its documents were not issued: {error}"
    return f"Issued: {', '.join(map(str, made))}."


def _review(
    request: HttpRequest,
    order: Order,
    *,
    form: Signed | None = None,
    ticked: list[str] | None = None,
    follow: bool = False,
    status: int = 200,
) -> HttpResponse:
    person = access.who(request)
    waiting = passed_units(order, person)
    may_sign = person.has_perm("assurance.release_unit") and any(not p.points for p in waiting)
    return render(
        request,
        "assurance/review.html",
        {
            "stage": "assurance",
            "virtual": order.virtual,
            "waiting": waiting,
            "n_passed": order.units.filter(state="passed").count(),
            "ticked": [p.unit.serial for p in waiting] if ticked is None else ticked,
            "form": (form or Signed(person=person)) if may_sign else None,
            "checklist": CHECKLIST,
            "meaning": MEANING,
            **_documents(request, order, follow=follow),
        },
        status=status,
    )


def _documents(request: HttpRequest, order: Order, *, follow: bool) -> dict[str, Any]:
    """Say of how many released units the documents are issued; with `follow` the page goes on."""
    n_released = order.units.filter(release__isnull=False).count()
    return {
        "order": order,
        "n_released": n_released,
        "n_issued": n_released - released_without_documents(order).count(),
        "may_issue": access.who(request).has_perm(ISSUE),
        "follow": follow,
    }
