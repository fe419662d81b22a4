"""Signals of control charts: which wait for somebody, and answering one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from packline.foundation.errors import DomainError
from packline.foundation.events import events_of
from packline.production.models import Hold, Unit
from packline.quality.models import Nonconformance, Reaction
from packline.quality.queries import signals_of
from packline.quality.services import (
    acknowledge_reaction,
    close_reaction,
    contain_reaction,
    let_units_go,
)
from packline.quality.states import REACTION, VERDICTS
from packline.site import access
from packline.site.around import around
from packline.site.listeners import listen
from packline.site.paging import page_of
from packline.site.points import NAMES
from packline.site.refusals import status_of


def reactions(request: HttpRequest) -> HttpResponse:
    """List signals; the menu leads to those that wait."""
    found = access.reactions(access.who(request))
    if program := request.GET.get("program", ""):
        found = found.filter(
            limits__characteristic__operation__routing__design__program__code=program
        )
    counted = dict(found.order_by().values_list("state").annotate(n=Count("pk", distinct=True)))
    state = request.GET.get("state", "")
    if state in REACTION.states:
        found = found.filter(state=state)
    return render(
        request,
        "quality/reactions.html",
        {
            "stage": "reactions",
            "page": page_of(request, found),
            "states": [(name, counted.get(name, 0)) for name in REACTION.states],
            "total": sum(counted.values()),
            "state": state,
            "program": program,
        },
    )


def reaction(request: HttpRequest, number: str) -> HttpResponse:
    """Show one signal, what surrounds it, and what may be done about it."""
    return _page(request, number)


@require_POST
def acknowledge(request: HttpRequest, number: str) -> HttpResponse:
    """Take a signal on."""

    def act(found: Reaction) -> None:
        acknowledge_reaction(reaction=found, by=access.who(request), at=timezone.now())

    return _carry_out(request, number, act, "You look after this signal.")


@require_POST
def contain(request: HttpRequest, number: str) -> HttpResponse:
    """Hold units."""
    reason = request.POST.get("reason", "").strip()
    serials = request.POST.getlist("unit")

    def act(found: Reaction) -> None:
        rows = Unit.objects.filter(serial__in=serials).order_by("serial")
        units = list(rows & access.units(access.who(request)))
        contain_reaction(
            reaction=found, units=units, reason=reason, by=access.who(request), at=timezone.now()
        )

    said = f"{len(serials)} unit{'' if len(serials) == 1 else 's'} held."
    return _carry_out(request, number, act, said, typed={"contain": reason})


@require_POST
def let_go(request: HttpRequest, number: str) -> HttpResponse:
    """Lift the holds of a signal."""
    because = request.POST.get("because", "").strip()

    def act(found: Reaction) -> None:
        let_units_go(reaction=found, because=because, by=access.who(request), at=timezone.now())

    return _carry_out(request, number, act, "The units go on.", typed={"because": because})


@require_POST
def close(request: HttpRequest, number: str) -> HttpResponse:
    """Answer a signal."""
    typed = {key: request.POST.get(key, "").strip() for key in ("verdict", "found", "done")}

    def act(found: Reaction) -> None:
        close_reaction(reaction=found, **typed, by=access.who(request), at=timezone.now())

    return _carry_out(request, number, act, "Answered and closed.", typed=typed)


def _carry_out(
    request: HttpRequest,
    number: str,
    act: Callable[[Reaction], None],
    done: str,
    *,
    typed: Mapping[str, str] | None = None,
) -> HttpResponse:
    found = get_object_or_404(access.reactions(access.who(request)), number=number)
    try:
        act(found)
    except DomainError as error:
        return _page(request, number, status=status_of(error), refusal=error, typed=typed)
    listen()
    messages.success(request, done, extra_tags="good")
    return redirect("reaction", number=number)


def _page(
    request: HttpRequest,
    number: str,
    *,
    status: int = 200,
    refusal: DomainError | None = None,
    typed: Mapping[str, str] | None = None,
) -> HttpResponse:
    person = access.who(request)
    found = get_object_or_404(access.reactions(person), number=number)  # read anew
    signals = list(signals_of(found))
    holds = list(
        Hold.objects.filter(reaction_hold__reaction=found)
        .select_related("unit", "placed_by")
        .order_by("unit__serial", "number")
    )
    open_holds = [hold for hold in holds if hold.lifted_at is None]
    surroundings = around(found, signals, access.orders(person))
    held = {hold.unit.serial for hold in open_holds}
    return render(
        request,
        "quality/reaction.html",
        {
            "stage": "reactions",
            "virtual": bool(signals and signals[0].step.unit.virtual),
            "reaction": found,
            "check": found.limits.characteristic,
            "signals": [(NAMES.get(s.statistic, s.statistic), s) for s in signals],
            "around": surroundings,
            "units": [u for u in surroundings.units if u.serial not in held],
            "holds": holds,
            "open_holds": open_holds,
            "nonconformances": Nonconformance.objects.filter(
                step__in=[s.step_id for s in signals]
            ).order_by("number"),
            "events": events_of(found),
            "verdicts": VERDICTS,
            "verdict": VERDICTS.get(found.verdict, ""),
            "may_acknowledge": found.state == "open"
            and person.has_perm("quality.acknowledge_reaction"),
            "may_contain": found.state != "closed" and person.has_perm("quality.contain_reaction"),
            "may_let_go": bool(open_holds)
            and person.has_perms(["quality.contain_reaction", "production.lift_hold"]),
            "may_close": found.state == "acknowledged"
            and person.has_perm("quality.close_reaction"),
            "refusal": refusal,
            "typed": typed or {},
        },
        status=status,
    )
