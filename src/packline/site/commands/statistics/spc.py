"""`packline spc`: a control chart of a column, and every point that a rule fires on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from packline.foundation.columns import Columns
from packline.foundation.errors import InputError, Problem
from packline.site.commands.statistics.options import (
    ColumnOption,
    FileArgument,
    SubgroupOption,
    SvgOption,
    UnitOption,
    one_of,
    plain,
    usable,
    write_svg,
)
from packline.site.options import NO, JsonOption, ends_well, out, print_json

if TYPE_CHECKING:
    from packcalc.stats.charts.chart import Baseline, Chart

SHOWN = 25  # signals printed to a person, the latest; --json prints all
CHARTS = ("i-mr", "xbar-r", "xbar-s", "p", "np", "c", "u", "laney-p", "laney-u")
CONVENTIONS = ("nelson", "minitab", "western_electric")


@ends_well
def spc(
    file: FileArgument,
    column: ColumnOption = None,
    chart: Annotated[
        str | None,
        typer.Option("--chart", help=f"One of {', '.join(CHARTS)}; chosen if left out."),
    ] = None,
    subgroup: SubgroupOption = None,
    size: Annotated[
        str | None, typer.Option("--size", help="Sample size of counts: a number or a column.")
    ] = None,
    rules: Annotated[
        str, typer.Option("--rules", help=f"Whose run rules: {', '.join(CONVENTIONS)}.")
    ] = "nelson",
    exclude: Annotated[
        list[str] | None,
        typer.Option("--exclude", help="Point that limits do not count: NUMBER=REASON."),
    ] = None,
    limits: Annotated[
        Path | None, typer.Option("--limits", help="Judge on frozen limits (made by --freeze).")
    ] = None,
    freeze: Annotated[
        str | None, typer.Option("--freeze", help="Freeze the limits found: VERSION=FILE.json.")
    ] = None,
    unit: UnitOption = "",
    svg: SvgOption = None,
    as_json: JsonOption = False,
) -> None:
    """Chart a column and name every point that a rule fires on, with the rule in words.

    Exit code 0: in control. 1: at least one signal. 2: the input cannot be used.
    """
    kind = one_of("--chart", chart, CHARTS) if chart else None
    one_of("--rules", rules, CONVENTIONS)
    found = _draw_limits(Columns(file), column, kind, subgroup, size, rules, exclude, limits)
    if freeze:
        _freeze(freeze, found.baseline)
    write_svg(svg, lambda: _chart_svg(found, column or file.stem, unit, subgroup))
    excluded = dict(found.baseline.excluded)
    signals = [
        {
            "panel": p.statistic,
            "point": i,
            "value": float(p.points[i - 1]),
            "rules": p.signals.at(i),
        }
        for p in found.panels
        for i in p.signals.points()
        if i not in excluded
    ]
    if as_json:
        print_json(_chart_document(found, signals))
    else:
        _print_chart(found, signals, unit)
    if signals:
        raise typer.Exit(NO)


def _draw_limits(
    table: Columns,
    column: str | None,
    kind: str | None,
    subgroup: str | None,
    size: str | None,
    rules: str,
    exclude: list[str] | None,
    limits: Path | None,
) -> Chart:
    from packcalc.stats.charts import attributes, individuals, laney, shewhart
    from packcalc.stats.charts.chart import read_baseline

    aside = dict(_exclusion(text) for text in exclude or [])
    baseline = None
    if limits is not None:
        try:
            baseline = read_baseline(limits.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise InputError([Problem(str(limits), message=str(error))]) from error
        kind = kind or baseline.kind.replace("_", "-")
    kind = kind or ("xbar-r" if subgroup else "i-mr")
    options: dict[str, Any] = {"convention": rules, "exclude": aside, "baseline": baseline}
    if kind in ("i-mr", "xbar-r", "xbar-s"):
        groups = table.subgroups(column, None if kind == "i-mr" else subgroup or "5")
        if kind == "i-mr":
            flat = [value for group in groups for value in group]
            return usable(table.file, lambda: individuals.i_mr(flat, **options))
        make = shewhart.xbar_r if kind == "xbar-r" else shewhart.xbar_s
        return usable(table.file, lambda: make(groups, **options))
    counts = table.numbers(column)
    if kind == "c":
        return usable(table.file, lambda: attributes.c_chart(counts, **options))
    if size is None:
        raise InputError([Problem("--size", message=f"a {kind} chart needs the sample size")])
    sizes: Any = float(size) if size not in table.names else table.numbers(size, "--size")
    charts: Mapping[str, Callable[..., Chart]] = {
        "p": attributes.p_chart,
        "np": attributes.np_chart,
        "u": attributes.u_chart,
        "laney-p": laney.laney_p,
        "laney-u": laney.laney_u,
    }
    return usable(table.file, lambda: charts[kind](counts, sizes, **options))


def _exclusion(text: str) -> tuple[int, str]:
    number, _, reason = text.partition("=")
    if not number.strip().isdecimal() or not reason.strip():
        raise InputError([Problem("--exclude", "", text, "needs NUMBER=REASON")])
    return int(number), reason.strip()


def _freeze(text: str, baseline: Baseline) -> None:
    version, _, path = text.partition("=")
    if not version.strip() or not path.strip():
        raise InputError([Problem("--freeze", "", text, "needs VERSION=FILE.json")])
    frozen = usable("--freeze", lambda: baseline.frozen(version.strip()))
    try:
        Path(path.strip()).write_text(frozen.to_json() + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError([Problem("--freeze", path, message=str(error))]) from error


def _chart_svg(chart: Chart, title: str, unit: str, subgroup: str | None) -> str:
    from packcalc.stats.drawings.control_chart import control_chart_svg

    return control_chart_svg(chart, title=title, unit=unit, of="subgroup" if subgroup else "point")


def _chart_document(chart: Chart, signals: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "in_control": not signals,
        "phase": chart.phase,
        "baseline": plain(chart.baseline),
        "signals": plain(signals),
        "panels": [
            {
                "statistic": p.statistic,
                "points": plain(p.points),
                "centre": plain(p.centre),
                "lower": plain(p.lower),
                "upper": plain(p.upper),
            }
            for p in chart.panels
        ],
    }


def _print_chart(chart: Chart, signals: list[dict[str, Any]], unit: str) -> None:
    found = chart.baseline
    screen = out()
    limits = f"limits {found.version}" if found.version else "trial limits"
    screen.print(
        f"{chart.panels[0].points.size} points on {limits} (phase {chart.phase}), "
        f"found on {found.points}; {found.convention}.",
        markup=False,
    )
    lines = Table("panel", "lower", "centre", "upper", "signals")
    for p in chart.panels:
        edges = (p.lower[-1], p.centre[-1], p.upper[-1])
        count = sum(s["panel"] == p.statistic for s in signals)
        name = p.statistic + (f" [{unit}]" if unit else "")
        lines.add_row(name.replace("[", "\\["), *(f"{v:.6g}" for v in edges), str(count))
    screen.print(lines)
    for number, reason in found.excluded:
        screen.print(f"Point {number} does not count for the limits: {reason}", markup=False)
    if not signals:
        screen.print("[green]In control:[/] no rule fires.")
        return
    screen.print(f"[red]{len(signals)} points signal:[/]")
    if len(signals) > SHOWN:
        screen.print(f"  ({len(signals) - SHOWN} more before these; --json has all)", markup=False)
    for signal in signals[-SHOWN:]:
        rules = "; ".join(f"rule {rule.code}, {rule.words}" for rule in signal["rules"])
        line = f"  {signal['panel']} {signal['point']} = {signal['value']:.6g}: {rules}"
        screen.print(line, markup=False)
