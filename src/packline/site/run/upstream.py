"""From requirements to accepted cells: what a run does before anything is built."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from packline.design.models import Course, Design, Study
from packline.design.services import release_design, study_designs
from packline.foundation.errors import InputError, Problem
from packline.process.models import Characteristic, FailureMode, Routing
from packline.process.services import plan_process
from packline.requirements.calc.completeness import completeness
from packline.requirements.calc.lint import lint
from packline.requirements.calc.spec import CellsSpec, ProgramSpec
from packline.requirements.models import Program
from packline.requirements.services import open_program
from packline.site.catalogue import cell_sheets
from packline.site.listeners import listen
from packline.site.run.cast import Cast
from packline.site.run.job import Listener, RunRequest, StageLine
from packline.site.run.sampling import sample_lot
from packline.supply.calc.limits import IncomingLimit
from packline.supply.forms import mapping_of, read_cells
from packline.supply.models import CellLot
from packline.supply.queries.sampling import sample_of_lot
from packline.supply.services import inspect_lot, receive_cells
from packlink.virtual import population

__all__ = ["design", "incoming_of", "process", "requirements", "supply"]


def requirements(spec: ProgramSpec, cast: Cast, at: datetime) -> tuple[Program, StageLine]:
    """Open the program; say how complete it is and what the linter finds."""
    program = open_program(spec=spec, by=cast.planner, at=at)
    share = 100 * completeness(spec).score
    found = lint(spec)
    groups = len({r.group for r in spec.requirements})
    figure = (
        f"{len(spec.requirements)} requirements in {groups} of 11 groups, "
        f"{share:.0f} % of what the {spec.playbook} playbook asks, {len(found)} findings"
    )
    return program, StageLine(
        "requirements",
        figure,
        {
            "program": spec.code,
            "requirements": len(spec.requirements),
            "complete_percent": round(share, 1),
            "findings": [f.rule for f in found],
        },
    )


def design(
    spec: ProgramSpec, program: Program, further: Path | None, cast: Cast, at: datetime
) -> tuple[Design, StageLine]:
    """Search the catalogue and release the best pack; a released design is kept."""
    known = Design.objects.filter(program=program, state="released").first()
    if known is None:
        study = (
            Study.objects.filter(program=program).exclude(state="infeasible").last()
        ) or study_designs(
            program=program,
            cells=cell_sheets(further),
            by=cast.engineer,
            at=at,
        )
        known = release_design(study=study, by=cast.engineer, at=at)
    candidates = known.study.candidates
    feasible = candidates.filter(feasible=True).count()
    best = candidates.get(cell=known.cell, series=known.series, parallel=known.parallel)
    course = Course.objects.filter(candidate=best).exclude(energy_c1_wh=None).first()
    figure = (
        f"{known.series}S{known.parallel}P of {known.cell}, "
        f"{best.energy_wh:.0f} Wh: first of {feasible} feasible by {known.study.objective}; "
        f"{candidates.filter(feasible=False).count()} rejected with reasons"
    ) + ("" if course is None else f"; simulated: {_simulated(course)}")
    return known, StageLine(
        "design",
        figure,
        {
            "design": str(known),
            "cell": str(known.cell),
            "topology": f"{known.series}S{known.parallel}P",
            "energy_wh": best.energy_wh,
            "feasible": feasible,
            "limits": known.limits.count(),
        },
    )


def _simulated(course: Course) -> str:
    """Say what a design does under load, in a line."""
    parts = [f"{course.energy_c1_wh:.0f} Wh at 1C"]
    if course.sag_v is not None:
        parts.append(f"{course.sag_v:.1f} V of sag")
    if course.rise_k is not None:
        parts.append(f"up to {course.rise_k:.0f} K warmer in still air")
    return ", ".join(parts)


def process(released: Design, cast: Cast, at: datetime) -> tuple[Routing, StageLine]:
    """Plan the process that the design asks for."""
    routing = plan_process(design=released, by=cast.engineer, at=at)
    operations = routing.operations.count()
    characteristics = Characteristic.objects.filter(operation__routing=routing).count()
    modes = FailureMode.objects.filter(operation__routing=routing)
    high = modes.filter(ap="H").count()
    figure = (
        f"{operations} operations, {characteristics} characteristics with limits from the design, "
        f"{modes.count()} failure modes ({high} of high priority)"
    )
    return routing, StageLine(
        "process",
        figure,
        {
            "routing": str(routing),
            "operations": operations,
            "characteristics": characteristics,
            "failure_modes": modes.count(),
        },
    )


def supply(
    request: RunRequest, spec: ProgramSpec, released: Design, cast: Cast, listener: Listener
) -> StageLine:
    """Receive the lot, judge every cell, quarantine the outsiders with a nonconformance."""
    told = spec.cells
    with _cell_file(request, told) as path:
        mapping = mapping_of(told.columns, told.select)
        cells = read_cells(path, mapping, strict=request.strict, lot_number=told.lot)
    lot = receive_cells(
        lot_number=told.lot,
        supplier=told.supplier,
        cell=released.cell,
        cells=cells,
        received_on=told.received_on,
        virtual=request.cells is None and told.population is not None,
        by=cast.inspector,
        at=listener.clock(),
    )
    if lot.state == "received" and lot.virtual and told.population is not None:
        sample_lot(lot, told.population.seed, cast, listener)
    if lot.state == "received":
        inspect_lot(lot=lot, limits=incoming_of(released), by=cast.inspector, at=listener.clock())
        lot.refresh_from_db()
    listen()
    return _supplied(lot, cells.warnings, request.folder)


def _supplied(lot: CellLot, warnings: tuple[str, ...], folder: Path) -> StageLine:
    quarantined = lot.cells.filter(state="quarantined").count()
    by_limit = ", ".join(
        f"{limit.code} {limit.n_out}" for limit in lot.limits.order_by("code") if limit.n_out
    )
    figure = (
        f"{lot.row_count} cells of lot {lot}, {lot.row_count - quarantined} accepted, "
        f"{quarantined} quarantined" + (f" ({by_limit})" if by_limit else "")
    )
    sample = sample_of_lot(lot)
    if sample is not None:
        figure += (
            f"; sample of {sample.size} {sample.state} ({sample.severity} inspection, AQL "
            f"{sample.aql}, {sample.nonconforming} not conforming)"
        )
    notes = []
    if lot.rejected_count:
        notes.append(f"{lot.rejected_count} rows could not be read: see the lot's reject file")
    notes += [f"look at: {warning}" for warning in warnings]
    return StageLine(
        "supply",
        figure,
        {
            "lot": lot.number,
            "cells": lot.row_count,
            "quarantined": quarantined,
            "unreadable": lot.rejected_count,
            "virtual": lot.virtual,
        },
        tuple(notes),
    )


def incoming_of(released: Design) -> list[IncomingLimit]:
    """Return the incoming limits that a design sets for its cells."""
    return [
        IncomingLimit(row.code, row.unit_code, row.low, row.high, reason=row.reason)
        for row in released.limits.filter(kind="incoming").order_by("code")
    ]


@contextmanager
def _cell_file(request: RunRequest, told: CellsSpec) -> Iterator[Path]:
    """Yield the file of measured cells: handed over, of the program, or drawn from its population.

    Raises
    ------
    InputError
        If the program names no cells and none were handed over.
    """
    if request.cells is not None:
        yield request.cells
    elif told.population is not None:
        p = told.population
        drawn = population(
            seed=p.seed,
            n=p.n,
            capacity_mean_ah=p.capacity_mean_ah,
            capacity_sd_ah=p.capacity_sd_ah,
            ocv_mean_v=p.ocv_mean_v,
            ocv_sd_v=p.ocv_sd_v,
            resistance_mean_mohm=p.resistance_mean_mohm,
            resistance_sd_mohm=p.resistance_sd_mohm,
            resistance_kind=p.resistance_kind,
            correlation=p.correlation,
            outlier_share=p.outlier_share,
            sublots=p.sublots,
            sublot_shift_sd=p.sublot_shift_sd,
            serial_prefix=f"{told.lot}-",
        )
        with tempfile.TemporaryDirectory(prefix="packline-") as folder:
            path = Path(folder) / f"{told.lot}-virtual.csv"
            drawn.write_csv(path)
            yield path
    elif told.file:
        yield request.folder / told.file
    else:
        raise InputError(
            [
                Problem(
                    "program.toml [cells]",
                    message="names neither a file nor a population",
                    allowed="hand the measured cells over with --cells FILE.csv",
                )
            ]
        )
