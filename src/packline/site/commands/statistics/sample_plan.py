"""`packline sample-plan`: how many units of a lot to inspect, and what that risks."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Table

from packline.site.commands.statistics.options import (
    SvgOption,
    one_of,
    plain,
    usable,
    write_svg,
)
from packline.site.options import JsonOption, ends_well, out, print_json


@ends_well
def sample_plan(
    lot: Annotated[int, typer.Option("--lot", help="Units in the lot.")],
    aql: Annotated[str, typer.Option("--aql", help="Acceptable quality level, such as 1.0. [%]")],
    level: Annotated[str, typer.Option("--level", help="S-1 to S-4, I, II or III.")] = "II",
    severity: Annotated[
        str, typer.Option("--severity", help="normal, tightened or reduced.")
    ] = "normal",
    kind: Annotated[str, typer.Option("--kind", help="single, double or multiple.")] = "single",
    svg: SvgOption = None,
    as_json: JsonOption = False,
) -> None:
    """Choose a sampling plan (MIL-STD-105E / Z1.4 / ISO 2859-1) and say what it risks.

    Exit code 0: the plan is printed. 2: lot, AQL, level, severity or kind is not in the tables.
    """
    from packcalc.stats.sampling.plans import plan_for_lot
    from packcalc.stats.sampling.risk import (
        acceptance_probability,
        accepted_quality,
        outgoing_limit,
    )

    one_of("--severity", severity, ("normal", "tightened", "reduced"))
    one_of("--kind", kind, ("single", "double", "multiple"))
    plan = usable(
        "sample-plan",
        lambda: plan_for_lot(lot, aql, level=level, severity=severity, kind=kind),  # type: ignore[arg-type]
    )
    per_unit = float(aql) > 10  # above 10 the AQL counts nonconformities per hundred units
    model: Any = "poisson" if per_unit else "binomial"
    at_aql = float(acceptance_probability(plan.stages, float(aql) / 100, model=model))
    ten = accepted_quality(plan.stages, 0.10, model=model)
    limit, _ = outgoing_limit(plan.stages, lot=lot, model=model, finite_outgoing=True)
    title = f"Lot {lot}, level {level}, AQL {aql}, {severity}, {plan.kind}"
    if svg is not None:
        from packcalc.stats.drawings.curve_plot import operating_characteristic_svg

        write_svg(
            svg,
            lambda: operating_characteristic_svg(
                plan.stages, title=title, lot=lot, aql=float(aql), model=model
            ),
        )
    if as_json:
        print_json(
            {
                "plan": plain(plan),
                "accept_at_aql": at_aql,
                "accepted_one_in_ten_at": ten,
                "aoql": limit,
            }
        )
        return
    screen = out()
    screen.print(f"[bold]{title}[/]: code letter {plan.letter}", end="")
    screen.print(
        f" (the arrow leads there from {plan.asked})" if plan.letter != plan.asked else ""
    )
    if plan.inspect_all:
        screen.print("[yellow]The sample is as large as the lot: inspect every unit.[/]")
    shown = Table("sample", "n", "accept up to", "reject from")
    for number, stage in enumerate(plan.stages, start=1):
        accept = "not yet" if stage.accept < 0 else str(stage.accept)
        shown.add_row(str(number), str(stage.n), accept, str(stage.reject))
    screen.print(shown)
    if plan.inspect_all:
        screen.print(f"Nothing is left to chance, but the inspection itself. {plan.edition}.")
        return
    screen.print(f"A lot at the AQL is accepted with a chance of {at_aql:.1%}.", markup=False)
    bad = f"{100 * ten:.3g} " + ("per hundred units" if per_unit else "%")
    screen.print(f"A lot of {bad} nonconforming still passes one time in ten.")
    screen.print(f"Worst average outgoing quality (AOQL): {limit:.3%}. {plan.edition}.")
