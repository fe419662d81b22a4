"""`packline msa`: how much of what is seen is the gauge, and who holds it."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Table

from packline.foundation.columns import Columns
from packline.foundation.errors import InputError, Problem
from packline.site.commands.statistics.options import (
    FileArgument,
    SvgOption,
    UnitOption,
    one_of,
    plain,
    usable,
    write_svg,
)
from packline.site.options import NO, JsonOption, ends_well, out, print_json


@ends_well
def msa(
    file: FileArgument,
    value: Annotated[str, typer.Option("--value", help="Column of the readings.")] = "value",
    part: Annotated[str, typer.Option("--part", help="Column of the part.")] = "part",
    operator: Annotated[
        str, typer.Option("--operator", help="Column of the operator.")
    ] = "operator",
    tolerance: Annotated[
        float | None, typer.Option("--tolerance", help="Width of the tolerance.")
    ] = None,
    method: Annotated[str, typer.Option("--method", help="anova, range or nested.")] = "anova",
    pool_above: Annotated[
        float, typer.Option("--pool-above", help="Pool the interaction above this p (AIAG 0.25).")
    ] = 0.25,
    unit: UnitOption = "",
    svg: SvgOption = None,
    as_json: JsonOption = False,
) -> None:
    """Study a gauge: how much of what is seen is the gauge and who holds it (GR&R).

    One row per reading, with columns part, operator, value; every operator measures every part
    equally often (nested: every operator has parts of their own).

    Exit code 0: acceptable or conditional. 1: not acceptable. 2: the input cannot be used.
    """
    from packcalc.stats.msa.crossed import crossed_anova
    from packcalc.stats.msa.nested import nested_anova
    from packcalc.stats.msa.range_method import average_and_range

    one_of("--method", method, ("anova", "range", "nested"))
    if svg is not None and method != "anova":
        raise InputError([Problem("--svg", message="is drawn for --method anova only")])
    table = Columns(file)
    block, parts, operators = table.study(value, part, operator, nested=method == "nested")
    study: Any
    if method == "nested":
        study = usable(file, lambda: nested_anova(block, tolerance=tolerance))
    elif method == "range":
        study = usable(file, lambda: average_and_range(block, tolerance=tolerance))
    else:
        study = usable(
            file, lambda: crossed_anova(block, tolerance=tolerance, pool_above=pool_above)
        )
    if svg is not None:
        from packcalc.stats.drawings.gauge_plot import gauge_svg

        write_svg(
            svg,
            lambda: gauge_svg(
                block, study, title=file.stem, parts=parts, operators=operators, unit=unit
            ),
        )
    if as_json:
        print_json({"parts": parts, "operators": operators, "study": plain(study)})
    else:
        _print_gauge(study)
    if study.result.verdict == "not acceptable":
        raise typer.Exit(NO)


def _print_gauge(study: Any) -> None:
    from packcalc.stats.no_data import NoData

    def share(value: Any) -> str:
        return "-" if isinstance(value, NoData) else f"{value:.1f} %"

    result = study.result
    shown = Table("source", "sd", "of variance", "of study variation", "of tolerance")
    for c in (
        result.grr,
        result.repeatability,
        result.reproducibility,
        result.operator,
        result.interaction,
        result.part,
        result.total,
    ):
        shares = (c.contribution_pct, c.study_pct, c.tolerance_pct)
        shown.add_row(c.name, f"{c.sd:.4g}", *(share(value) for value in shares))
    screen = out()
    screen.print(f"{result.convention}.", markup=False)
    screen.print(shown)
    colour = {"acceptable": "green", "conditional": "yellow"}.get(result.verdict, "red")
    screen.print(
        f"[{colour}]{result.verdict}[/]: distinct categories (ndc) {result.ndc}; "
        "AIAG bands: GR&R under 10 % acceptable, over 30 % not, ndc 5 or more."
    )
