"""Webhooks: who outside is told of events, what waits, what is parked, and what to do about it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from packline.foundation.deliveries import LIMIT, standing, standings
from packline.foundation.errors import DomainError, NotAllowed
from packline.insight.models import Subscription
from packline.insight.queries.subscriptions import (
    all_receivers,
    all_subscriptions,
    deliveries_of,
    receiver_of,
    wanted_by,
)
from packline.insight.services import (
    drop_delivery,
    end_subscription,
    pause_subscription,
    resend_deliveries,
    resume_subscription,
)
from packline.site import access
from packline.site.paging import page_of

__all__ = ["act", "webhook", "webhooks"]

STATES = ("waiting", "parked", "delivered", "dropped")


def webhooks(request: HttpRequest) -> HttpResponse:
    """List who is told, and how that goes."""
    access.for_the_house_only(request)
    receivers = {receiver.code: receiver for receiver in all_receivers()}
    counted = standings(receivers.values())
    rows = [(s, receivers[s.code], counted[s.code]) for s in all_subscriptions()]
    return render(request, "insight/webhooks.html", {"stage": "webhooks", "rows": rows})


def webhook(request: HttpRequest, code: str) -> HttpResponse:
    """Show one with its log."""
    found = _found(request, code)
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
            "standing": standing(receiver),
            "programs": found.programs.select_related("program").order_by("program__code"),
            "verbs": sorted(wanted_by(found)),
            "page": page_of(request, log),
            "only": only,
            "states": STATES,
            "limit": LIMIT,
            "may_steer": me.has_perm("insight.steer_subscription") and found.state != "ended",
            "may_make": me.has_perm("insight.make_subscription") and found.state != "ended",
        },
    )


@require_POST
def act(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """Carry out what a form of the page asks; what is refused is said there."""
    found = _found(request, code)
    if verb not in ACTS:
        raise Http404
    try:
        done = ACTS[verb](request, found)
    except NotAllowed:
        raise
    except DomainError as error:
        messages.error(request, f"Refused, nothing was changed. {error}", extra_tags="bad")
    else:
        messages.success(request, done, extra_tags="good")
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


def _end(request: HttpRequest, found: Subscription) -> str:
    end_subscription(
        subscription=found, reason=_reason(request), by=access.who(request), at=timezone.now()
    )
    return "It is told nothing any more."


ACTS = {"pause": _pause, "resume": _resume, "resend": _resend, "drop": _drop, "end": _end}
