"""`packline spc`: a control chart of a column, and every point that a rule fires on."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from packline.foundation.columns import Columns
from packline.foundation.errors import InputError, Problem
from packline.site.commands.statistics.charting import CHARTS, Asked, Drawn, draw
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
    from packcalc.stats.charts.chart import Chart

SHOWN = 25  # signals printed to a person, the latest; --json prints all
OWN_LIMIT = "limit"  # code of the one rule of charts that have limits of their own
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
    only: Annotated[
        str | None, typer.Option("--only", help="Rules to apply, such as 1,2,5; all if left out.")
    ] = None,
    sigmas: Annotated[
        float, typer.Option("--sigmas", min=0.1, help="Distance of the limits, in sigma.")
    ] = 3.0,
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
    widen: Annotated[
        bool,
        typer.Option("--widen", help="Freeze limits widened for how few points made them."),
    ] = False,
    part: Annotated[
        str | None, typer.Option("--part", help="short-run: column of the part type.")
    ] = None,
    target: Annotated[
        list[str] | None, typer.Option("--target", help="short-run: PART=TARGET, once for each.")
    ] = None,
    spread: Annotated[
        list[str] | None,
        typer.Option("--spread", help="short-run: PART=SIGMA; then values are standardised."),
    ] = None,
    weight: Annotated[
        float | None,
        typer.Option("--weight", help="ewma, mewma: weight of the newest point; 0.2, 0.1."),
    ] = None,
    steady: Annotated[
        bool, typer.Option("--steady", help="ewma: limits of a long run from the first point.")
    ] = False,
    shift: Annotated[
        float,
        typer.Option("--shift", min=0.0, help="cusum: shift to be found, in sigma; half is K."),
    ] = 1.0,
    interval: Annotated[
        float, typer.Option("--interval", min=0.0, help="cusum: decision interval H, in sigma.")
    ] = 5.0,
    head_start: Annotated[
        float,
        typer.Option(
            "--head-start", min=0.0, max=1.0, help="cusum: share of H to begin with; 0.5 is FIR."
        ),
    ] = 0.0,
    run_length: Annotated[
        float,
        typer.Option("--run-length", help="mewma: points between false signals, on average."),
    ] = 370.4,
    unit: UnitOption = "",
    svg: SvgOption = None,
    as_json: JsonOption = False,
) -> None:
    """Chart a column and name every point that a rule fires on, with the rule in words.

    Exit code 0: in control. 1: at least one signal. 2: the input cannot be used.
    """
    kind = one_of("--chart", chart, CHARTS) if chart else None
    one_of("--rules", rules, CONVENTIONS)
    asked = Asked(
        kind=kind,
        column=column,
        subgroup=subgroup,
        size=size,
        rules=rules,
        only=None if only is None else tuple(code.strip() for code in only.split(",")),
        sigmas=sigmas,
        exclude=dict(_exclusion(text) for text in exclude or []),
        limits=limits,
        part=part,
        targets=target or (),
        spreads=spread or (),
        weight=weight,
        steady=steady,
        shift=shift,
        interval=interval,
        head_start=head_start,
        run_length=run_length,
    )
    drawn = draw(Columns(file), asked)
    found = drawn.chart
    if freeze:
        _freeze(freeze, drawn, widen=widen)
    write_svg(svg, lambda: _chart_svg(drawn, column or file.stem, unit))
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
        print_json({**_chart_document(found, signals), "said": list(drawn.said)})
    else:
        _print_chart(drawn, signals, unit)
    if signals:
        raise typer.Exit(NO)


def _exclusion(text: str) -> tuple[int, str]:
    number, _, reason = text.partition("=")
    if not number.strip().isdecimal() or not reason.strip():
        raise InputError([Problem("--exclude", "", text, "needs NUMBER=REASON")])
    return int(number), reason.strip()


def _freeze(text: str, drawn: Drawn, *, widen: bool) -> None:
    from packcalc.stats.charts.small_sample import widened

    baseline = drawn.keeps
    if baseline is None:
        message = f"limits of a {drawn.chart.baseline.kind} chart cannot be kept in a file"
        raise InputError([Problem("--freeze", message=message)])
    version, _, path = text.partition("=")
    if not version.strip() or not path.strip():
        raise InputError([Problem("--freeze", "", text, "needs VERSION=FILE.json")])
    kept = usable("--widen", lambda: widened(baseline)) if widen else baseline
    frozen = usable("--freeze", lambda: kept.frozen(version.strip()))
    try:
        Path(path.strip()).write_text(frozen.to_json() + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError([Problem("--freeze", path, message=str(error))]) from error


def _chart_svg(drawn: Drawn, title: str, unit: str) -> str:
    from packcalc.stats.drawings.control_chart import control_chart_svg

    return control_chart_svg(drawn.chart, title=title, unit=unit, of=drawn.of)


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


def _print_chart(drawn: Drawn, signals: list[dict[str, Any]], unit: str) -> None:
    chart = drawn.chart
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
        shown = (f"{v:.6g}" if math.isfinite(v) else "-" for v in edges)
        lines.add_row(name.replace("[", "\\["), *shown, str(count))
    screen.print(lines)
    for sentence in drawn.said:
        screen.print(sentence, markup=False)
    for number, reason in found.excluded:
        screen.print(f"Point {number} does not count for the limits: {reason}", markup=False)
    if not signals:
        screen.print("[green]In control:[/] no rule fires.")
        return
    screen.print(f"[red]{len(signals)} points signal:[/]")
    if len(signals) > SHOWN:
        screen.print(f"  ({len(signals) - SHOWN} more before these; --json has all)", markup=False)
    for signal in signals[-SHOWN:]:
        rules = "; ".join(
            rule.words if rule.code == OWN_LIMIT else f"rule {rule.code}, {rule.words}"
            for rule in signal["rules"]
        )
        line = f"  {signal['panel']} {signal['point']} = {signal['value']:.6g}: {rules}"
        screen.print(line, markup=False)
