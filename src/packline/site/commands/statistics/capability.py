"""`packline capability`: how well a column keeps its limits, and how surely that is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from packline.foundation.columns import Columns
from packline.foundation.errors import InputError, Problem, Refused
from packline.site.commands.statistics.options import (
    ColumnOption,
    FileArgument,
    SubgroupOption,
    SvgOption,
    UnitOption,
    one_of,
    plain,
    specification,
    usable,
    write_svg,
)
from packline.site.options import JsonOption, ends_well, out, print_json

if TYPE_CHECKING:
    from packcalc.stats.indices import Index

METHODS = ("normal", "weibull", "lognormal", "exponential", "box_cox", "johnson")
WITHIN = ("pooled", "rbar", "sbar", "moving_range", "median_moving_range")


@ends_well
def capability(
    file: FileArgument,
    low: Annotated[float | None, typer.Option("--low", help="Lower specification limit.")] = None,
    high: Annotated[
        float | None, typer.Option("--high", help="Upper specification limit.")
    ] = None,
    target: Annotated[float | None, typer.Option("--target", help="Target, for Cpm.")] = None,
    column: ColumnOption = None,
    subgroup: SubgroupOption = None,
    method: Annotated[
        str,
        typer.Option(
            "--method", help="normal, weibull, lognormal, exponential, box_cox or johnson."
        ),
    ] = "normal",
    within: Annotated[
        str | None,
        typer.Option("--within", help=f"normal: sigma within by {', '.join(WITHIN)}."),
    ] = None,
    degrees: Annotated[
        str, typer.Option("--degrees", help="normal: bounds of Cp, Cpk by effective or n-1.")
    ] = "effective",
    cpm_spread: Annotated[
        str, typer.Option("--cpm-spread", help="normal: Cpm of deviations, overall or within.")
    ] = "deviations",
    side_bounds: Annotated[
        str, typer.Option("--side-bounds", help="normal: bounds of one side: two or one sided.")
    ] = "two",
    judged: Annotated[
        str,
        typer.Option("--judged", help="not normal: by percentiles (ISO 22514-4), nonconforming."),
    ] = "percentiles",
    power: Annotated[
        str, typer.Option("--lambda", help="box_cox: optimal, rounded, or a number.")
    ] = "optimal",
    required: Annotated[
        float | None, typer.Option("--required", help="Smallest Ppk; a lower one exits with 1.")
    ] = None,
    confidence: Annotated[float, typer.Option("--confidence", min=0.5, max=0.999)] = 0.95,
    unit: UnitOption = "",
    svg: SvgOption = None,
    as_json: JsonOption = False,
) -> None:
    """Study how well a process keeps its limits, and how surely that is known.

    Exit code 0: studied. 1: too few values for an answer, or Ppk below --required. 2: the input
    cannot be used.
    """
    from packcalc.stats.capability import capability as study_normal
    from packcalc.stats.capability_nonnormal import capability_nonnormal
    from packcalc.stats.no_data import NoData
    from packcalc.stats.normality import normality

    one_of("--method", method, METHODS)
    for option, chosen, allowed in (
        ("--degrees", degrees, ("effective", "n-1")),
        ("--cpm-spread", cpm_spread, ("deviations", "overall", "within")),
        ("--side-bounds", side_bounds, ("two", "one")),
        ("--judged", judged, ("percentiles", "nonconforming")),
        *((("--within", within, WITHIN),) if within else ()),
    ):
        one_of(option, chosen, allowed)
    spec = specification(low, high, unit)
    table = Columns(file)
    groups = table.subgroups(column, subgroup)
    flat = [value for group in groups for value in group]
    shape: Sequence[Any] = groups if subgroup else flat
    study: Any
    if method == "normal":
        study = usable(
            file,
            lambda: study_normal(
                shape,
                spec,
                target=target,
                confidence=confidence,
                within=within,  # type: ignore[arg-type]
                degrees=degrees,  # type: ignore[arg-type]
                cpm_spread=cpm_spread,  # type: ignore[arg-type]
                side_bounds=side_bounds,  # type: ignore[arg-type]
            ),
        )
    else:
        study = usable(
            file,
            lambda: capability_nonnormal(
                flat,
                spec,
                method=method,  # type: ignore[arg-type]
                judged=judged,  # type: ignore[arg-type]
                box_cox=_power(power),
            ),
        )
    if isinstance(study, NoData):
        raise Refused(f"{file}: {study}")
    tested = normality(flat)
    if svg is not None:
        from packcalc.stats.drawings import capability_plot as picture

        title = column or file.stem
        write_svg(
            svg,
            lambda: (
                picture.capability_svg(flat, study, title=title)
                if method == "normal"
                else picture.percentile_capability_svg(flat, study, spec, title=title)
            ),
        )
    ppk = study.ppk.value if method == "normal" else study.indices.ppk
    if as_json:
        print_json({"study": plain(study), "normality": plain(tested), "ppk": ppk})
    else:
        _print_capability(study, method)
        if not isinstance(tested, NoData):
            verdict = "may be taken as normal" if tested.normal else "[yellow]are not normal[/]"
            out().print(
                f"The values {verdict}: Anderson-Darling p {tested.anderson_p:.3g}, "
                f"Shapiro-Wilk p {tested.shapiro_p:.3g}."
            )
    if required is not None and ppk < required:
        raise Refused(f"Ppk {ppk:.2f} is below the required {required:g}")


def _power(text: str) -> Any:
    if text in ("optimal", "rounded"):
        return text
    try:
        return float(text)
    except ValueError as error:
        problem = Problem("", "--lambda", text, "not known", "optimal, rounded, a number")
        raise InputError([problem]) from error


def _print_capability(study: Any, method: str) -> None:
    from packcalc.stats.no_data import NoData

    def number(value: Any) -> str:
        return "-" if isinstance(value, NoData) else f"{value:.4g}"

    screen = out()
    screen.print(f"{study.n} values; {study.convention}.", markup=False)
    if method != "normal":
        shown = Table("index", "value")
        for name in ("pp", "ppl", "ppu", "ppk"):
            shown.add_row(name.capitalize(), number(getattr(study.indices, name)))
        screen.print(shown)
        low, middle, high = study.percentiles
        screen.print(f"Percentiles 0.135, 50, 99.865 %: {low:.6g}, {middle:.6g}, {high:.6g}.")
        named = ", ".join(f"{name} {value:.6g}" for name, value in study.parameters)
        screen.print(f"Fitted: {named}.", markup=False)
    else:
        shown = Table("index", "value", "lower bound", "upper bound")
        for name in ("cp", "cpl", "cpu", "cpk", "pp", "ppl", "ppu", "ppk", "cpm"):
            index: Index | NoData = getattr(study, name)
            if isinstance(index, NoData):
                shown.add_row(name.capitalize(), "-", index.reason, "")
            else:
                cells = (index.value, index.low, index.high)
                shown.add_row(name.capitalize(), *(f"{cell:.2f}" for cell in cells))
        screen.print(shown)
        screen.print(f"Mean {study.mean:.6g}, standard deviation {study.overall.sigma:.4g}.")
    outside = study.observed_below + study.observed_above
    screen.print(f"Outside the limits: {outside} of {study.n}.")
