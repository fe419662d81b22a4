"""`packline match`: measured cells of a CSV file into packs, without a database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from packline.site.commands.match_input import (
    CapacitySpreadOption,
    ColumnOption,
    FileArgument,
    IrDeviationOption,
    IrSpreadOption,
    JsonFileOption,
    LotsOption,
    OcvSpreadOption,
    SelectOption,
    TopologyOption,
    WindowOption,
    read_objective,
    read_rules,
    read_stock,
    read_topology,
    unusable,
)
from packline.site.commands.match_report import STDOUT, tell, why_none, write_files
from packline.site.options import ends_well, warn

if TYPE_CHECKING:
    from packcalc.matching import CellArrays, Matching, Objective, Rules, Topology


@ends_well
def match(
    file: FileArgument,
    topology: TopologyOption,
    packs: Annotated[
        int | None, typer.Option("--packs", min=1, help="How many; as many as possible.")
    ] = None,
    column: ColumnOption = None,
    select: SelectOption = None,
    window: WindowOption = None,
    ocv_spread: OcvSpreadOption = None,
    ir_spread: IrSpreadOption = None,
    ir_deviation: IrDeviationOption = None,
    capacity_spread: CapacitySpreadOption = None,
    lots: LotsOption = "free",
    oldest_first: Annotated[
        bool, typer.Option("--oldest-first", help="With --packs: use the oldest cells.")
    ] = False,
    weight: Annotated[
        list[str] | None,
        typer.Option(
            "--weight",
            help="What counts how much: NAME=VALUE, of capacity (usual 1), conductance (of the "
            "groups; usual by stock), closeness (of cells of a group in resistance; usual 1), "
            "alike (packs in total capacity, 0 to 1; usual 0).",
        ),
    ] = None,
    capacity_only: Annotated[
        bool, typer.Option("--capacity-only", help="Match by capacity alone.")
    ] = False,
    effort: Annotated[
        int, typer.Option("--effort", min=0, help="Rounds of improvement; 0 is a quick start.")
    ] = 8,
    finish_under: Annotated[
        float | None,
        typer.Option(
            "--finish-under",
            help="Cells arrive over days: make only packs whose groups lie within so much, and "
            "hold all other cells for the next delivery. [ppm]",
        ),
    ] = None,
    reserve: Annotated[
        int,
        typer.Option("--reserve", min=0, help="With --finish-under: hold so many in any case."),
    ] = 0,
    capacity_sd: Annotated[
        float | None,
        typer.Option("--capacity-sd", help="Repeatability of the capacity gauge. [%]"),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of choices by chance.")] = 0,
    threads: Annotated[
        int | None, typer.Option("--threads", min=1, help="The answer does not depend on it.")
    ] = None,
    json_file: JsonFileOption = None,
    picture: Annotated[
        Path | None, typer.Option("--picture", help="Draw stock and packs here (SVG).")
    ] = None,
) -> None:
    """Match measured cells into packs: equal groups, rules never broken, a reason for each reject.

    Exit code 0: at least one pack. 1: no pack can be made. 2: the file or an option cannot be
    used; nothing is written then.
    """
    shape = read_topology(topology)
    limits = {
        "--ocv-spread": ocv_spread,
        "--ir-spread": ir_spread,
        "--ir-deviation": ir_deviation,
        "--capacity-spread": capacity_spread,
    }
    rules = read_rules(window or [], lots, oldest_first, limits)
    aim = read_objective(weight or [], capacity_only, effort)
    if oldest_first and packs is None:
        raise unusable("--oldest-first", "", "says nothing without --packs: all cells are used")
    if reserve and finish_under is None:
        raise unusable("--reserve", str(reserve), "says nothing without --finish-under")
    if finish_under is not None and not finish_under >= 0:
        raise unusable("--finish-under", f"{finish_under:g}", "is negative", "0 or more")
    table = read_stock(file, column or [], select or [], capacity_sd, rules)
    hold = None if finish_under is None else (1e-6 * finish_under, reserve)
    found = _match(table.cells, shape, rules, aim, packs, seed, threads, hold)
    _write(found, json_file, picture)
    if json_file != STDOUT:
        tell(found, file, table)
    if not len(found.assignment):
        warn(why_none(found, shape))
        raise typer.Exit(1)


def _match(
    cells: CellArrays,
    shape: Topology,
    rules: Rules,
    aim: Objective,
    packs: int | None,
    seed: int,
    threads: int | None,
    hold: tuple[float, int] | None,
) -> Matching:
    from packcalc.matching import match, match_arrivals

    if hold is None:
        return match(cells, shape, rules, aim, packs, seed, threads)
    spread, reserve = hold
    return match_arrivals(cells, shape, rules, aim, spread, reserve, packs, seed, threads)


def _write(found: Matching, json_file: Path | None, picture: Path | None) -> None:
    from packcalc.matching.document import as_document

    drawn = None
    if picture is not None:
        from packcalc.matching.picture import draw_matching

        drawn = (picture, draw_matching(found))
    if json_file is not None or drawn is not None:
        write_files(as_document(found) if json_file is not None else None, json_file, drawn)
