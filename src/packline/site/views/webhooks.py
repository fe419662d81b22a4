"""Webhooks: who outside is told of events, what waits, what is parked, and what to do about it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from packline.foundation.deliveries import LIMIT, is_told_from_here, standing, standings
from packline.foundation.errors import DomainError
from packline.foundation.installation import here
from packline.insight.models import Subscription
from packline.insight.queries.subscriptions import (
    all_receivers,
    all_subscriptions,
    deliveries_of,
    receiver_of,
    secrets_of,
    wanted_by,
)
from packline.insight.services import (
    claim_subscription,
    drop_delivery,
    end_subscription,
    make_subscription,
    pause_subscription,
    rekey_subscription,
    resend_deliveries,
    resume_subscription,
)
from packline.site import access
from packline.site.acting import carry_out, carry_out_form, verb_named
from packline.site.forms.webhooks import MakeWebhook, Rekey
from packline.site.paging import page_of
from packlink.webhooks import secret_text

__all__ = ["act", "make", "rekey", "webhook", "webhooks"]

STATES = ("waiting", "parked", "delivered", "dropped")


def webhooks(request: HttpRequest) -> HttpResponse:
    """List who is told, and how that goes."""
    access.for_the_house_only(request)
    return _list(request, MakeWebhook())


def webhook(request: HttpRequest, code: str) -> HttpResponse:
    """Show one with its log."""
    return _page(request, _found(request, code), Rekey())


@require_POST
@never_cache
def make(request: HttpRequest) -> HttpResponse:
    """Let a system be told; the answer shows its secret, and nothing else ever does."""
    access.for_the_house_only(request)
    form, at, shown = MakeWebhook(request.POST), timezone.now(), ""

    def act(said: dict[str, Any]) -> str:
        nonlocal shown
        made = make_subscription(**said, by=access.who(request), at=at)
        shown = secret_text(secrets_of(made, at)[0])
        return f"{made} is told of what happens from now on."

    refused = carry_out_form(request, form, act, needs="insight.make_subscription")
    if refused:
        return _list(request, form, status=refused)
    return _list(request, MakeWebhook(), shown=shown)


@require_POST
@never_cache
def rekey(request: HttpRequest, code: str) -> HttpResponse:
    """Make a new secret; the answer shows it, and nothing else ever does."""
    found, form, at, shown = _found(request, code), Rekey(request.POST), timezone.now(), ""

    def act(said: dict[str, Any]) -> str:
        nonlocal shown
        overlap = timedelta(hours=said["overlap_hours"])
        rekey_subscription(subscription=found, overlap=overlap, by=access.who(request), at=at)
        shown = secret_text(secrets_of(found, at)[0])
        return f"Secret number {found.secret_number} signs from now on."

    refused = carry_out_form(request, form, act, needs="insight.make_subscription")
    if refused:
        return _page(request, _found(request, code), form, status=refused)
    return _page(request, found, Rekey(), shown=shown)


def _list(
    request: HttpRequest, form: MakeWebhook, *, shown: str = "", status: int = 200
) -> HttpResponse:
    receivers = {receiver.code: receiver for receiver in all_receivers()}
    counted, home = standings(receivers.values()), here()
    rows = [
        (s, receivers[s.code], receivers[s.code].told_from == home, counted[s.code])
        for s in all_subscriptions()
    ]
    return render(
        request,
        "insight/webhooks.html",
        {
            "stage": "webhooks",
            "rows": rows,
            "form": form,
            "shown": shown,
            "may_make": access.who(request).has_perm("insight.make_subscription"),
        },
        status=status,
    )


def _page(
    request: HttpRequest, found: Subscription, form: Rekey, *, shown: str = "", status: int = 200
) -> HttpResponse:
    receiver = receiver_of(found)
    only = request.GET.get("state", "")
    log = deliveries_of(found)
    if only in STATES:
        log = log.filter(state=only)
    me = access.who(request)
    return render(
        request,
        "insight/webhook.html",
        {
            "stage": "webhooks",
            "webhook": found,
            "receiver": receiver,
            "from_here": is_told_from_here(receiver),
            "standing": standing(receiver),
            "programs": found.programs.select_related("program").order_by("program__code"),
            "verbs": sorted(wanted_by(found)),
            "page": page_of(request, log),
            "only": only,
            "states": STATES,
            "limit": LIMIT,
            "form": form,
            "shown": shown,
            "may_steer": me.has_perm("insight.steer_subscription") and found.state != "ended",
            "may_make": me.has_perm("insight.make_subscription") and found.state != "ended",
        },
        status=status,
    )


@require_POST
def act(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """Carry out what a form of the page asks; what is refused is said there."""
    found = _found(request, code)
    asked = verb_named(ACTS, verb)
    carry_out(request, lambda: asked(request, found))
    return redirect("webhook", code=code)


def _found(request: HttpRequest, code: str) -> Subscription:
    access.for_the_house_only(request)
    found = Subscription.objects.filter(code=code).first()
    if found is None:
        raise Http404
    return found


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "")


def _pause(request: HttpRequest, found: Subscription) -> str:
    pause_subscription(
        subscription=found, reason=_reason(request), by=access.who(request), at=timezone.now()
    )
    return "Nothing is sent for now; what happens meanwhile waits."


def _resume(request: HttpRequest, found: Subscription) -> str:
    resume_subscription(subscription=found, by=access.who(request), at=timezone.now())
    return "Messages go out again, beginning with what waits."


def _resend(request: HttpRequest, found: Subscription) -> str:
    count = resend_deliveries(subscription=found, by=access.who(request), at=timezone.now())
    return f"{count} parked messages are tried again, and what waits is tried now."


def _drop(request: HttpRequest, found: Subscription) -> str:
    number = request.POST.get("delivery", "")
    pk = int(number) if number.isdecimal() and len(number) < 19 else 0
    delivery = deliveries_of(found).filter(pk=pk).first()
    if delivery is None:
        raise DomainError("choose which message is given up")
    drop_delivery(
        subscription=found,
        delivery=delivery,
        reason=_reason(request),
        by=access.who(request),
        at=timezone.now(),
    )
    return f"{delivery.event} is given up; what waited behind it goes."


def _claim(request: HttpRequest, found: Subscription) -> str:
    claim_subscription(
        subscription=found, reason=_reason(request), by=access.who(request), at=timezone.now()
    )
    return "It is told from here, beginning with what waits."


def _end(request: HttpRequest, found: Subscription) -> str:
    end_subscription(
        subscription=found, reason=_reason(request), by=access.who(request), at=timezone.now()
    )
    return "It is told nothing any more."


ACTS = {
    "pause": _pause,
    "resume": _resume,
    "claim": _claim,
    "resend": _resend,
    "drop": _drop,
    "end": _end,
}
