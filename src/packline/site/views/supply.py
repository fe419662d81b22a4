"""Cell lots: what came, how it is distributed, what was set aside and why."""

from __future__ import annotations

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe

from packline.assurance.calc.wording import unit_symbol
from packline.quality.queries import nonconformances_of_lot
from packline.site import access, charts
from packline.site.download import download
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
    found = _lot(request, number)
    distributions = lot_distributions(found)
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
            "holds": open_holds([found]),
            "nonconformances": list(nonconformances_of_lot(found)),
            "warnings": found.warnings.splitlines(),
            "sampling": sampling_of(found, access.who(request)),
        },
    )


def lot_file(request: HttpRequest, number: str) -> HttpResponse:
    """Send the file that stated the cells, exactly as it came."""
    return download(_lot(request, number).file)


def lot_rejects(request: HttpRequest, number: str) -> HttpResponse:
    """Send the rows that could not be read, each with its reason."""
    found = _lot(request, number)
    if found.rejects is None:
        raise Http404
    return download(found.rejects)


def _lot(request: HttpRequest, number: str) -> CellLot:
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
