"""Cell lots: what came, how it is distributed, what was set aside and why."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe

from packline.assurance.calc.wording import unit_symbol
from packline.quality.queries import nonconformances_of_lot
from packline.site import access, charts
from packline.site.download import download
from packline.site.forms.asked import Because
from packline.site.forms.cells import DECISIONS, CellsOfALot
from packline.site.paging import page_of
from packline.site.views.sampling import sampling_of
from packline.supply.calc.measures import MEASURES
from packline.supply.models import CellLot
from packline.supply.queries.holds import open_holds
from packline.supply.queries.lots import (
    Distribution,
    find_lot,
    lot_distributions,
    lots_overview,
    quarantined_cells,
)


def lots(request: HttpRequest) -> HttpResponse:
    """List the lots with what became of their cells."""
    access.for_the_house_only(request)
    return render(
        request, "supply/lots.html", {"stage": "supply", "page": page_of(request, lots_overview())}
    )


def lot(request: HttpRequest, number: str) -> HttpResponse:
    """Show a lot: distributions with limits, quarantined cells with reasons, holds, files."""
    return lot_page(request, number)


def lot_page(
    request: HttpRequest,
    number: str,
    *,
    holding: Because | None = None,
    lifting: Mapping[int, Because] | None = None,
    deciding: CellsOfALot | None = None,
    status: int = 200,
) -> HttpResponse:
    """Return the page of a lot, with the forms as they were typed where one was refused."""
    found = find_or_404(request, number)
    person = access.who(request)
    distributions = lot_distributions(found)
    holds = [
        (hold, (lifting or {}).get(hold.number) or Because(auto_id=f"lift-{hold.number}-%s"))
        for hold in open_holds([found])
    ]
    return render(
        request,
        "supply/lot.html",
        {
            "stage": "supply",
            "virtual": found.virtual,
            "virtual_note": "Drawn from a population by the virtual line, not measured.",
            "lot": found,
            "distributions": [(d, _histogram(d)) for d in distributions],
            "limits": [(row, MEASURES[row.code].name) for row in found.limits.order_by("code")],
            "states": _states(found),
            "quarantined": page_of(request, quarantined_cells(found)),
            "holds": holds,
            "nonconformances": list(nonconformances_of_lot(found)),
            "warnings": found.warnings.splitlines(),
            "sampling": sampling_of(found, person),
            "hold_form": holding or Because(auto_id="hold-%s"),
            "may_hold": person.has_perm("supply.hold_lot"),
            "may_lift": person.has_perm("supply.lift_lot"),
            "cells_form": deciding or CellsOfALot(person=person),
            "may_decide": any(person.has_perm(needs) for needs, _ in DECISIONS.values()),
        },
        status=status,
    )


def lot_file(request: HttpRequest, number: str) -> HttpResponse:
    """Send the file that stated the cells, exactly as it came."""
    return download(find_or_404(request, number).file)


def lot_rejects(request: HttpRequest, number: str) -> HttpResponse:
    """Send the rows that could not be read, each with its reason."""
    found = find_or_404(request, number)
    if found.rejects is None:
        raise Http404
    return download(found.rejects)


def find_or_404(request: HttpRequest, number: str) -> CellLot:
    """Return a lot that the house may see, or end with 404."""
    access.for_the_house_only(request)
    found = find_lot(number)
    if found is None:
        raise Http404
    return found


def _histogram(distribution: Distribution) -> SafeString:
    return mark_safe(
        charts.histogram(
            distribution.values.tolist(),
            name=distribution.measure.name,
            unit=unit_symbol(distribution.measure.unit_code),
            low=distribution.low,
            high=distribution.high,
        )
    )


def _states(lot: CellLot) -> list[tuple[str, int]]:
    return list(lot.cells.values_list("state").annotate(n=Count("pk")).order_by("-n", "state"))
