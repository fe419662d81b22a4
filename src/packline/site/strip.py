"""The thread of a program as a strip: per stage where it stands, and what is open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.db.models import Count, Q, QuerySet
from django.template.defaultfilters import pluralize
from django.urls import reverse

from packline.assurance.models import Release, Verdict
from packline.assurance.states import FAILED, OPEN
from packline.design.models import Design, Study
from packline.insight.models import Report
from packline.process.models import Characteristic, Routing
from packline.production.models import Hold, Order, Unit
from packline.quality.models import Nonconformance
from packline.requirements.models import Program, Requirement
from packline.supply.models import Cell, LotHold

__all__ = ["Stop", "strips"]


@dataclass(frozen=True, slots=True)
class Stop:
    """One stage of a program's thread."""

    stage: str
    title: str
    state: str
    tone: str
    note: str
    open_points: int
    url: str


@dataclass(frozen=True, slots=True)
class _Counts:
    """What was counted over all programs at once, each by program."""

    requirements: dict[int, int]
    studies: dict[int, list[Study]]
    designs: dict[int, Design]
    routings: dict[int, Routing]
    characteristics: dict[int, int]
    stock: dict[int, dict[str, int]]  # by cell model
    lot_holds: dict[int, int]  # by cell model
    orders: dict[int, list[Order]]
    units: dict[int, dict[str, int]]
    holds: dict[int, int]
    nonconformances: dict[int, dict[str, int]]
    verdicts: dict[int, dict[str, int]]
    releases: dict[int, int]
    reports: dict[int, int]


def strips(programs: Sequence[Program], *, house: bool) -> dict[int, list[Stop]]:
    """Return the strip of each program by its id; the same few queries for any number of them.

    `house` says whether who looks may open the lots.
    """
    counts = _count(programs)
    return {program.pk: _stops(program, counts, house) for program in programs}


def _count(programs: Sequence[Program]) -> _Counts:
    studies: dict[int, list[Study]] = defaultdict(list)
    for study in Study.objects.filter(program__in=programs).order_by("number"):
        studies[study.program_id].append(study)
    designs: dict[int, Design] = {}
    for design in (
        Design.objects.filter(program__in=programs).select_related("cell").order_by("revision")
    ):
        designs[design.program_id] = design
    routings: dict[int, Routing] = {}
    for routing in (
        Routing.objects.filter(design__program__in=programs)
        .select_related("design")
        .order_by("design__revision", "revision")
    ):
        routings[routing.design.program_id] = routing
    orders: dict[int, list[Order]] = defaultdict(list)
    for order in Order.objects.filter(program__in=programs).order_by("number"):
        orders[order.program_id].append(order)
    cells = {design.cell_id for design in designs.values()}
    of_programs = Q(unit__order__program__in=programs)
    return _Counts(
        requirements=_by_key(Requirement.objects.filter(program__in=programs), "program"),
        studies=studies,
        designs=designs,
        routings=routings,
        characteristics=_by_key(
            Characteristic.objects.filter(operation__routing__in=routings.values()),
            "operation__routing",
        ),
        stock=_by_state(Cell.objects.filter(lot__cell__in=cells), "lot__cell", "state"),
        lot_holds=_by_key(
            LotHold.objects.filter(lot__cell__in=cells, lifted_at__isnull=True), "lot__cell"
        ),
        orders=orders,
        units=_by_state(
            Unit.objects.filter(order__program__in=programs), "order__program", "state"
        ),
        holds=_by_key(
            Hold.objects.filter(of_programs, lifted_at__isnull=True), "unit__order__program"
        ),
        nonconformances=_by_state(
            Nonconformance.objects.filter(of_programs), "unit__order__program", "state"
        ),
        verdicts=_by_state(
            Verdict.objects.filter(item__requirement__program__in=programs),
            "item__requirement__program",
            "verdict",
        ),
        releases=_by_key(Release.objects.filter(of_programs), "unit__order__program"),
        reports=_by_key(Report.objects.filter(order__program__in=programs), "order__program"),
    )


def _by_key(rows: QuerySet[Any], key: str) -> dict[int, int]:
    return dict(rows.values_list(key).annotate(n=Count("pk")).order_by())


def _by_state(rows: QuerySet[Any], key: str, state: str) -> dict[int, dict[str, int]]:
    counted: dict[int, dict[str, int]] = defaultdict(dict)
    for program, name, n in rows.values_list(key, state).annotate(n=Count("pk")).order_by():
        counted[program][name] = n
    return counted


def _stops(program: Program, counts: _Counts, house: bool) -> list[Stop]:
    return [
        _requirements(program, counts),
        _design(program, counts),
        _process(program, counts),
        _supply(program, counts, house),
        _production(program, counts),
        _quality(program, counts),
        _assurance(program, counts),
        _insight(program, counts),
    ]


def _requirements(program: Program, counts: _Counts) -> Stop:
    n = counts.requirements.get(program.pk, 0)
    return Stop(
        "requirements",
        "Requirements",
        program.state,
        "good" if program.state == "open" else "",
        f"{counted(n, 'requirement')}, revision {program.revision}",
        0,
        reverse("program", args=[program.code]),
    )


