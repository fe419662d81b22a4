"""Tokens with which machines speak for their stations: issued, seen and revoked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from packline.resources.models import StationToken
from packline.resources.queries import all_tokens
from packline.resources.services import issue_token, revoke_token
from packline.site import access
from packline.site.acting import carry_out_form
from packline.site.forms.asked import Because
from packline.site.forms.tokens import IssueToken
from packline.site.paging import page_of

__all__ = ["issue", "revoke", "tokens"]


def tokens(request: HttpRequest) -> HttpResponse:
    """List every token with its station and whether it still speaks."""
    access.for_the_house_only(request)
    return _list(request, IssueToken())


@require_POST
@never_cache
def issue(request: HttpRequest) -> HttpResponse:
    """Issue a token; the answer shows it, and nothing else ever does."""
    access.for_the_house_only(request)
    form, shown = IssueToken(request.POST), ""

    def act(said: dict[str, Any]) -> str:
        nonlocal shown
        at = timezone.now()
        expires_at = at + timedelta(days=said.pop("days"))
        token, shown = issue_token(**said, expires_at=expires_at, by=access.who(request), at=at)
        return f"Token {token} speaks for station {token.station}."

    refused = carry_out_form(request, form, act, needs="resources.issue_token")
    if refused:
        return _list(request, form, status=refused)
    return _list(request, IssueToken(), shown=shown)


@require_POST
def revoke(request: HttpRequest, prefix: str) -> HttpResponse:
    """Let a token speak no more."""
    access.for_the_house_only(request)
    found = get_object_or_404(all_tokens(), prefix=prefix)
    form = Because(request.POST, auto_id=_id_of(found))

    def act(said: dict[str, Any]) -> str:
        revoke_token(token=found, reason=said["reason"], by=access.who(request), at=timezone.now())
        return f"Token {found} of station {found.station} speaks no more."

    refused = carry_out_form(request, form, act, needs="resources.revoke_token")
    if refused:
        return _list(request, IssueToken(), revoking={found.pk: form}, status=refused)
    return redirect("tokens")


def _list(
    request: HttpRequest,
    form: IssueToken,
    *,
    shown: str = "",
    revoking: dict[int, Because] | None = None,
    status: int = 200,
) -> HttpResponse:
    person, now = access.who(request), timezone.now()
    page = page_of(request, all_tokens())
    return render(
        request,
        "resources/tokens.html",
        {
            "stage": "tokens",
            "page": page,
            "rows": [
                (
                    token,
                    _standing(token, now),
                    (revoking or {}).get(token.pk) or Because(auto_id=_id_of(token)),
                )
                for token in page.object_list
            ],
            "form": form,
            "shown": shown,
            "may_issue": person.has_perm("resources.issue_token"),
            "may_revoke": person.has_perm("resources.revoke_token"),
        },
        status=status,
    )


def _id_of(token: StationToken) -> str:
    return f"revoke-{token}-%s"


def _standing(token: StationToken, now: datetime) -> str:
    if token.revoked_at is not None:
        return "revoked"
    return "lapsed" if token.expires_at <= now else "active"
