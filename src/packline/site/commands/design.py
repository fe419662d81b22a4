"""`packline design`: every pack that meets a program, and why the others do not."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from packline.site.options import NO, DataOption, JsonOption, ends_well, out, print_json
from packline.site.prepare import point_at, start_django

if TYPE_CHECKING:
    from packcalc.design import DesignStudy
    from packline.design.calc.courses import CourseRow, Key
    from packline.design.calc.limits import Hardware
    from packline.design.calc.rows import CandidateRow
    from packline.design.calc.targets import DesignQuestion

SHOWN = 15  # rejected candidates shown to a person unless --all


@ends_well
def design(
    program: Annotated[Path, typer.Argument(help="Program folder, with program.toml in it.")],
    catalog: Annotated[
        Path | None, typer.Option("--catalog", help="A further folder of cell sheets (TOML).")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Show every rejected candidate.")
    ] = False,
    pareto: Annotated[
        bool,
        typer.Option(
            "--pareto",
            help="Simulate the best: energy at C/5 and 1C, sag, warmth, retention, and the front.",
        ),
    ] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Search the catalogue for every pack that meets a program's requirements.

    Feasible packs come ranked by the program's objective, with what is tightest; of every cell
    the nearest misses follow, with the constraint that rejects them and by how much.

    With --pareto the best are simulated under load; a cell without an identified circuit is stood
    in for by its sheet and a published open-circuit curve, and that is said.

    Exit code 0: at least one pack is feasible. 1: none is. 2: the input cannot be used.
    """
    point_at(data, None)
    start_django()
    from packcalc.design import find_designs
    from packline.catalog.calc.spec import to_spec
    from packline.design.calc.rows import rows_of
    from packline.design.calc.targets import question_of
    from packline.foundation.errors import Refused
    from packline.requirements.forms import read_program
    from packline.site.catalogue import cell_sheets

    spec = read_program(program)
    sheets = cell_sheets(catalog)
    try:
        question = question_of(spec)
        answer = find_designs(
            [to_spec(sheet) for sheet in sheets], question.targets, spec.design.objective
        )
    except ValueError as error:
        raise Refused(f"{spec.code}: {error}") from error
    rows = rows_of(answer, spec.design)
    courses = {}
    if pareto:
        from packline.design.calc.courses import circuits_of, courses_of
        from packline.design.calc.rows import kept_of

        known = circuits_of(sheets)
        courses = courses_of(kept_of(answer, spec.design), question.targets, known)
    drawn = _hardware(answer, question)
    feasible = [row for row in rows if row.feasible]
    rejected = [row for row in rows if not row.feasible]
    if as_json:
        print_json(
            {
                "program": spec.code,
                "objective": spec.design.objective,
                "cells": len(sheets),
                "tried": len(answer.feasible) + len(answer.rejected),
                "feasible": [_plain(row) for row in feasible],
                "rejected": [_plain(row) for row in rejected],
                "hardware_of_the_first": None if drawn is None else asdict(drawn),
                **({"simulated": _simulated(courses)} if courses else {}),
            }
        )
    else:
        screen = out()
        screen.print(
            f"[bold]{spec.title}[/]: {len(feasible)} feasible of "
            f"{len(answer.feasible) + len(answer.rejected)} arrangements of {len(sheets)} cells, "
            f"ranked by {spec.design.objective}"
        )
        _show(feasible, "Feasible", "tightest")
        if drawn is not None:
            _show_hardware(drawn)
        if courses:
            _show_courses(courses, {(r.code, r.series, r.parallel): r for r in rows})
        shown = rejected if everything else rejected[:SHOWN]
        _show(shown, "Rejected: the nearest miss of each cell and series count", "rejected by")
        if len(shown) < len(rejected):
            screen.print(f"and {len(rejected) - len(shown)} more (--all, --json)")
    if not feasible:
        raise typer.Exit(NO)


def _hardware(answer: DesignStudy, question: DesignQuestion) -> Hardware | None:
    """Draw conductors, fuse and distances of the first in rank, by the rules of today."""
    from packcalc.design import DesignRules, pack_figures
    from packline.design.calc.limits import hardware_of
    from packline.foundation.errors import Refused

    if not answer.feasible:
        return None
    first, today = answer.feasible[0], datetime.now(UTC).date()
    shape = (first.cell, first.series, first.parallel)
    try:
        figures = pack_figures(*shape, question.targets, DesignRules())
        return hardware_of(*shape, figures, question, today)
    except ValueError as error:
        raise Refused(str(error)) from error


