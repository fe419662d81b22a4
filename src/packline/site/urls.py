"""Every address of the site."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path

from packline.site import api
from packline.site.views import (
    account,
    assurance,
    catalog,
    charts,
    design,
    insight,
    limits,
    process,
    production,
    programs,
    quality,
    reactions,
    resources,
    search,
    station,
    supply,
    unit,
)

# A number may hold a slash, so what follows it in an address is looked for first.
urlpatterns: list[URLPattern | URLResolver] = [
    path(api.ROOT, include((api.urls(), "api"))),
    path(f"{api.ROOT}<path:rest>", login_not_required(api.nothing_here)),
    path("station/", station.station, name="station"),
    path("station/worker.js", station.worker, name="station-worker"),
    path("sign-in/", account.sign_in, name="sign-in"),
    path("sign-out/", account.sign_out, name="sign-out"),
    path("search/", search.search, name="search"),
    path("cells/", catalog.cells, name="cells"),
    path("resources/", resources.resources, name="resources"),
    path("", programs.programs, name="programs"),
    path("designs/", design.designs, name="designs"),
    path("processes/", process.processes, name="processes"),
    path("programs/<path:code>/design/", design.design, name="design"),
    path("programs/<path:code>/process/", process.process, name="process"),
    path("programs/<path:code>/", programs.program, name="program"),
    path("lots/", supply.lots, name="lots"),
    path("lots/<path:number>/file/", supply.lot_file, name="lot-file"),
    path("lots/<path:number>/rejects/", supply.lot_rejects, name="lot-rejects"),
    path("lots/<path:number>/", supply.lot, name="lot"),
    path("orders/", production.orders, name="orders"),
    path(
        "orders/<path:number>/reports/<int:report>/", production.order_report, name="order-report"
    ),
    path("orders/<path:number>/charts/<str:code>/freeze/", limits.freeze, name="chart-freeze"),
    path("orders/<path:number>/charts/<str:code>/", charts.chart, name="chart"),
    path("orders/<path:number>/", production.order, name="order"),
    path("units/<path:serial>/verify/", unit.verify, name="unit-verify"),
    path(
        "units/<path:serial>/documents/<str:kind>/<int:number>/",
        unit.document,
        name="unit-document",
    ),
    path("units/<path:serial>/", unit.unit, name="unit"),
    path("nonconformances/", quality.nonconformances, name="nonconformances"),
    path("nonconformances/<str:number>/contain/", quality.contain, name="nonconformance-contain"),
    path("nonconformances/<str:number>/dispose/", quality.dispose, name="nonconformance-dispose"),
    path("nonconformances/<str:number>/close/", quality.close, name="nonconformance-close"),
    path("nonconformances/<str:number>/", quality.nonconformance, name="nonconformance"),
    path("signals/", reactions.reactions, name="reactions"),
    path("signals/<str:number>/acknowledge/", reactions.acknowledge, name="reaction-acknowledge"),
    path("signals/<str:number>/contain/", reactions.contain, name="reaction-contain"),
    path("signals/<str:number>/let-go/", reactions.let_go, name="reaction-let-go"),
    path("signals/<str:number>/close/", reactions.close, name="reaction-close"),
    path("signals/<str:number>/", reactions.reaction, name="reaction"),
    path("releases/", assurance.releases, name="releases"),
    path("key-figures/", insight.key_figures, name="key-figures"),
    path("charts/", charts.charts_of_an_order, name="charts"),
]
