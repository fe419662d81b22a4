"""`packline sample-plan`: how many units of a lot to inspect, and what that risks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from packline.site.commands.statistics.options import SvgOption, one_of, write_svg
from packline.site.commands.statistics.plans import KINDS, Asked, choose
from packline.site.options import JsonOption, ends_well, out, print_json

METHODS = ("s", "sigma", "range")  # the tables of the last are not here (docs: explanation)
SEVERITIES = ("normal", "tightened", "reduced")


@ends_well
def sample_plan(
    lot: Annotated[int | None, typer.Option("--lot", help="Units in the lot.")] = None,
    aql: Annotated[
        str | None, typer.Option("--aql", help="Acceptable quality level, such as 1.0. [%]")
    ] = None,
    level: Annotated[str, typer.Option("--level", help="S-1 to S-4, I, II or III.")] = "II",
    severity: Annotated[
        str | None, typer.Option("--severity", help="normal, tightened or reduced.")
    ] = None,
    kind: Annotated[str, typer.Option("--kind", help=f"One of {', '.join(KINDS)}.")] = "single",
    history: Annotated[
        Path | None,
        typer.Option(
            "--history",
            help="CSV of earlier lots, in order: accepted (yes, no), and tighter, number.",
        ),
    ] = None,
    method: Annotated[
        str,
        typer.Option(
            "--method",
            help="variables: sigma estimated (s), known (sigma), two-point: by range of fives.",
        ),
    ] = "s",
    good: Annotated[
        float | None,
        typer.Option("--good", help="two-point: nonconforming that is to be accepted. [%]"),
    ] = None,
    bad: Annotated[
        float | None,
        typer.Option("--bad", help="two-point, zero: nonconforming to be caught. [%]"),
    ] = None,
    producer_risk: Annotated[
        float,
        typer.Option("--producer-risk", help="Largest chance to reject what is good. [1]"),
    ] = 0.05,
    consumer_risk: Annotated[
        float, typer.Option("--consumer-risk", help="Largest chance to accept what is bad. [1]")
    ] = 0.10,
    svg: SvgOption = None,
    as_json: JsonOption = False,
) -> None:
    """Choose a sampling plan and say what it risks.

    single, double, multiple: MIL-STD-105E / Z1.4 / ISO 2859-1, for --lot and --aql. variables:
    ANSI Z1.9, after MIL-STD-414. zero: accept on no nonconforming unit, for --bad (and --lot).
    two-point, two-point-variables: the smallest plan that keeps both risks, for --good, --bad.
    With --history the severity is the one that the switching rules have come to.

    Exit code 0: the plan is printed. 1: inspection is discontinued. 2: lot, AQL, level, severity
    or kind is not in the tables, or something is missing.
    """
    one_of("--kind", kind, KINDS)
    one_of("--method", method, METHODS if kind == "two-point-variables" else METHODS[:2])
    if severity is not None:
        one_of("--severity", severity, SEVERITIES)
    asked = Asked(
        kind=kind,
        lot=lot,
        aql=aql,
        level=level,
        severity=severity,
        history=history,
        method=method,
        good=good,
        bad=bad,
        producer_risk=producer_risk,
        consumer_risk=consumer_risk,
    )
    plan = choose(asked)
    write_svg(svg, plan.draw)
    if as_json:
        print_json(plan.document)
        return
    screen = out()
    screen.print(f"[bold]{plan.title}[/]")
    shown = Table(*plan.heading)
    for row in plan.rows:
        shown.add_row(*row)
    screen.print(shown)
    for sentence in plan.said:
        screen.print(sentence, markup=False)
