"""From the order to the report: what a run does on the floor and with what came of it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from packcalc.stats.no_data import NoData
from packline.assurance.services import (
    declare_evidence,
    plan_verification,
    release_unit,
    seal_days,
)
from packline.design.models import Design
from packline.foundation.errors import Blocked
from packline.foundation.files import read
from packline.insight.models import Report
from packline.insight.queries import kpis_of_order
from packline.insight.services import write_report
from packline.process.models import Routing
from packline.production.models import Order
from packline.production.services import close_order, match_cells, place_order
from packline.quality.models import ControlLimits, Nonconformance, Reaction
from packline.requirements.calc.spec import ProgramSpec
from packline.requirements.models import Program
from packline.site.listeners import listen
from packline.site.run.cast import Cast, Equipment
from packline.site.run.control import PHASE_ONE, freeze_what_carries
from packline.site.run.desk import Desk
from packline.site.run.facts import design_facts
from packline.site.run.floor import Floor
from packline.site.run.gauges import study_gauges
from packline.site.run.job import Listener, StageLine
from packline.site.run.line import order_line
from packline.site.run.twins import twin_facts, twin_notes

__all__ = ["assurance", "insight", "production", "quality", "seal"]


def production(
    spec: ProgramSpec,
    design: Design,
    routing: Routing,
    cast: Cast,
    equipment: Equipment,
    listener: Listener,
) -> tuple[Order, StageLine]:
    """Order, match, serialise, and take every unit through the line."""
    order = place_order(
        number=f"{spec.code}-1",
        design=design,
        routing=routing,
        quantity=spec.order.quantity,
        as_many_as_possible=spec.order.as_many_as_possible,
        virtual=True,
        line_seed=spec.line.seed,
        line_defect_ratio=spec.line.defect_rate,
        by=cast.planner,
        at=listener.clock(),
    )
    if order.state == "placed":
        match_cells(
            order=order,
            pattern=spec.serials.pattern,
            gtin=spec.serials.gtin,
            firmware_version=spec.firmware.version,
            by=cast.planner,
            at=listener.clock(),
        )
        order.refresh_from_db()
    facts = design_facts(design)
    study_gauges(order, routing, facts, equipment, cast, listener.clock())
    floor = Floor(
        operations=list(
            routing.operations.select_related("routing__design__program")
            .prefetch_related("characteristics")
            .order_by("number")
        ),
        line=order_line(order),
        design=facts,
        cast=cast,
        equipment=equipment,
        clock=listener.clock,
    )
    units = list(
        order.units.select_related("order__design__program", "order__routing").order_by("number")
    )
    for done, unit in enumerate(units):
        listener.progress(f"building {unit.serial}", done, len(units))
        floor.build(unit)
        if done + 1 == PHASE_ONE:
            freeze_what_carries(order, cast=cast, at=listener.clock())
    listen()
    passed = order.units.filter(state__in=("passed", "released")).count()
    cells = design.series * design.parallel
    figure = (
        f"{len(units)} packs of {design.series}S{design.parallel}P serialised "
        f"({len(units) * cells} cells), {passed} passed, {len(units) - passed} held or scrapped"
    )
    short = order.quantity - len(units)
    notes = (f"the stock gave {short} packs fewer than ordered",) if short else ()
    if order.as_many_as_possible and short:
        notes = (f"as many as the stock allows, at most {order.quantity}",)
    return order, StageLine(
        "production",
        figure,
        {"order": order.number, "units": len(units), "passed": passed, "cells_per_unit": cells},
        notes,
    )


def quality(order: Order) -> StageLine:
    """Say what went wrong and what was decided."""
    found = list(
        Nonconformance.objects.filter(unit__order=order).values_list("state", "disposition")
    )
    closed = sum(state == "closed" for state, _ in found)
    reworked = sum(disposition == "rework" for _, disposition in found)
    figure = (
        f"{len(found)} nonconformances on units, {closed} closed after rework, "
        f"{len(found) - closed} open"
    )
    limits = ControlLimits.objects.filter(characteristic__operation__routing=order.routing)
    frozen = limits.filter(superseded_at__isnull=True).count()
    waiting = Reaction.objects.filter(limits__in=limits).exclude(state="closed").count()
    notes = (f"{frozen} control charts on frozen limits, {waiting} signals wait for an answer",)
    return StageLine(
        "quality",
        figure,
        {
            "nonconformances": len(found),
            "closed": closed,
            "reworked": reworked,
            "frozen_limits": frozen,
            "signals": waiting,
        },
        notes if frozen else (),
    )


def assurance(
    spec: ProgramSpec,
    program: Program,
    order: Order,
    cast: Cast,
    folder: Path,
    listener: Listener,
) -> StageLine:
    """Judge every passed unit against its requirements, release it, issue its documents."""
    for evidence in spec.evidence:
        declare_evidence(program=program, evidence=evidence, by=cast.engineer, at=listener.clock())
    plan_verification(program=program, by=cast.engineer, at=listener.clock())
    refused: list[str] = []
    units = list(
        order.units.select_related(
            "order__design__cell", "order__program", "order__routing"
        ).order_by("number")
    )
    with Desk(cast=cast, folder=folder, clock=listener.clock, units=len(units)) as desk:
        for done, unit in enumerate(units):
            listener.progress(f"releasing {unit.serial}", done, len(units))
            if unit.state == "passed":
                try:
                    release_unit(unit=unit, by=cast.approver, at=listener.clock())
                except Blocked as error:
                    refused.append(str(error))
                    continue
            if unit.state == "released":
                desk.issue(unit)
    if (
        order.state == "matched"
        and not order.units.filter(state__in=("planned", "building")).exists()
    ):
        close_order(order=order, by=cast.planner, at=listener.clock())
    released = order.units.filter(state="released").count()
    items = program.requirements.count()
    figure = (
        f"{released} of {len(units)} packs released (virtual), not for shipment; "
        f"{items} requirements verified on each"
    )
    return StageLine(
        "assurance",
        figure,
        {
            "released": released,
            "requirements": items,
            "refused": len(refused),
            "twins": twin_facts(order),
        },
        (*refused[:5], *twin_notes(order)),
    )


def insight(order: Order, cast: Cast, folder: Path, at: datetime) -> tuple[Path, StageLine]:
    """Work out the figures of the order and write its report."""
    kpis = kpis_of_order(order)
    path = folder / "report.html"
    known = Report.objects.filter(order=order).select_related("file").order_by("-number").first()
    if known is None or _moved_since(order, known):
        known = write_report(order=order, by=cast.planner, at=at)
    path.write_bytes(read(known.file.sha256))
    yields = (
        "first-pass yield no data"
        if isinstance(kpis.first_pass, NoData)
        else f"first-pass yield {kpis.first_pass.value * 100:.1f} %"
    )
    rolled = (
        "rolled no data"
        if isinstance(kpis.rolled, NoData)
        else f"rolled {kpis.rolled.value * 100:.1f} %"
    )
    defective = (
        "DPPM no data" if isinstance(kpis.dppm, NoData) else f"{kpis.dppm.value:,.0f} DPPM on line"
    )
    top = ", ".join(f"{d.row.cause} ({d.row.count})" for d in kpis.top_defects) or "none"
    studied = [c for c in kpis.ctqs if not isinstance(c.study, NoData)]
    return path, StageLine(
        "insight",
        f"{yields}, {rolled}, {defective}; top defects: {top}",
        {
            "first_pass_yield": None
            if isinstance(kpis.first_pass, NoData)
            else kpis.first_pass.value,
            "rolled_throughput_yield": None
            if isinstance(kpis.rolled, NoData)
            else kpis.rolled.value,
            "dppm": None if isinstance(kpis.dppm, NoData) else kpis.dppm.value,
            "top_defects": [d.row.cause for d in kpis.top_defects],
            "ctqs_studied": len(studied),
        },
    )


def _moved_since(order: Order, report: Report) -> bool:
    """Whether a unit of the order has got a step since a report was written."""
    return order.units.filter(steps__finished_at__gt=report.written_at).exists()


def seal(cast: Cast, at: datetime) -> None:
    """Seal every chain that moved and is not sealed with its present head."""
    seal_days(by=cast.approver, at=at)