def _show_hardware(drawn: Hardware) -> None:
    table = Table(title="Conductors, fuse and distances of the first", title_justify="left")
    table.add_column("what", overflow="fold")
    table.add_column("least", justify="right", no_wrap=True)
    table.add_column("from", overflow="fold")
    for row in drawn.rows:
        value = row.target if row.low is None else row.low
        unit = "" if row.unit_code == "1" else f" {row.unit_code}"
        table.add_row(row.quantity, f"{_figure(value)}{unit}", row.reason)
    screen = out()
    screen.print(table)
    for line in drawn.open:
        screen.print(f"  {line}", markup=False)


def _simulated(courses: dict[Key, CourseRow]) -> list[dict[str, object]]:
    from packline.design.calc.courses import curves_of

    return [
        {
            "cell": cell,
            "topology": f"{series}S{parallel}P",
            **{k: v for k, v in asdict(row).items() if k not in ("curves_text", "notes")},
            "notes": row.notes.splitlines(),
            "curves": curves_of(row.curves_text),
        }
        for (cell, series, parallel), row in courses.items()
    ]


def _show_courses(courses: dict[Key, CourseRow], rows: dict[Key, CandidateRow]) -> None:
    table = Table(title="Simulated: the front is marked *", title_justify="left")
    for name in ("", "cell", "topology", "kg", "Wh C/5", "Wh 1C", "sag V", "+K", "dK", "left"):
        table.add_column(name, justify="left" if name in ("", "cell", "topology") else "right")
    silent = []
    for key, course in courses.items():
        cell, series, parallel = key
        topology = f"{series}S{parallel}P"
        if course.energy_c1_wh is None:
            silent.append(f"{cell} {topology}: {course.notes}")
            continue
        mark = "*" if course.front else ("" if rows[key].feasible else "rejected")
        if course.limit_after_s is not None:
            silent.append(f"{cell} {topology}: {_warm(course.limit_after_s)}")
        share = course.retention_ratio
        table.add_row(
            mark,
            cell,
            topology,
            _figure(rows[key].numbers["mass_kg"]),
            *(
                "-" if value is None else f"{value:.4g}"
                for value in (
                    course.energy_c5_wh,
                    course.energy_c1_wh,
                    course.sag_v,
                    course.rise_k,
                    course.spread_k,
                )
            ),
            "-" if share is None else f"{share * 100:.0f} %",
        )
    screen = out()
    screen.print(table)
    for line in silent:
        screen.print(f"  {line}", markup=False)
    said = dict.fromkeys(
        n for c in courses.values() if c.energy_c1_wh for n in c.notes.split("\n")
    )
    for note in said:
        screen.print(f"  {note}", markup=False)


def _plain(row: CandidateRow) -> dict[str, object]:
    return {
        **{k: v for k, v in asdict(row).items() if k != "numbers"},
        "topology": f"{row.series}S{row.parallel}P",
        **row.numbers,
    }


def _show(rows: list[CandidateRow], title: str, why: str) -> None:
    if not rows:
        return
    ranked = rows[0].feasible
    table = Table(title=title, title_justify="left")
    for name in ("rank", "cell", "topology", "Wh", "kg", "margin"):
        if name in ("rank", "Wh", "kg") and not ranked:
            continue
        right = name in ("rank", "Wh", "kg", "margin")
        table.add_column(name, justify="right" if right else "left", no_wrap=True)
    table.add_column(why, overflow="fold")
    for row in rows:
        margin = "" if row.margin_ratio is None else f"{row.margin_ratio * 100:+.1f} %"
        figures = [_figure(row.numbers[key]) for key in ("energy_wh", "mass_kg")]
        table.add_row(
            *([str(row.rank)] if ranked else []),
            row.code,
            f"{row.series}S{row.parallel}P",
            *(figures if ranked else []),
            margin,
            row.reason,
        )
    out().print(table)


def _warm(after_s: float) -> str:
    return (
        f"passes its sheet's warmest after {after_s / 60:.0f} min of the continuous current in "
        "still air: give it a path for its heat, or limit current or time"
    )


def _figure(value: float | None) -> str:
    return "not stated" if value is None else f"{value:.4g}"
