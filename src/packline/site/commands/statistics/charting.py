"""Making the chart that `packline spc` was asked for from the columns of a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packline.foundation.columns import Columns
from packline.foundation.errors import InputError, Problem
from packline.site.commands.statistics.options import pairs, usable
from packline.site.commands.statistics.several import chart_several

if TYPE_CHECKING:
    from packcalc.stats.charts.chart import Baseline, Chart

__all__ = ["CHARTS", "Asked", "Drawn", "draw"]

OF_VALUES = ("i-mr", "xbar-r", "xbar-s", "i-mr-s")
OF_COUNTS = ("p", "np", "c", "u", "laney-p", "laney-u")
WITH_MEMORY = ("ewma", "cusum")
OF_SEVERAL = ("t2", "mewma")
CHARTS = (*OF_VALUES, *OF_COUNTS, "short-run", *WITH_MEMORY, *OF_SEVERAL)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for on the command line, as it stands there."""

    kind: str | None
    column: str | None
    subgroup: str | None
    size: str | None
    rules: str
    only: tuple[str, ...] | None
    sigmas: float
    exclude: Mapping[int, str]
    limits: Path | None
    part: str | None
    targets: Sequence[str]
    spreads: Sequence[str]
    weight: float | None
    steady: bool
    shift: float
    interval: float
    head_start: float
    run_length: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart, what one point of it is, sentences that belong to it, and the limits to freeze."""

    chart: Chart
    of: str
    said: tuple[str, ...] = ()
    keeps: Baseline | None = None


def draw(table: Columns, asked: Asked) -> Drawn:
    """Make the chart; what does not fit the file or the kind is bad input."""
    baseline = None if asked.limits is None else _read_limits(asked.limits)
    kind = asked.kind or (baseline.kind.replace("_", "-") if baseline else None)
    kind = kind or ("xbar-r" if asked.subgroup else "i-mr")
    of = "subgroup" if asked.subgroup else "point"
    if kind in OF_SEVERAL:
        if baseline is not None:
            raise InputError([Problem("--limits", message=f"{kind} finds its own limits")])
        chart, said = chart_several(
            table,
            kind,
            columns=asked.column,
            subgroup=asked.subgroup,
            weight=asked.weight,
            run_length=asked.run_length,
        )
        return Drawn(chart, of, said)
    if kind in WITH_MEMORY:
        return _with_memory(table, asked, kind, of, baseline)
    options: dict[str, Any] = {
        "convention": asked.rules,
        "codes": asked.only,
        "baseline": baseline,
        "sigmas": asked.sigmas,
    }
    if kind == "short-run":
        return _kept(_short_run(table, asked, options), of)
    options["exclude"] = asked.exclude
    if kind in OF_VALUES:
        return _kept(_of_values(table, asked, kind, options), of)
    return _kept(_of_counts(table, asked, kind, options), "sample")


def _kept(chart: Chart, of: str) -> Drawn:
    return Drawn(chart, of, keeps=chart.baseline)


def _read_limits(path: Path) -> Baseline:
    from packcalc.stats.charts.chart import read_baseline

    try:
        return read_baseline(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError([Problem(str(path), message=str(error))]) from error


def _of_values(table: Columns, asked: Asked, kind: str, options: dict[str, Any]) -> Chart:
    from packcalc.stats.charts import between, individuals, shewhart

    if kind == "i-mr":
        values = table.numbers(asked.column)
        return usable(table.file, lambda: individuals.i_mr(values, **options))
    charts: dict[str, Callable[..., Chart]] = {
        "xbar-r": shewhart.xbar_r,
        "xbar-s": shewhart.xbar_s,
        "i-mr-s": between.i_mr_s,
    }
    groups = table.subgroups(asked.column, asked.subgroup or "5")
    return usable(table.file, lambda: charts[kind](groups, **options))


def _of_counts(table: Columns, asked: Asked, kind: str, options: dict[str, Any]) -> Chart:
    from packcalc.stats.charts import attributes, laney

    counts = table.numbers(asked.column)
    if kind == "c":
        return usable(table.file, lambda: attributes.c_chart(counts, **options))
    if asked.size is None:
        raise InputError([Problem("--size", message=f"a {kind} chart needs the sample size")])
    sizes: Any = (
        table.numbers(asked.size, "--size")
        if asked.size in table.names
        else _a_number("--size", asked.size, table.names)
    )
    charts: dict[str, Callable[..., Chart]] = {
        "p": attributes.p_chart,
        "np": attributes.np_chart,
        "u": attributes.u_chart,
        "laney-p": laney.laney_p,
        "laney-u": laney.laney_u,
    }
    return usable(table.file, lambda: charts[kind](counts, sizes, **options))


def _a_number(option: str, text: str, columns: Sequence[str]) -> float:
    try:
        return float(text)
    except ValueError as error:
        allowed = f"a number, or a column: {', '.join(columns)}"
        raise InputError([Problem("", option, text, "no such column", allowed)]) from error


def _short_run(table: Columns, asked: Asked, options: dict[str, Any]) -> Chart:
    from packcalc.stats.charts.short_run import short_run

    if asked.part is None:
        message = "a short-run chart needs the column of the part type"
        raise InputError([Problem("--part", message=message)])
    targets, spreads = pairs("--target", asked.targets), pairs("--spread", asked.spreads)
    values, parts = table.numbers(asked.column), table.texts(asked.part, "--part")
    known = {key: value for key, value in options.items() if key != "sigmas"}
    return usable(
        table.file,
        lambda: short_run(
            values,
            parts,
            targets,
            sigmas=spreads or None,
            method="standardised" if spreads else "deviation",
            **known,
        ),
    )


def _with_memory(
    table: Columns, asked: Asked, kind: str, of: str, baseline: Baseline | None
) -> Drawn:
    """EWMA and CUSUM of values or subgroup means, about limits given or found from them."""
    from packcalc.stats.charts.arl import cusum_arl, ewma_arl
    from packcalc.stats.charts.plotted import plotted
    from packcalc.stats.charts.time_weighted import cusum, ewma

    options: dict[str, Any] = {"baseline": baseline, "exclude": asked.exclude}
    values = _of_values(table, asked, "xbar-s" if asked.subgroup else "i-mr", options)
    found, x = values.baseline, values.panels[0].points
    centre, sigma = found.centre, float(values.panels[0].sigma[0])
    if kind == "ewma":
        weight = 0.2 if asked.weight is None else asked.weight
        made = usable(
            table.file,
            lambda: ewma(
                x,
                centre=centre,
                sigma=sigma,
                weight=weight,
                width=asked.sigmas,
                limits="steady" if asked.steady else "exact",
            ),
        )
        quiet = ewma_arl(0.0, weight=weight, width=asked.sigmas)
        moved = ewma_arl(asked.shift, weight=weight, width=asked.sigmas)
        told = _lengths(quiet, moved, asked.shift)
        return Drawn(plotted(made, found), of, (told,), found)
    slack, interval = asked.shift / 2, asked.interval
    summed = usable(
        table.file,
        lambda: cusum(
            x,
            centre=centre,
            slack=slack * sigma,
            interval=interval * sigma,
            head_start=asked.head_start * interval * sigma,
        ),
    )
    start = asked.head_start * interval
    quiet = cusum_arl(0.0, slack=slack, interval=interval, head_start=start)
    moved = cusum_arl(asked.shift, slack=slack, interval=interval, head_start=start)
    said = [_lengths(quiet, moved, asked.shift)]
    for name, fired, since in (
        ("above", summed.above, summed.since_above),
        ("below", summed.below, summed.since_below),
    ):
        if fired:
            begun = fired[0] - int(since[fired[0] - 1]) + 1
            said.append(f"The sum {name} signals at {fired[0]} and began to grow at {begun}.")
    return Drawn(plotted(summed, found), of, tuple(said), found)


def _lengths(quiet: float, moved: float, shift: float) -> str:
    return (
        f"Average run length: {quiet:.4g} points without a shift, "
        f"{moved:.3g} after one of {shift:g} sigma, if centre and sigma were known."
    )
