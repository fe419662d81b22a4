"""Control charts of an order: what is out of control, and why each point is where it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from packcalc.stats.capability import Capability
from packcalc.stats.charts.chart import Chart
from packcalc.stats.charts.conventions import rule_set
from packcalc.stats.no_data import NoData
from packline.foundation.errors import DomainError
from packline.insight.calc.capability import capability_of
from packline.process.models import Characteristic
from packline.production.models import Order
from packline.quality.calc.charts import CONVENTION, ChartPoint, ControlFigure, Frozen
from packline.quality.models import ControlLimits
from packline.quality.queries import charts_of_order, checks_of_order
from packline.quality.queries.limits import frozen_of, versions_of
from packline.quality.queries.reactions import reactions_by_step
from packline.quality.queries.tools import tooling_of
from packline.site import access
from packline.site.control_picture import picture_of, statistic_of
from packline.site.freezing import typed_at_first
from packline.site.points import Address, fired_on, why

PER_CHART = 200  # points that one picture shows
USUAL = 20  # points that trial limits are usually found on


@dataclass(frozen=True, slots=True)
class Row:
    """A characteristic as the list shows it."""

    figure: ControlFigure
    signals: int
    study: Capability | None
    why_no_study: str


def charts_of_an_order(request: HttpRequest) -> HttpResponse:
    """List the characteristics of one order: the one asked for, or the latest."""
    found = list(access.orders(access.who(request)).select_related("program"))
    wanted = request.GET.get("order", "")
    order = access.one_order(request, wanted) if wanted else next(iter(found), None)
    figures = charts_of_order(order, checks_of_order(order)) if order is not None else []
    return render(
        request,
        "insight/charts.html",
        {
            "stage": "charts",
            "virtual": bool(order and order.virtual),
            "order": order,
            "orders": found,
            "rows": [_row(figure) for figure in figures],
        },
    )


def chart(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Show the chart of one characteristic; with a point, say why that is where it is."""
    order, check = one_check(request, number, code)
    return chart_page(request, order, check)


def one_check(request: HttpRequest, number: str, code: str) -> tuple[Order, Characteristic]:
    """Return an order and a characteristic that is checked on it, or end with 404."""
    order = access.one_order(request, number)
    check = checks_of_order(order).filter(code=code).first()
    if check is None:
        raise Http404
    return order, check


def chart_page(
    request: HttpRequest,
    order: Order,
    check: Characteristic,
    *,
    status: int = 200,
    refusal: DomainError | None = None,
    typed: Mapping[str, str] | None = None,
    proposed: Frozen | None = None,
) -> HttpResponse:
    """Show a chart; `proposed` are limits that somebody looks at before they freeze them."""
    versions = list(versions_of(check))
    address, figure = figure_shown(request, order, check, versions, proposed)
    chosen = _chosen(figure, request.GET.get("point", ""))
    reactions = reactions_by_step(check, order)
    point = figure.points[chosen - 1] if chosen else None
    context = {
        "stage": "charts",
        "virtual": order.virtual,
        "order": order,
        "check": check,
        "figure": figure,
        "why": why(
            figure,
            chosen,
            address,
            reactions.get(point.step, ()),
            tooling_of(check, point),
        )
        if point
        else None,
        "limits": figure.chart if isinstance(figure.chart, Chart) else None,
        "statistic": statistic_of(figure),
    }
    if request.headers.get("HX-Request") and chosen:
        response = render(request, "insight/_point.html", context)
    else:
        page = _page(request, figure, chosen)
        context |= {
            "page": page,
            "picture": picture_of(
                figure,
                address,
                start=page.start_index() - 1,
                stop=page.end_index(),
                chosen=chosen,
            )
            if figure.points
            else "",
            "signals": [
                (
                    n,
                    figure.points[n - 1],
                    address.query(figure.points[n - 1]),
                    fired_on(figure, n),
                    reactions.get(figure.points[n - 1].step, ()),
                )
                for n in figure.signals()
            ],
            "few": isinstance(figure.chart, Chart) and figure.chart.baseline.points < USUAL,
            "usual": USUAL,
            "versions": versions,
            "shown": next((v for v in versions if _is_shown(v, figure)), None),
            "streams": _streams(figure, versions, address),
            "address": address,
            "may_freeze": access.who(request).has_perm("quality.freeze_limits"),
            "every_rule": rule_set(CONVENTION).rules,
            "proposed": proposed,
            "refusal": refusal,
            "typed": typed if typed is not None else typed_at_first(check, figure),
        }
        response = render(request, "insight/chart.html", context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def figure_shown(
    request: HttpRequest,
    order: Order,
    check: Characteristic,
    versions: list[ControlLimits],
    proposed: Frozen | None = None,
) -> tuple[Address, ControlFigure]:
    """Return the chart that an address names, on proposed limits if there are any."""
    address, judged_by = _address(request, versions)
    (figure,) = charts_of_order(
        order,
        [check],
        judged_by=proposed or judged_by,
        station=address.station,
        gauge=address.gauge,
    )
    return address, figure


def _address(request: HttpRequest, versions: list[ControlLimits]) -> tuple[Address, Frozen | None]:
    """Read which stream and which version the address asks for."""
    wanted = request.GET.get("limits", "")
    if not wanted:
        return Address(request.GET.get("station", ""), request.GET.get("gauge", "")), None
    for limits in versions:
        if limits.number == wanted:
            found = frozen_of(limits)
            return Address(found.station, found.gauge, wanted), found
    raise Http404


def _is_shown(limits: ControlLimits, figure: ControlFigure) -> bool:
    return figure.frozen is not None and limits.number == figure.frozen.number


def _streams(
    figure: ControlFigure, versions: list[ControlLimits], address: Address
) -> list[tuple[str, str, str]]:
    """Return the streams that can be looked at, query, station and gauge: where there are any."""
    stations, gauges = {p.station for p in figure.points}, {p.gauge for p in figure.points}
    found = {("", ""), (address.station, address.gauge)}
    found |= {(station, "") for station in stations if len(stations) > 1}
    found |= {("", gauge) for gauge in gauges if gauge and len(gauges) > 1}
    found |= {
        (v.station.code if v.station else "", v.gauge.code if v.gauge else "") for v in versions
    }
    return [(Address(*key).query(), *key) for key in sorted(found)]


def _row(figure: ControlFigure) -> Row:
    study = capability_of(figure)
    known = study if isinstance(study, Capability) else None
    reason = study.reason if isinstance(study, NoData) else ""
    if known is not None and isinstance(known.cpk, NoData):
        reason = known.cpk.reason
    return Row(figure, len(figure.signals()), known, reason)


def _chosen(figure: ControlFigure, key: str) -> int:
    """Return the number of the point that the address names, 0 when it names none."""
    if not key:
        return 0
    for number, point in enumerate(figure.points, start=1):
        if point.key == key:
            return number
    raise Http404


def _page(request: HttpRequest, figure: ControlFigure, chosen: int) -> Page[ChartPoint]:
    """Return the points that the picture shows: as asked, around the chosen one, or the latest."""
    pages = Paginator(figure.points, PER_CHART)
    if chosen and "page" not in request.GET:
        return pages.get_page((chosen - 1) // PER_CHART + 1)
    return pages.get_page(request.GET.get("page") or pages.num_pages)
