"""Freezing the limits of a chart: looked at first, then kept for ever."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from packline.foundation.errors import DomainError
from packline.quality.calc.charts import Frozen
from packline.quality.queries.limits import versions_of
from packline.quality.services import freeze_limits, propose_limits
from packline.site import access
from packline.site.freezing import read_freezing
from packline.site.points import Address
from packline.site.refusals import status_of
from packline.site.views.charts import chart_page, figure_shown, one_check


@require_POST
def freeze(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Show what the limits would be, or freeze them; what is refused keeps what was typed."""
    order, check = one_check(request, number, code)
    person, at = access.who(request), timezone.now()
    typed = {k: str(v) for k, v in request.POST.items()}
    typed["rules"] = " ".join(request.POST.getlist("rule"))
    try:
        _, figure = figure_shown(request, order, check, list(versions_of(check)))
        asked = read_freezing(request.POST, figure)
        chosen: dict[str, Any] = {
            "station": asked.station,
            "gauge": asked.gauge,
            "kind": asked.kind,
            "since": asked.since,
            "exclude": asked.exclude,
        }
        if "look" in request.POST and person.has_perm("quality.freeze_limits"):
            found = propose_limits(check, **chosen, at=at)
            proposed = Frozen(
                number="",
                version=0,
                station=str(asked.station or ""),
                gauge=str(asked.gauge or ""),
                since=at,
                baseline=found.baseline,
            )
            for doubt in found.doubts:
                messages.warning(request, f"Doubt: {doubt}.", extra_tags="warn")
            return chart_page(request, order, check, typed=typed, proposed=proposed)
        limits = freeze_limits(
            characteristic=check,
            reason=asked.reason,
            rules=asked.rules,
            despite_doubts=asked.despite_doubts,
            **chosen,
            by=person,
            at=at,
        )
    except DomainError as error:
        return chart_page(
            request, order, check, status=status_of(error), refusal=error, typed=typed
        )
    messages.success(
        request,
        f"{limits} frozen as version {limits.version}: points are judged by it from now on.",
        extra_tags="good",
    )
    where = Address(str(limits.station or ""), str(limits.gauge or ""))
    return redirect(reverse("chart", args=[order.number, check.code]) + where.query())
