"""Studies of one gauge on references, and of people who sort, for `packline msa`."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from packline.foundation.columns import Columns
from packline.foundation.errors import InputError, Problem, Refused
from packline.site.commands.statistics.options import number, usable
from packline.site.commands.statistics.study_result import Asked, Studied

__all__ = ["attribute", "linear", "one_reference", "stable"]

GOOD, BAD = ("good", "ok", "pass", "1"), ("bad", "nok", "fail", "0")


def one_reference(table: Columns, asked: Asked) -> Studied:
    """Study readings of one reference: type 1, or bias."""
    from packcalc.stats.drawings.study_plot import one_reference_svg
    from packcalc.stats.msa.single_gauge import bias, type1
    from packcalc.stats.no_data import NoData

    values = table.numbers(asked.value if asked.value in table.names else None, "--value")
    reference = _reference(asked)
    tolerance = asked.tolerance
    if asked.method == "type1":
        if tolerance is None:
            raise InputError([Problem("--tolerance", message="a type-1 study needs its width")])
        width = tolerance
        found: Any = usable(
            table.file,
            lambda: type1(
                values,
                reference,
                width,
                percent=asked.percent,
                multiple=asked.multiple,
                required=asked.required,
            ),
        )
    else:
        found = usable(table.file, lambda: bias(values, reference))
    if isinstance(found, NoData):
        raise Refused(f"{table.file}: {found}")
    off = found.bias if asked.method == "type1" else found
    rows = [
        ("readings", str(off.n)),
        ("mean", f"{off.mean:.6g}"),
        ("standard deviation", f"{off.sd:.4g}"),
        ("bias", f"{off.bias:.4g}"),
        (f"bias, {100 * off.confidence:g} % interval", f"{off.low:.4g} to {off.high:.4g}"),
        ("t, p", f"{number(off.t, '{:.3f}')}, {number(off.p, '{:.3g}')}"),
    ]
    found_off = "differs from zero" if off.significant else "may be zero"
    said = [f"The bias {found_off} at {100 * off.confidence:g} %."]
    good = not off.significant
    if asked.method == "type1":
        rows += [
            ("Cg", f"{found.cg:.2f}"),
            ("Cgk", f"{found.cgk:.2f}"),
            ("repeatability of tolerance", f"{found.repeatability_pct:.1f} %"),
            ("with bias of tolerance", f"{found.total_pct:.1f} %"),
        ]
        verdict = "capable" if found.capable else "not capable"
        said.insert(0, f"{verdict}: {found.convention}.")
        good = found.capable
    return Studied(
        found,
        ("figure", "value"),
        rows,
        tuple(said),
        good,
        lambda: one_reference_svg(
            values, found, title=asked.title, reference=reference, tolerance=tolerance,
            unit=asked.unit,
        ),
    )  # fmt: skip


def _reference(asked: Asked) -> float:
    try:
        return float(asked.reference or "")
    except ValueError as error:
        message = "give the value of the reference"
        raise InputError([Problem("", "--reference", asked.reference or "", message)]) from error


def linear(table: Columns, asked: Asked) -> Studied:
    """Study the bias over several references."""
    from packcalc.stats.drawings.study_plot import linearity_svg
    from packcalc.stats.msa.linearity import linearity

    references = table.numbers(asked.reference or "reference", "--reference")
    readings: dict[float, list[float]] = defaultdict(list)
    for reference, value in zip(references, table.numbers(asked.value, "--value"), strict=True):
        readings[reference].append(value)
    variation = None if asked.process_sd is None else asked.multiple * asked.process_sd
    found = usable(table.file, lambda: linearity(readings, process_variation=variation))
    rows = [
        (f"{ref:g}", f"{b.bias:.4g}", f"{b.low:.4g} to {b.high:.4g}", number(b.p, "{:.3g}"))
        for ref, b in zip(found.references, found.biases, strict=True)
    ]
    verdict = "significant" if found.significant() else "not significant"
    said = [
        f"bias = {found.intercept:.5g} {found.slope:+.5g} x reference, {verdict} at 5 % "
        f"(slope p {number(found.slope_p, '{:.3g}')}, intercept p "
        f"{number(found.intercept_p, '{:.3g}')}); R2 {100 * found.r_squared:.1f} %.",
        f"{found.convention}.",
    ]
    if variation is not None:
        said.insert(1, f"Linearity: {number(found.linearity_pct, '{:.1f} %')} of the process.")
    return Studied(
        found,
        ("reference", "bias", "95 % interval", "p"),
        rows,
        tuple(said),
        not found.significant(),
        lambda: linearity_svg(readings, found, title=asked.title, unit=asked.unit),
    )


def stable(table: Columns, asked: Asked) -> Studied:
    """Study whether readings of one reference stay what they are."""
    from packcalc.stats.drawings.control_chart import control_chart_svg
    from packcalc.stats.msa.stability import stability

    values = table.numbers(asked.value, "--value")
    occasions: Any = values
    if asked.occasion in table.names:
        occasions = table.subgroups(asked.value, asked.occasion)
        if len({len(row) for row in occasions}) != 1:
            message = "every occasion needs as many readings"
            raise InputError([Problem(str(table.file), asked.occasion, message=message)])
        occasions = values if len(occasions[0]) == 1 else occasions
    chart = usable(table.file, lambda: stability(occasions))
    rows = [
        (p.statistic, *(f"{v[-1]:.6g}" for v in (p.lower, p.centre, p.upper)),
         ", ".join(map(str, p.signals.points())) or "-")
        for p in chart.panels
    ]  # fmt: skip
    said = "stable: no rule fires" if chart.in_control() else "not stable: rules fire"
    return Studied(
        chart.baseline,
        ("panel", "lower", "centre", "upper", "points that signal"),
        rows,
        (f"{said}; {chart.baseline.convention}.",),
        chart.in_control(),
        lambda: control_chart_svg(chart, title=asked.title, unit=asked.unit, of="occasion"),
    )


def attribute(table: Columns, asked: Asked) -> Studied:
    """Study people or machines that sort into good and bad."""
    from packcalc.stats.drawings.study_plot import agreement_svg
    from packcalc.stats.msa.attribute import attribute_agreement

    parts, people = table.texts(asked.part, "--part"), table.texts(asked.operator, "--operator")
    rated = _ratings(table, asked.value)
    cells: dict[str, dict[str, list[str]]] = {who: {} for who in dict.fromkeys(people)}
    for part, who, rating in zip(parts, people, rated, strict=True):
        cells[who].setdefault(part, []).append(rating)
    order = list(dict.fromkeys(parts))
    most = max(len(trials) for row in cells.values() for trials in row.values())
    short = [
        Problem(str(table.file), f"{part} / {who}", str(len(row.get(part, []))),
                "ratings, not as many as of the others", str(most))
        for who, row in cells.items() for part in order if len(row.get(part, [])) != most
    ]  # fmt: skip
    if short:
        raise InputError(short)
    column, truth = asked.reference or "reference", None
    if asked.reference is not None or column in table.names:
        told = dict(zip(parts, _ratings(table, column), strict=True))
        truth = [told[part] for part in order]
    found = usable(
        table.file,
        lambda: attribute_agreement(
            {who: [row[part] for part in order] for who, row in cells.items()}, truth, good="good"
        ),
    )
    rows = [
        (
            a.name,
            *(number(v, "{:.1%}") for v in (a.within, a.effectiveness, a.missed, a.false_alarms)),
            *(number(v, "{:.3f}") for v in (a.kappa, a.fleiss_within, a.fleiss_reference)),
            a.verdict,
        )
        for a in found.appraisers
    ]
    said = [f"Kappa of {a} and {b}: {number(k, '{:.3f}')}." for a, b, k in found.between]
    said.append(
        f"All agree on {number(found.all_agree, '{:.1%}')} of the parts, and with the reference "
        f"on {number(found.all_agree_with_reference, '{:.1%}')}; "
        f"Fleiss' kappa of everybody {number(found.fleiss, '{:.3f}')}."
    )
    said.append(f"{found.convention}.")
    heading = ("appraiser", "within", "effective", "missed", "false alarms", "kappa (Cohen)")
    return Studied(
        found,
        (*heading, "Fleiss within", "Fleiss with reference", "verdict"),
        rows,
        tuple(said),
        all(a.verdict != "unacceptable" for a in found.appraisers),
        lambda: agreement_svg(found, title=asked.title),
    )


def _ratings(table: Columns, column: str) -> list[str]:
    found, problems = [], []
    for line, text in zip(table.lines, table.texts(column, column), strict=True):
        word = text.lower()
        if word in (*GOOD, *BAD):
            found.append("good" if word in GOOD else "bad")
        else:
            allowed = ", ".join((*GOOD, *BAD))
            problems.append(
                Problem(f"{table.file} line {line}", column, text, "is no rating", allowed)
            )
    if problems:
        raise InputError(problems)
    return found
