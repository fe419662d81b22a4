"""`packline match`: measured cells of a CSV file into packs, without a database."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from packline.site.options import ends_well, out, warn

if TYPE_CHECKING:
    from packcalc.matching import Matching, Rules, Topology, Window
    from packcalc.matching.table import StockTable
    from packline.foundation.errors import InputError

SHOWN = 12  # packs, reasons and grades printed to a person; the JSON file has all
READINGS = {"capacity": "Ah", "resistance": "mOhm", "ocv": "V", "self_discharge": "mV/d"}
LOTS = ("free", "pack", "group")


@ends_well
def match(
    file: Annotated[Path, typer.Argument(help="Measured cells: CSV in UTF-8, with a heading.")],
    topology: Annotated[str, typer.Option("--topology", "-t", help="Such as 14S3P.")],
    packs: Annotated[
        int | None, typer.Option("--packs", min=0, help="How many; as many as possible.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column",
            help="Which column is what: FIELD=COLUMN. Fields: serial, capacity, resistance, ocv, "
            "self_discharge, lot, made_on. Usual names and units are recognised.",
        ),
    ] = None,
    select: Annotated[
        list[str] | None,
        typer.Option("--select", help="Only the rows with this value: COLUMN=VALUE."),
    ] = None,
    window: Annotated[
        list[str] | None,
        typer.Option(
            "--window",
            help="Which readings are let in: FIELD=LOW..HIGH in Ah, mOhm, V, mV/d (either end may "
            "be left out), or FIELD=4sigma for median +- 4 robust standard deviations.",
        ),
    ] = None,
    ocv_spread: Annotated[
        float | None,
        typer.Option("--ocv-spread", help="Largest OCV difference in a group. [mV]"),
    ] = None,
    ir_spread: Annotated[
        float | None,
        typer.Option("--ir-spread", help="Largest resistance difference in a group. [mOhm]"),
    ] = None,
    ir_deviation: Annotated[
        float | None,
        typer.Option("--ir-deviation", help="Largest deviation from the group's mean. [%]"),
    ] = None,
    capacity_spread: Annotated[
        float | None,
        typer.Option("--capacity-spread", help="Largest spread of group capacities. [%]"),
    ] = None,
    lots: Annotated[
        str, typer.Option("--lots", help="free, pack (one lot per pack) or group (per group).")
    ] = "free",
    oldest_first: Annotated[
        bool, typer.Option("--oldest-first", help="With --packs: use the oldest cells.")
    ] = False,
    capacity_only: Annotated[
        bool, typer.Option("--capacity-only", help="Match by capacity alone.")
    ] = False,
    capacity_sd: Annotated[
        float | None,
        typer.Option("--capacity-sd", help="Repeatability of the capacity gauge. [%]"),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Seed of choices made by chance.")] = 0,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write packs, rejects and leftover here.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option("--picture", help="Draw stock and packs here (SVG).")
    ] = None,
) -> None:
    """Match measured cells into packs: equal groups, rules never broken, a reason for each reject.

    Exit code 0: at least one pack. 1: no pack can be made. 2: the file or an option cannot be
    used; nothing is written then.
    """
    from packcalc.matching import Objective, match

    shape = _topology(topology)
    rules = _rules(window or [], lots, oldest_first, capacity_spread, ocv_spread)
    rules = _with_resistance(rules, ir_spread, ir_deviation)
    table = _read(file, column or [], select or [], capacity_sd)
    _know(file, table, rules)
    aim = Objective(conductance=0.0, closeness=0.0) if capacity_only else Objective()
    found = match(table.cells, shape, rules, aim, packs=packs, seed=seed)
    _write(found, json_file, picture)
    _tell(found, file, table)
    if not len(found.assignment):
        warn(_why_none(found, shape))
        raise typer.Exit(1)


def _unusable(where: str, value: str, message: str, allowed: str = "") -> InputError:
    from packline.foundation.errors import InputError, Problem

    return InputError([Problem(where, value=value, message=message, allowed=allowed)])


def _topology(text: str) -> Topology:
    from packcalc.matching import Topology

    try:
        return Topology.parse(text)
    except ValueError as error:
        raise _unusable("--topology", text, "is no topology", "such as 14S3P") from error


def _rules(
    windows: list[str],
    lots: str,
    oldest_first: bool,
    capacity_spread: float | None,
    ocv_spread: float | None,
) -> Rules:
    from packcalc.matching import Rules

    if lots not in LOTS:
        raise _unusable("--lots", lots, "is no lot rule", ", ".join(LOTS))
    return Rules(
        windows=dict(_window(text) for text in windows),
        ocv_spread=_part("--ocv-spread", ocv_spread, 1e-3),
        capacity_spread=_part("--capacity-spread", capacity_spread, 1e-2),
        lots="free" if lots == "free" else "pack" if lots == "pack" else "group",
        oldest_first=oldest_first,
    )


def _with_resistance(rules: Rules, spread: float | None, deviation: float | None) -> Rules:
    return replace(
        rules,
        resistance_spread=_part("--ir-spread", spread, 1.0),
        resistance_deviation=_part("--ir-deviation", deviation, 1e-2),
    )


def _part(option: str, value: float | None, factor: float) -> float | None:
    if value is None:
        return None
    if not value >= 0:
        raise _unusable(option, f"{value:g}", "is negative", "0 or more")
    return value * factor


def _window(text: str) -> tuple[str, Window]:
    """Read FIELD=LOW..HIGH or FIELD=4sigma."""
    from packcalc.matching import Window

    form = "FIELD=LOW..HIGH or FIELD=4sigma; fields " + ", ".join(READINGS)
    field, _, bounds = text.partition("=")
    try:
        if field not in READINGS:
            raise ValueError(field)
        if bounds.endswith("sigma"):
            return field, Window(sigmas=float(bounds.removesuffix("sigma")))
        low, dots, high = bounds.partition("..")
        if not dots or not (low or high):
            raise ValueError(bounds)
        return field, Window(float(low) if low else None, float(high) if high else None)
    except ValueError as error:
        raise _unusable("--window", text, "cannot be read", form) from error


def _pairs(option: str, texts: list[str]) -> dict[str, str]:
    found = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not (key and equals):
            raise _unusable(option, text, "cannot be read", "NAME=VALUE")
        found[key] = value
    return found


def _read(file: Path, columns: list[str], select: list[str], sd: float | None) -> StockTable:
    import numpy as np

    from packcalc.matching import Gauge
    from packcalc.matching.table import BadTable, read_table
    from packline.foundation.errors import InputError, Problem

    named, where = _pairs("--column", columns), _pairs("--select", select)
    try:
        text = file.read_text(encoding="utf-8-sig")
        table = read_table(text, str(file), named, where)
    except BadTable as error:
        raise InputError([Problem(line) for line in error.problems]) from error
    except UnicodeDecodeError as error:
        raise _unusable(str(file), "", "is not text in UTF-8") from error
    except OSError as error:
        raise _unusable(str(file), "", error.strerror or "cannot be read") from error
    share = _part("--capacity-sd", sd, 1e-2)
    if share is None:
        return table
    middle = float(np.nanmedian(table.cells.capacity))
    return replace(table, cells=replace(table.cells, gauge=Gauge(capacity_sd=share * middle)))


def _know(file: Path, table: StockTable, rules: Rules) -> None:
    """Refuse a rule on a reading that the file does not have."""
    asked = set(rules.windows)
    asked |= {"ocv"} if rules.ocv_spread is not None else set()
    if rules.resistance_spread is not None or rules.resistance_deviation is not None:
        asked.add("resistance")
    for name in sorted(asked - set(table.columns)):
        message = f"a rule on {name} is asked for, but no column holds it"
        raise _unusable(str(file), "", message, f"--column {name}=NAME")


def _write(found: Matching, json_file: Path | None, picture: Path | None) -> None:
    """Write the files asked for; both texts are made before either is written."""
    from packcalc.matching.document import as_document

    texts: list[tuple[Path, str]] = []
    if json_file is not None:
        document = json.dumps(as_document(found), indent=1, ensure_ascii=False, allow_nan=False)
        texts.append((json_file, document + "\n"))
    if picture is not None:
        from packcalc.matching.picture import draw_matching

        texts.append((picture, draw_matching(found)))
    for path, text in texts:
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise _unusable(str(path), "", error.strerror or "cannot be written") from error


def _tell(found: Matching, file: Path, table: StockTable) -> None:
    import numpy as np

    screen = out()
    used = ", ".join(f"{kind} from {column.name!r}" for kind, column in table.columns.items())
    screen.print(f"{file}: {len(found.cells)} cells; {used}.", markup=False)
    for doubt in found.warnings:
        warn(f"look at: {doubt}")
    made, bound = len(found.assignment), found.pack_bound
    screen.print(
        f"[bold]{made} packs {found.topology}[/] (at most {bound}), {len(found.leftover)} cells "
        f"left over, {len(found.rejected)} rejected."
    )
    kinds = Counter(_kind(reason) for reason in found.reasons)
    for reason, count in kinds.most_common(SHOWN):
        screen.print(f"  rejected {count}: {reason}", markup=False)
    if made:
        _tell_packs(found, screen.print)
        worst = int(np.argmax(found.packs.capacity_spread_ppm))
        _tell_why(found, worst)
    _tell_leftover(found)


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


def _why_none(found: Matching, topology: Topology) -> str:
    kept = len(found.leftover)
    if found.pack_bound == 0:
        return f"No pack: {kept} cells are let in, one {topology} needs {topology.cells}."
    return f"No pack: {kept} cells are let in, but no {topology} pack of them keeps the rules."
