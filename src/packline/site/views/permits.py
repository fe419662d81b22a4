"""Deviation permits: what each opens, for whom, by whose signature; signing and revoking one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from packline.foundation.events import events_of
from packline.production.calc.permit import MEANING
from packline.production.gate.permits import is_signed
from packline.production.models import Permit
from packline.production.queries.permits import all_permits
from packline.production.services import revoke_permit, sign_permit
from packline.site import access
from packline.site.acting import carry_out_form
from packline.site.forms.asked import Because
from packline.site.forms.permits import PermitForm
from packline.site.paging import page_of

__all__ = ["permit", "permits", "revoke", "sign"]

PREFILLED = ("opens", "record_named", "operation_code", "first_serial", "last_serial")


def permits(request: HttpRequest) -> HttpResponse:
    """List every permit, the newest first; an address may say what the form begins with."""
    access.for_the_house_only(request)
    told = {name: request.GET[name] for name in PREFILLED if name in request.GET}
    return _list(request, PermitForm(person=access.who(request), initial=told))


def permit(request: HttpRequest, number: str) -> HttpResponse:
    """Show a permit word for word as it was signed, who passed by it, and its record."""
    return _page(request, _found(request, number), Because())


@require_POST
def sign(request: HttpRequest) -> HttpResponse:
    """Sign a permit; what is refused comes back as it was typed, but for the password."""
    access.for_the_house_only(request)
    person = access.who(request)
    form = PermitForm(request.POST, person=person)

    def act(said: dict[str, Any]) -> str:
        made = sign_permit(**said, by=person, at=timezone.now())
        return f"{made} is signed. The gate opens by it for everybody but you."

    refused = carry_out_form(request, form, act, needs="production.sign_permit")
    if refused:
        return _list(request, form, status=refused)
    return redirect("permits")


@require_POST
def revoke(request: HttpRequest, number: str) -> HttpResponse:
    """Take a permit back."""
    found, form = _found(request, number), Because(request.POST)

    def act(said: dict[str, Any]) -> str:
        revoke_permit(
            permit=found, because=said["reason"], by=access.who(request), at=timezone.now()
        )
        return f"{found} opens nothing any more."

    refused = carry_out_form(request, form, act, needs="production.revoke_permit")
    if refused:
        return _page(request, _found(request, number), form, status=refused)
    return redirect("permit", number=number)


def _found(request: HttpRequest, number: str) -> Permit:
    access.for_the_house_only(request)
    return get_object_or_404(all_permits(), number=number)


def _list(request: HttpRequest, form: PermitForm, *, status: int = 200) -> HttpResponse:
    now = timezone.now()
    page = page_of(request, all_permits(), per_page=25)
    return render(
        request,
        "production/permits.html",
        {
            "stage": "permits",
            "rows": [(permit, *_standing(permit, now)) for permit in page.object_list],
            "page": page,
            "form": form,
            "begun": form.is_bound or bool(form.initial),
            "meaning": MEANING,
            "may_sign": access.who(request).has_perm("production.sign_permit"),
        },
        status=status,
    )


def _page(
    request: HttpRequest, found: Permit, form: Because, *, status: int = 200
) -> HttpResponse:
    standing, tone = _standing(found, timezone.now())
    may = access.who(request).has_perm("production.revoke_permit")
    return render(
        request,
        "production/permit.html",
        {
            "stage": "permits",
            "permit": found,
            "standing": standing,
            "tone": tone,
            "meaning": MEANING,
            "form": form if may and found.revoked_at is None else None,
            "events": events_of(found),
        },
        status=status,
    )


def _standing(permit: Permit, now: datetime) -> tuple[str, str]:
    """Return how a permit stands, and in which colour."""
    if not is_signed(permit):
        return "signature does not fit", "bad"
    if permit.revoked_at is not None:
        return "revoked", "quiet"
    if permit.expires_at <= now:
        return "expired", "quiet"
    if permit.quantity is not None and len(permit.uses.all()) >= permit.quantity:
        return "used up", "quiet"
    return "valid", "warn"
