"""`packline grade`: measured cells into classes of capacity and resistance, without a database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from packline.site.commands.match_input import (
    ColumnOption,
    FileArgument,
    JsonFileOption,
    SelectOption,
    TopologyOption,
    WindowOption,
    read_rules,
    read_stock,
    read_topology,
    unusable,
)
from packline.site.commands.match_report import STDOUT, tell_columns, tell_rejects, write_files
from packline.site.options import ends_well, out

if TYPE_CHECKING:
    from packcalc.matching import CellArrays, Grades, Topology


@ends_well
def grade(
    file: FileArgument,
    topology: TopologyOption = "1S1P",
    capacity_width: Annotated[
        float | None,
        typer.Option("--capacity-width", help="Width of a class; 1 % when left out. [Ah]"),
    ] = None,
    ir_width: Annotated[
        float | None,
        typer.Option("--ir-width", help="Width of a class; 5 % when left out. [mOhm]"),
    ] = None,
    column: ColumnOption = None,
    select: SelectOption = None,
    window: WindowOption = None,
    json_file: JsonFileOption = None,
) -> None:
    """Sort measured cells into classes of capacity and resistance, for shops that keep them so.

    Exit code 0: at least one cell is graded. 1: none is let in. 2: the file or an option cannot
    be used. With --topology it says how many packs each class would make.
    """
    from packcalc.matching import grade as sort_into_classes
    from packcalc.matching.screening import screen

    shape = read_topology(topology)
    rules = read_rules(window or [], "free", oldest_first=False, limits={})
    for option, width in (("--capacity-width", capacity_width), ("--ir-width", ir_width)):
        if width is not None and not width > 0:
            raise unusable(option, f"{width:g}", "a class so wide holds nothing", "more than 0")
    table = read_stock(file, column or [], select or [], None, rules)
    kept, reasons = screen(table.cells, rules)
    found = sort_into_classes(table.cells, kept, shape, capacity_width, ir_width)
    if json_file is not None:
        write_files(_document(table.cells, found, reasons, shape), json_file, None)
    if json_file != STDOUT:
        tell_columns(file, table)
        tell_rejects(tuple(reasons.values()))
        _tell(found, shape, known=table.cells.resistance is not None)
    if not len(kept):
        raise typer.Exit(1)


def _document(
    cells: CellArrays, found: Grades, reasons: dict[int, str], topology: Topology
) -> dict[str, object]:
    known = cells.resistance is not None
    return {
        "topology": str(topology),
        "grades": [
            {
                "grade": one.name,
                "capacity": list(one.capacity),
                "resistance": list(one.resistance) if known else None,
                "cells": [cells.name(index) for index in one.cells.tolist()],
                "packs": one.packs,
            }
            for one in found.grades
        ],
        "rejected": [
            {"serial": cells.name(index), "reason": reason}
            for index, reason in sorted(reasons.items())
        ],
    }


def _tell(found: Grades, topology: Topology, *, known: bool) -> None:
    screen = out()
    makes = f"packs {topology}"
    screen.print(f"{'class':<8}{'cells':>7}  {'Ah':<17}{'mOhm' if known else '':<17}{makes:>12}")
    for one in found.grades:
        across = f"{one.resistance[0]:.4g} to {one.resistance[1]:.4g}" if known else ""
        screen.print(
            f"{one.name:<8}{len(one.cells):>7}  "
            f"{f'{one.capacity[0]:.4g} to {one.capacity[1]:.4g}':<17}{across:<17}{one.packs:>12}",
            markup=False,
        )