def _design(program: Program, counts: _Counts) -> Stop:
    url = reverse("design", args=[program.code])
    design = counts.designs.get(program.pk)
    studies = counts.studies.get(program.pk, [])
    if design is not None:
        note = f"{design.series}S{design.parallel}P of {design.cell}, revision {design.revision}"
        return Stop("design", "Design", design.state, _tone(design.state), note, 0, url)
    if studies:
        last = studies[-1]
        return Stop("design", "Design", last.state, _tone(last.state), "nothing released", 1, url)
    return Stop("design", "Design", "not begun", "", "no study yet", 0, url)


def _process(program: Program, counts: _Counts) -> Stop:
    routing = counts.routings.get(program.pk)
    url = reverse("process", args=[program.code])
    if routing is None:
        return Stop("process", "Process", "not begun", "", "no routing yet", 0, url)
    n = counts.characteristics.get(routing.pk, 0)
    return Stop(
        "process",
        "Process",
        "planned",
        "good",
        f"{counted(n, 'check')}, revision {routing.revision}",
        0,
        url,
    )


def _supply(program: Program, counts: _Counts, house: bool) -> Stop:
    url = reverse("lots") if house else ""
    design = counts.designs.get(program.pk)
    stock = counts.stock.get(design.cell_id, {}) if design is not None else {}
    if design is None or not stock:
        return Stop("supply", "Supply", "not begun", "", "no cells yet", 0, url)
    holds = counts.lot_holds.get(design.cell_id, 0)
    waiting = stock.get("quarantined", 0)
    note = f"{counted(sum(stock.values()), 'cell')}, {waiting} quarantined"
    state, tone = ("on hold", "bad") if holds else ("in stock", "good")
    return Stop("supply", "Supply", state, tone, note, holds, url)


def _production(program: Program, counts: _Counts) -> Stop:
    orders = counts.orders.get(program.pk, [])
    if not orders:
        return Stop("production", "Production", "not begun", "", "no order yet", 0, "")
    units = counts.units.get(program.pk, {})
    done = units.get("released", 0)
    total = sum(units.values())
    holds = counts.holds.get(program.pk, 0)
    if holds:
        state, tone = "held", "bad"
    elif total and done + units.get("scrapped", 0) == total:
        state, tone = "released", "good"
    else:
        state, tone = ("building", "busy") if total else ("placed", "busy")
    note = (
        f"{done} of {counted(total, 'unit')} released" if total else counted(len(orders), "order")
    )
    only = orders[0].number if len(orders) == 1 else ""
    url = reverse("order", args=[only]) if only else f"{reverse('orders')}?program={program.code}"
    return Stop("production", "Production", state, tone, note, holds, url)


def _quality(program: Program, counts: _Counts) -> Stop:
    url = f"{reverse('nonconformances')}?program={program.code}"
    found = counts.nonconformances.get(program.pk, {})
    waiting = sum(n for state, n in found.items() if state != "closed")
    if not counts.orders.get(program.pk):
        return Stop("quality", "Quality", "not begun", "", "nothing built yet", 0, url)
    note = f"{counted(sum(found.values()), 'nonconformance')}, {waiting} not closed"
    state, tone = ("open", "warn") if waiting else ("clear", "good")
    return Stop("quality", "Quality", state, tone, note, waiting, url)


def _assurance(program: Program, counts: _Counts) -> Stop:
    url = f"{reverse('releases')}?program={program.code}"
    verdicts = counts.verdicts.get(program.pk, {})
    released = counts.releases.get(program.pk, 0)
    if not verdicts:
        return Stop("assurance", "Assurance", "not begun", "", "nothing judged yet", 0, url)
    failed, waiting = verdicts.get(FAILED, 0), verdicts.get(OPEN, 0)
    note = counted(released, "signed release")
    if failed:
        return Stop("assurance", "Assurance", "failed", "bad", note, failed + waiting, url)
    if waiting:
        return Stop("assurance", "Assurance", "open", "warn", note, waiting, url)
    return Stop("assurance", "Assurance", "verified", "good", note, 0, url)


def _insight(program: Program, counts: _Counts) -> Stop:
    orders = counts.orders.get(program.pk, [])
    if not orders:
        return Stop("insight", "Insight", "not begun", "", "nothing to count yet", 0, "")
    url = f"{reverse('key-figures')}?order={quote(orders[-1].number)}"
    n = counts.reports.get(program.pk, 0)
    state, tone = ("reported", "good") if n else ("counting", "busy")
    return Stop("insight", "Insight", state, tone, f"{counted(n, 'report')} written", 0, url)


def counted(n: int, noun: str) -> str:
    """Write how many there are."""
    return f"{n} {noun}{pluralize(n)}"


def _tone(state: str) -> str:
    return {
        "released": "good",
        "feasible": "busy",
        "used": "busy",
        "draft": "busy",
        "infeasible": "bad",
    }.get(state, "")
