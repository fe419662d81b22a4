"""`packline replacement`: the best cell in stock for one that failed in a pack of `match`."""

from __future__ import annotations

import json
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
    WindowOption,
    read_rules,
    read_stock,
    unusable,
)
from packline.site.commands.match_report import STDOUT, tell_columns, write_files
from packline.site.options import ends_well, out, warn

if TYPE_CHECKING:
    from packcalc.matching import CellArrays, Matching, Rules


@ends_well
def replacement(
    file: FileArgument,
    packs: Annotated[Path, typer.Option("--packs", help="What `match --json` wrote.")],
    failed: Annotated[str, typer.Option("--failed", help="Serial of the cell that failed.")],
    most: Annotated[int, typer.Option("--most", min=1, help="How many to name.")] = 5,
    column: ColumnOption = None,
    select: SelectOption = None,
    window: WindowOption = None,
    ocv_spread: OcvSpreadOption = None,
    ir_spread: IrSpreadOption = None,
    ir_deviation: IrDeviationOption = None,
    capacity_spread: CapacitySpreadOption = None,
    lots: LotsOption = "free",
    json_file: JsonFileOption = None,
) -> None:
    """Find the cells in stock that best take the place of a failed one, inside the rules.

    Candidates are the cells of the file that stand in no pack. Exit code 0: there is one. 1: no
    cell keeps the rules. 2: a file or an option cannot be used.
    """
    from packcalc.matching import find_replacements

    limits = {
        "--ocv-spread": ocv_spread,
        "--ir-spread": ir_spread,
        "--ir-deviation": ir_deviation,
        "--capacity-spread": capacity_spread,
    }
    rules = read_rules(window or [], lots, oldest_first=False, limits=limits)
    table = read_stock(file, column or [], select or [], None, rules)
    found = _packs(packs, table.cells, rules)
    place = _place(found, failed)
    best = find_replacements(found, place, rules, most=most)
    before = float(found.packs.capacity_spread_ppm[_pack_of(found, place)])
    answer = [
        {
            "serial": table.cells.name(one.cell),
            "capacity_spread_ppm": one.capacity_spread_ppm,
            "resistance_spread_ratio": (
                None if table.cells.resistance is None else one.resistance_spread_ratio
            ),
            "usable_capacity": one.usable_capacity,
        }
        for one in best
    ]
    if json_file is not None:
        write_files({"failed": failed, "replacements": answer}, json_file, None)
    if json_file != STDOUT:
        tell_columns(file, table)
        pack = _pack_of(found, place) + 1
        out().print(f"{failed} stands in pack {pack}: {before:.0f} ppm apart.", markup=False)
        for one in answer:
            out().print(
                f"  {one['serial']}: {one['capacity_spread_ppm']:.0f} ppm apart, "
                f"usable {one['usable_capacity']:.5g} Ah",
                markup=False,
            )
    if not best:
        warn(f"No cell of {len(found.leftover)} in stock keeps the rules beside its group.")
        raise typer.Exit(1)


def _packs(path: Path, cells: CellArrays, rules: Rules) -> Matching:
    from packcalc.matching.rebuilt import rebuild

    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return rebuild(cells, document, rules)
    except OSError as error:
        raise unusable(str(path), "", error.strerror or "cannot be read") from error
    except json.JSONDecodeError as error:
        raise unusable(str(path), "", f"is not JSON: {error}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        said = str(error) if type(error) is ValueError else "is not what `match --json` writes"
        raise unusable(str(path), "", said) from error


def _place(found: Matching, serial: str) -> int:
    for index in found.assignment.ravel().tolist():
        if found.cells.name(index) == serial:
            return int(index)
    raise unusable("--failed", serial, "stands in no pack")


def _pack_of(found: Matching, cell: int) -> int:
    return int((found.assignment == cell).any(axis=(1, 2)).argmax())
