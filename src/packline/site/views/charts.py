"""Control charts of an order: what is out of control, and why each point is where it is."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

import numpy as np
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString, mark_safe

from packcalc.stats.capability import Capability
from packcalc.stats.charts.chart import Chart, Panel
from packcalc.stats.no_data import NoData
from packline.assurance.calc.wording import figure as written
from packline.assurance.calc.wording import unit_symbol
from packline.insight.calc.capability import capability_of
from packline.quality.calc.charts import ChartPoint, ControlFigure, Fired, neighbours
from packline.quality.queries import charts_of_order, checks_of_order
from packline.site import access
from packline.site.charts.control import Mark, Strip, control

PER_CHART = 200  # points that one picture shows
AROUND = 4  # readings of the same gauge before and after a point
USUAL = 20  # points that trial limits are usually found on
LISTED = 24  # values of a unit that are written out
BOUNDS = {"p": (0.0, 1.0)}  # of the axis, where it is not what there is to show
NAMES = {
    "individual": "value",
    "moving range": "moving range",
    "mean": "mean",
    "range": "range",
    "sd": "standard deviation",
    "fraction": "share not good",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A characteristic as the list shows it."""

    figure: ControlFigure
    signals: int
    study: Capability | None
    why_no_study: str


@dataclass(frozen=True, slots=True)
class Against:
    """A plotted statistic of one point against its limits."""

    name: str
    value: float | None
    centre: float
    lower: float
    upper: float
    away: float | None  # sigmas from the centre, with sign


@dataclass(frozen=True, slots=True)
class Around:
    """A point as its neighbours' table shows it."""

    number: int
    point: ChartPoint
    value: float
    query: str
    codes: str


@dataclass(frozen=True, slots=True)
class Why:
    """Everything that explains one point."""

    number: int
    point: ChartPoint
    value: float
    against: list[Against]
    fired: list[tuple[str, Fired]]
    around: list[Around]
    values: tuple[float, ...]  # written out when they are few


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
    order = access.one_order(request, number)
    checks = list(checks_of_order(order).filter(code=code))
    if not checks:
        raise Http404
    (figure,) = charts_of_order(order, checks[:1])
    chosen = _chosen(figure, request.GET.get("point", ""))
    context = {
        "stage": "charts",
        "virtual": order.virtual,
        "order": order,
        "check": checks[0],
        "figure": figure,
        "why": _why(figure, chosen) if chosen else None,
        "limits": figure.chart if isinstance(figure.chart, Chart) else None,
        "statistic": _statistic(figure),
    }
    if request.headers.get("HX-Request") and chosen:
        response = render(request, "insight/_point.html", context)
    else:
        page = _page(request, figure, chosen)
        context |= {
            "page": page,
            "picture": _picture(figure, page, chosen),
            "signals": [
                (n, figure.points[n - 1], _query(figure.points[n - 1]), _fired(figure, n))
                for n in figure.signals()
            ],
            "few": isinstance(figure.chart, Chart) and figure.chart.baseline.points < USUAL,
            "usual": USUAL,
        }
        response = render(request, "insight/chart.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


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


def _query(point: ChartPoint) -> str:
    return "?" + urlencode({"point": point.key})


def _statistic(figure: ControlFigure) -> str:
    return {"p": "share not good", "i_mr": "value"}.get(figure.kind, "mean")


def _fired(figure: ControlFigure, number: int) -> list[tuple[str, Fired]]:
    return [(NAMES[fired.panel], fired) for fired in figure.fired(number)]


def _why(figure: ControlFigure, number: int) -> Why:
    values = figure.plotted()
    point = figure.points[number - 1]
    panels = figure.chart.panels if isinstance(figure.chart, Chart) else ()
    return Why(
        number,
        point,
        values[number - 1],
        [_against(panel, number - 1) for panel in panels],
        _fired(figure, number),
        [
            Around(
                k,
                figure.points[k - 1],
                values[k - 1],
                _query(figure.points[k - 1]),
                ", ".join(dict.fromkeys(fired.rule.code for fired in figure.fired(k))),
            )
            for k in neighbours(figure, number, around=AROUND)
        ],
        point.values if 1 < len(point.values) <= LISTED else (),
    )


def _against(panel: Panel, k: int) -> Against:
    value, sigma = float(panel.points[k]), float(panel.sigma[k])
    known = not np.isnan(value)
    return Against(
        NAMES[panel.statistic],
        value if known else None,
        float(panel.centre[k]),
        float(panel.lower[k]),
        float(panel.upper[k]),
        (value - float(panel.centre[k])) / sigma if known and sigma > 0 else None,
    )


def _picture(figure: ControlFigure, page: Page[ChartPoint], chosen: int) -> SafeString:
    if not figure.points:
        return SafeString("")
    start, stop = page.start_index() - 1, page.end_index()
    values = figure.plotted()
    marks = [
        Mark(
            number=k + 1,
            name=_name(figure, k + 1, values[k]),
            href=_query(figure.points[k]),
            repeated=figure.points[k].attempt > 1,
            chosen=k + 1 == chosen,
        )
        for k in range(start, stop)
    ]
    symbol = unit_symbol(figure.unit_code)
    bounds = BOUNDS.get(figure.kind)
    if isinstance(figure.chart, Chart):
        strips = [_strip(panel, start, stop, symbol, bounds) for panel in figure.chart.panels]
    else:
        label = _label(_statistic(figure), symbol)
        strips = [Strip(label, values[start:stop], [()] * len(marks), bounds=bounds)]
    signals = len(figure.signals())
    return mark_safe(
        control(
            marks,
            strips,
            title=f"Control chart of {figure.name}",
            description=(
                f"{len(figure.points)} points of {figure.kind_in_words}; "
                f"{signals} signal{'' if signals == 1 else 's'}."
            ),
            target="#point",
        )
    )


def _name(figure: ControlFigure, number: int, value: float) -> str:
    point = figure.points[number - 1]
    again = f", attempt {point.attempt}" if point.attempt > 1 else ""
    shown = f"{value:.0%} not good" if figure.kind == "p" else written(value, figure.unit_code)
    return f"point {number}, {point.serial}{again}: {shown}"


def _label(name: str, symbol: str) -> str:
    return f"{name} / {symbol}" if symbol else name


def _strip(
    panel: Panel, start: int, stop: int, symbol: str, bounds: tuple[float, float] | None
) -> Strip:
    part = slice(start, stop)
    constant = np.ptp(panel.upper) == 0 and np.ptp(panel.lower) == 0
    return Strip(
        label=_label(NAMES[panel.statistic], symbol),
        values=[None if np.isnan(v) else float(v) for v in panel.points[part]],
        codes=[[rule.code for rule in panel.signals.at(k + 1)] for k in range(start, stop)],
        centre=panel.centre[part].tolist(),
        lower=panel.lower[part].tolist(),
        upper=panel.upper[part].tolist(),
        sigma=float(panel.sigma[0]) if constant else None,
        bounds=bounds,
    )
