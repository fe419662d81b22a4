"""Key figures of an order; each opens the units behind it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe

from packcalc.stats.capability import Capability
from packcalc.stats.intervals import Proportion
from packcalc.stats.no_data import NoData
from packline.assurance.calc.wording import unit_symbol
from packline.insight.calc.kpis import CtqFigure, Kpis, StepFigure
from packline.insight.queries import kpis_of_order
from packline.quality.calc.defects import defects
from packline.site import access, charts

WANTED_CPK = 1.33


@dataclass(frozen=True, slots=True)
class CtqRow:
    """A critical characteristic as the page shows it."""

    figure: CtqFigure
    study: Capability | None
    verdict: str
    picture: SafeString


def key_figures(request: HttpRequest) -> HttpResponse:
    """Show the figures of one order: the one asked for, or the latest."""
    found = list(access.orders(access.who(request)).select_related("program"))
    wanted = request.GET.get("order", "")
    order = access.one_order(request, wanted) if wanted else next(iter(found), None)
    kpis = kpis_of_order(order) if order is not None else None
    steps = kpis.steps if kpis else ()
    return render(
        request,
        "insight/key_figures.html",
        {
            "stage": "insight",
            "virtual": bool(order and order.virtual),
            "order": order,
            "orders": found,
            "kpis": kpis,
            "first_pass": _interval(kpis),
            "steps": [(s, _share(s.value, s.name), _missed(s)) for s in steps],
            "pareto": _pareto(kpis),
            "top": [(_title(d.row.cause), d) for d in kpis.top_defects] if kpis else [],
            "ctqs": [_ctq(figure) for figure in kpis.ctqs] if kpis else [],
            "wanted_cpk": WANTED_CPK,
        },
    )


def _interval(kpis: Kpis | None) -> SafeString:
    return _share(kpis.first_pass, "First-pass yield") if kpis is not None else SafeString("")


def _share(share: Proportion | NoData, name: str) -> SafeString:
    """Draw a share with its interval; no data gives no picture."""
    if isinstance(share, NoData):
        return SafeString("")
    return mark_safe(charts.interval(share.value, low=share.low, high=share.high, name=name))


def _missed(step: StepFigure) -> list[str]:
    passed = set(step.first_pass)
    return [serial for serial in step.entered if serial not in passed]


def _title(code: str) -> str:
    known = defects().get(code)
    return known.title if known is not None else code.replace("_", " ")


def _pareto(kpis: Kpis | None) -> SafeString:
    if kpis is None:
        return SafeString("")
    counts = [(_title(d.row.cause), d.row.count) for d in kpis.top_defects]
    return mark_safe(charts.pareto(counts, title="Units by defect"))


def _ctq(figure: CtqFigure) -> CtqRow:
    values = [value for unit in figure.values for value in unit]
    picture = charts.histogram(
        values,
        name=figure.name,
        unit=unit_symbol(figure.unit_code),
        low=figure.low,
        high=figure.high,
        counted="values",
    )
    study = figure.study if isinstance(figure.study, Capability) else None
    if study is None or isinstance(study.cpk, NoData):
        verdict = ""
    else:
        verdict = "good" if study.cpk.value >= WANTED_CPK else "bad"
    return CtqRow(figure, study, verdict, mark_safe(picture))
