"""What `packline match` says and writes."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from packline.site.commands.match_input import unusable
from packline.site.options import out, warn

if TYPE_CHECKING:
    from packcalc.matching import Matching, Topology
    from packcalc.matching.table import StockTable

SHOWN = 12  # packs, reasons and grades printed to a person; the JSON file has all
STDOUT = Path("-")


def write_files(document: object, json_file: Path | None, drawn: tuple[Path, str] | None) -> None:
    """Write the files asked for; both texts are made before either is written."""
    texts = [drawn] if drawn is not None else []
    text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    if json_file == STDOUT:
        sys.stdout.write(text)
    elif json_file is not None:
        texts.insert(0, (json_file, text))
    for path, content in texts:
        try:
            path.write_text(content, encoding="utf-8")
        except OSError as error:
            raise unusable(str(path), "", error.strerror or "cannot be written") from error


def tell_columns(file: Path, table: StockTable) -> None:
    """Say what was read from where, what a unit was taken for, and what nothing was taken from."""
    used = ", ".join(
        f"{kind} from {column.name!r}" + (f" (taken as {column.said})" if column.said else "")
        for kind, column in table.columns.items()
    )
    rest = f" Not used: {', '.join(map(repr, table.unused))}." if table.unused else ""
    out().print(f"{file}: {len(table.cells)} cells; {used}.{rest}", markup=False)


def tell(found: Matching, file: Path, table: StockTable) -> None:
    """Tell a person of the packs, the rejects, the least equal pack and what is left over."""
    import numpy as np

    screen = out()
    tell_columns(file, table)
    for doubt in found.warnings:
        warn(f"look at: {doubt}")
    made, bound = len(found.assignment), found.pack_bound
    screen.print(
        f"[bold]{made} packs {found.topology}[/] (at most {bound}), {len(found.leftover)} cells "
        f"left over, {len(found.rejected)} rejected."
    )
    tell_rejects(found.reasons)
    if made:
        _tell_packs(found, screen.print)
        worst = int(np.argmax(found.packs.capacity_spread_ppm))
        _tell_why(found, worst)
    _tell_leftover(found)


def tell_rejects(reasons: Sequence[str]) -> None:
    """Say how many cells were rejected for which reason."""
    for reason, count in Counter(map(_kind, reasons)).most_common(SHOWN):
        out().print(f"  rejected {count}: {reason}", markup=False)


def _kind(reason: str) -> str:
    """A reason without the value of the one cell."""
    words = reason.split(" ")
    if len(words) > 3 and words[2] == "is":
        return " ".join([words[0], *words[2:]])
    return "a serial that stands in several rows" if "serial" in reason else reason


def _tell_packs(found: Matching, show: Callable[..., None]) -> None:
    packs = found.packs
    inside = 1.0 if found.topology.parallel > 1 else float("nan")  # one cell has no spread
    heading = (
        f"{'pack':>5} {'capacity spread':>16} {'usable of bound':>16} {'limits':>7} "
        f"{'resistance spread':>18} {'in-group IR':>12} {'in-group OCV':>13}"
    )
    show(heading, markup=False)
    for i in range(min(len(found.assignment), SHOWN)):
        share = 100 * packs.usable_capacity[i] / packs.usable_bound[i]
        show(
            f"{i + 1:>5} {packs.capacity_spread_ppm[i]:>12.0f} ppm {share:>14.4f} % "
            f"{packs.limiting_group[i] + 1:>7} "
            f"{_figure(100 * packs.resistance_spread_ratio[i], '%'):>18} "
            f"{_figure(inside * packs.cell_resistance_spread[i], 'mOhm'):>12} "
            f"{_figure(1e3 * inside * packs.cell_ocv_spread[i], 'mV'):>13}",
            markup=False,
        )
    if len(found.assignment) > SHOWN:
        show(f"      and {len(found.assignment) - SHOWN} more (--json FILE has all)", markup=False)


def _figure(value: float, unit: str) -> str:
    return "-" if value != value else f"{value:.3g} {unit}"


def _tell_why(found: Matching, pack: int) -> None:
    from packcalc.matching import certify, explain

    screen = out()
    screen.print("The least equal pack:", markup=False)
    for line in explain(found, pack):
        screen.print(f"  {line}", markup=False)
    if found.topology.parallel > 1:
        screen.print(f"  Bound: {certify(found, pack)}.", markup=False)


def _tell_leftover(found: Matching) -> None:
    from packcalc.matching import grade

    if not len(found.leftover):
        return
    screen = out()
    screen.print("What is left over still suits:", markup=False)
    grades = grade(found.cells, found.leftover, found.topology).grades
    for one in grades[:SHOWN]:
        screen.print(
            f"  {one.name:<7}{len(one.cells):>6} cells of {one.capacity[0]:.4g} to "
            f"{one.capacity[1]:.4g} Ah: {one.suits(found.topology)}",
            markup=False,
        )
    if len(grades) > SHOWN:
        screen.print(f"  and {len(grades) - SHOWN} more grades", markup=False)


def why_none(found: Matching, topology: Topology) -> str:
    """Say why there is not one pack."""
    kept = len(found.leftover)
    if found.pack_bound == 0:
        return f"No pack: {kept} cells are let in, one {topology} needs {topology.cells}."
    return f"No pack: {kept} cells are let in, but no {topology} pack of them keeps the rules."
