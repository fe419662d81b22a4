"""Nonconformances: what is waiting, and deciding on one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from packline.foundation.errors import DomainError
from packline.foundation.events import events_of
from packline.process.models import Operation
from packline.production.models import JointSet, Reading
from packline.quality.calc.defects import defects
from packline.quality.models import Nonconformance, NonconformingCell
from packline.quality.services import (
    close_nonconformance,
    contain_nonconformance,
    dispose_nonconformance,
)
from packline.quality.states import NONCONFORMANCE
from packline.site import access
from packline.site.decisions import CHOICES, Decision, read_decision
from packline.site.listeners import listen
from packline.site.paging import page_of
from packline.site.refusals import status_of


def nonconformances(request: HttpRequest) -> HttpResponse:
    """List nonconformances, what is waiting first."""
    found = access.nonconformances(access.who(request))
    if program := request.GET.get("program", ""):
        found = found.filter(unit__order__program__code=program)
    counted = dict(found.order_by().values_list("state").annotate(n=Count("pk")))
    state = request.GET.get("state", "")
    if state in NONCONFORMANCE.states:
        found = found.filter(state=state)
    rows = found.select_related("unit", "lot", "step__operation", "opened_by")
    return render(
        request,
        "quality/nonconformances.html",
        {
            "stage": "quality",
            "page": page_of(request, rows),
            "states": [(name, counted.get(name, 0)) for name in NONCONFORMANCE.states],
            "total": sum(counted.values()),
            "state": state,
            "program": program,
            "defects": defects(),
        },
    )


def nonconformance(request: HttpRequest, number: str) -> HttpResponse:
    """Show one nonconformance and what may be done about it."""
    return _page(request, number)


@require_POST
def contain(request: HttpRequest, number: str) -> HttpResponse:
    """State how a nonconformance is contained."""
    typed = request.POST.get("containment", "").strip()

    def act(found: Nonconformance) -> None:
        contain_nonconformance(
            nonconformance=found, containment=typed, by=access.who(request), at=timezone.now()
        )

    return _carry_out(request, number, act, "Contained.", typed={"containment": typed})


@require_POST
def dispose(request: HttpRequest, number: str) -> HttpResponse:
    """Decide by signature; what is refused comes back with everything that was typed."""
    person = access.who(request)
    decision = read_decision(request.POST, person)
    if decision.problems:
        return _page(request, number, status=422, decision=decision)

    def act(found: Nonconformance) -> None:
        dispose_nonconformance(
            nonconformance=found,
            disposition=decision.disposition,
            justification=decision.justification,
            repeat_from=_chosen(found, decision.repeat_from),
            authentication="password",  # checked with the form, at the moment of signing
            by=person,
            at=timezone.now(),
        )

    return _carry_out(
        request, number, act, "Your decision was signed and carried out.", decision=decision
    )


@require_POST
def close(request: HttpRequest, number: str) -> HttpResponse:
    """Close what has been carried out."""
    typed = request.POST.get("note", "").strip()

    def act(found: Nonconformance) -> None:
        close_nonconformance(
            nonconformance=found, note=typed, by=access.who(request), at=timezone.now()
        )

    return _carry_out(request, number, act, "Closed.", typed={"note": typed})


def _carry_out(
    request: HttpRequest,
    number: str,
    act: Callable[[Nonconformance], None],
    done: str,
    *,
    typed: Mapping[str, str] | None = None,
    decision: Decision | None = None,
) -> HttpResponse:
    found = _found(request, number)
    try:
        act(found)
    except DomainError as error:
        return _page(
            request,
            number,
            status=status_of(error),
            refusal=error,
            typed=typed,
            decision=decision,
        )
    listen()
    messages.success(request, done, extra_tags="good")
    return redirect("nonconformance", number=number)


def _found(request: HttpRequest, number: str) -> Nonconformance:
    rows = access.nonconformances(access.who(request)).select_related(
        "unit__order__program",
        "lot__cell",
        "step__operation__routing",
        "step__unit",
        "step__operator",
        "hold__unit",
        "opened_by",
        "disposed_by",
        "closed_by",
    )
    return get_object_or_404(rows, number=number)


def _page(
    request: HttpRequest,
    number: str,
    *,
    status: int = 200,
    refusal: DomainError | None = None,
    decision: Decision | None = None,
    typed: Mapping[str, str] | None = None,
) -> HttpResponse:
    found = _found(request, number)  # read anew: a refused command leaves the old one half-changed
    person = access.who(request)
    operations = _operations(found)
    return render(
        request,
        "quality/nonconformance.html",
        {
            "stage": "quality",
            "virtual": bool(
                (found.unit and found.unit.virtual) or (found.lot and found.lot.virtual)
            ),
            "nonconformance": found,
            "house": access.sees_everything(person),
            "defect": defects().get(found.defect_code),
            "readings": _failed_readings(found),
            "joints": _failed_joints(found),
            "cells": page_of(request, _cells(found)),
            "events": events_of(found),
            "may_contain": found.state == "open"
            and person.has_perm("quality.contain_nonconformance"),
            "may_dispose": found.state == "contained"
            and person.has_perm("quality.dispose_nonconformance"),
            "may_close": found.state == "dispositioned"
            and person.has_perm("quality.close_nonconformance"),
            "choices": [
                (key, title, words)
                for key, (title, words) in CHOICES.items()
                if key != ("return_to_supplier" if found.unit_id else "rework")
            ],
            "operations": operations,
            "decision": decision or Decision(repeat_from=_first(found)),
            "refusal": refusal,
            "typed": typed or {},
            "signed": json.loads(found.statement) if found.statement else {},
        },
        status=status,
    )


def _is_virtual(found: Nonconformance) -> bool:
    about = found.unit or found.lot
    return about is not None and about.virtual


def _operations(found: Nonconformance) -> Sequence[Operation]:
    """Return the operations that rework may begin with: up to the one that failed."""
    if found.unit is None or found.step is None:
        return ()
    return list(
        found.step.operation.routing.operations.filter(number__lte=found.step.operation.number)
        .exclude(code="incoming")
        .order_by("number")
    )


def _first(found: Nonconformance) -> str:
    return str(found.step.operation.number) if found.step is not None else ""


def _chosen(found: Nonconformance, number: str) -> Operation | None:
    return next((o for o in _operations(found) if str(o.number) == number), None)


def _failed_readings(found: Nonconformance) -> QuerySet[Reading]:
    return (
        Reading.objects.filter(step=found.step_id, passed=False)
        .select_related("characteristic", "gauge", "guard_study__gauge")
        .order_by("characteristic__code", "position")
    )


def _failed_joints(found: Nonconformance) -> QuerySet[JointSet]:
    return (
        JointSet.objects.filter(step=found.step_id, n_failed__gt=0)
        .select_related("characteristic", "guard_study__gauge")
        .order_by("characteristic__code")
    )


def _cells(found: Nonconformance) -> QuerySet[NonconformingCell]:
    return found.cells.select_related("cell").order_by("cell__serial", "code")
