"""The gauge studies of `packline msa`: from the columns of a file to what is said and drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from packline.foundation.columns import Columns
from packline.foundation.errors import InputError, Problem
from packline.site.commands.statistics import studies_single as single
from packline.site.commands.statistics.options import number, usable
from packline.site.commands.statistics.study_result import Asked, Studied

__all__ = ["METHODS", "study"]

GRR = ("anova", "range", "nested")
METHODS = (*GRR, "short-range", "type1", "bias", "linearity", "stability", "attribute")


def study(table: Columns, asked: Asked) -> Studied:
    """Work out the study that was asked for.

    Raises
    ------
    InputError
        If a column or cell is missing or cannot be read.
    Refused
        If the readings do not suffice for an answer.
    """
    return _STUDIES[asked.method](table, asked)


def _shared(table: Columns, asked: Asked) -> Studied:
    from packcalc.stats.drawings.gauge_plot import gauge_svg
    from packcalc.stats.msa.crossed import crossed_anova
    from packcalc.stats.msa.nested import nested_anova
    from packcalc.stats.msa.range_method import average_and_range

    nested = asked.method == "nested"
    block, parts, operators = table.study(asked.value, asked.part, asked.operator, nested=nested)
    options: dict[str, Any] = {"tolerance": asked.tolerance, "multiple": asked.multiple}
    make: Callable[..., Any] = nested_anova if nested else average_and_range
    if asked.method == "anova":
        make = crossed_anova
        options |= {"pool_above": asked.pool_above, "one_sided": asked.one_sided}
    found = usable(table.file, lambda: make(block, **options))
    r = found.result
    rows = [
        (
            c.name,
            f"{c.sd:.4g}",
            number(c.contribution_pct, "{:.1f} %"),
            number(c.study_pct, "{:.1f} %"),
            number(c.tolerance_pct, "{:.1f} %"),
        )
        for c in (
            *(r.grr, r.repeatability, r.reproducibility),
            *(r.operator, r.interaction, r.part, r.total),
        )
    ]
    said = (
        f"{found.convention if asked.method == 'anova' else r.convention}.",
        f"{r.verdict}: distinct categories (ndc) {r.ndc}; "
        "AIAG bands: GR&R under 10 % acceptable, over 30 % not, ndc 5 or more.",
    )
    return Studied(
        found,
        ("source", "sd", "of variance", "of study variation", "of tolerance"),
        rows,
        said,
        r.verdict != "not acceptable",
        lambda: gauge_svg(
            block, found, title=asked.title, parts=parts, operators=operators, unit=asked.unit
        ),
        (("parts", parts), ("operators", operators)),
    )


def _short_range(table: Columns, asked: Asked) -> Studied:
    from packcalc.stats.msa.range_method import short_range

    block, parts, operators = table.study(asked.value, asked.part, asked.operator, nested=False)
    if len(block[0][0]) != 1:
        message = f"a short range study has one reading of each; here are {len(block[0][0])}"
        raise InputError([Problem(str(table.file), message=message)])
    found = usable(
        table.file,
        lambda: short_range(
            [[cell[0] for cell in row] for row in block],
            process_sd=asked.process_sd,
            tolerance=asked.tolerance,
            multiple=asked.multiple,
        ),
    )
    shares = [s for s in (found.study_pct, found.tolerance_pct) if isinstance(s, float)]
    rows = [
        ("mean range", f"{found.mean_range:.4g}"),
        ("gauge R&R (sd)", f"{found.grr:.4g}"),
        ("of process variation", number(found.study_pct, "{:.1f} %")),
        ("of tolerance", number(found.tolerance_pct, "{:.1f} %")),
    ]
    return Studied(
        found,
        ("figure", "value"),
        rows,
        (f"{found.convention}. Operators and gauge are not told apart.",),
        not shares or max(shares) <= 30,
        None,
        (("parts", parts), ("operators", operators)),
    )


_STUDIES: dict[str, Callable[[Columns, Asked], Studied]] = {
    **dict.fromkeys(GRR, _shared),
    "short-range": _short_range,
    "type1": single.one_reference,
    "bias": single.one_reference,
    "linearity": single.linear,
    "stability": single.stable,
    "attribute": single.attribute,
}
