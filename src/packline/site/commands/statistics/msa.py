"""`packline msa`: how much of what is seen is the gauge, and who holds it."""

from __future__ import annotations

from typing import Annotated

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
    write_svg,
)
from packline.site.commands.statistics.studies import METHODS, study
from packline.site.commands.statistics.study_result import Asked
from packline.site.options import NO, JsonOption, ends_well, out, print_json


@ends_well
def msa(
    file: FileArgument,
    method: Annotated[
        str, typer.Option("--method", help=f"One of {', '.join(METHODS)}.")
    ] = "anova",
    value: Annotated[str, typer.Option("--value", help="Column of the readings.")] = "value",
    part: Annotated[str, typer.Option("--part", help="Column of the part.")] = "part",
    operator: Annotated[
        str, typer.Option("--operator", help="Column of the operator.")
    ] = "operator",
    occasion: Annotated[
        str, typer.Option("--occasion", help="stability: column of the occasion.")
    ] = "occasion",
    reference: Annotated[
        str | None,
        typer.Option(
            "--reference",
            help="type1, bias: value of the reference; linearity, attribute: its column.",
        ),
    ] = None,
    tolerance: Annotated[
        float | None, typer.Option("--tolerance", help="Width of the tolerance.")
    ] = None,
    one_sided: Annotated[
        bool,
        typer.Option("--one-sided", help="anova: the tolerance is from the mean to one limit."),
    ] = False,
    process_sd: Annotated[
        float | None,
        typer.Option("--process-sd", help="short-range, linearity: sd of the process."),
    ] = None,
    pool_above: Annotated[
        float, typer.Option("--pool-above", help="Pool the interaction above this p (AIAG 0.25).")
    ] = 0.25,
    multiple: Annotated[
        float,
        typer.Option("--multiple", min=0.1, help="Standard deviations compared: 6, 5.15 or 4."),
    ] = 6.0,
    percent: Annotated[
        float, typer.Option("--percent", min=0.1, help="type1: share of the tolerance: 20 or 10.")
    ] = 20.0,
    required: Annotated[
        float, typer.Option("--required", help="type1: smallest Cg and Cgk that are capable.")
    ] = 1.33,
    unit: UnitOption = "",
    svg: SvgOption = None,
    as_json: JsonOption = False,
) -> None:
    """Study a gauge: how much of what is seen is the gauge and who holds it.

    One row per reading. anova, range: columns part, operator, value, every operator measures
    every part equally often; nested: every operator has parts of their own; short-range: one
    reading of each. type1, bias: readings of one reference. linearity: columns reference, value.
    stability: readings of one reference over time. attribute: part, operator, value (good or
    bad), and reference where the truth is known.

    Exit code 0: acceptable, conditional, capable, not biased, stable. 1: it is not. 2: the input
    cannot be used.
    """
    one_of("--method", method, METHODS)
    asked = Asked(
        method=method,
        value=value,
        part=part,
        operator=operator,
        occasion=occasion,
        reference=reference,
        tolerance=tolerance,
        one_sided=one_sided,
        process_sd=process_sd,
        pool_above=pool_above,
        multiple=multiple,
        percent=percent,
        required=required,
        unit=unit,
        title=file.stem,
    )
    found = study(Columns(file), asked)
    if svg is not None:
        if found.draw is None:
            raise InputError([Problem("--svg", message=f"a {method} study has no picture")])
        write_svg(svg, found.draw)
    if as_json:
        names = {name: list(of) for name, of in found.names}
        print_json({**names, "method": method, "good": found.good, "study": plain(found.result)})
    else:
        shown = Table(*found.heading)
        for row in found.rows:
            shown.add_row(*row)
        out().print(shown)
        for sentence in found.said:
            out().print(sentence, markup=False)
    if not found.good:
        raise typer.Exit(NO)
