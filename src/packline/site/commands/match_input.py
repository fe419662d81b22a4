"""Cells, rules and aims from the options that `match`, `grade` and `replacement` share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from packline.site.options import warn

if TYPE_CHECKING:
    from packcalc.matching import Objective, Rules, Topology, Window
    from packcalc.matching.table import StockTable
    from packline.foundation.errors import InputError, Problem

SHOWN = 20  # problems of one file; the rest is counted
READINGS = {"capacity": "Ah", "resistance": "mOhm", "ocv": "V", "self_discharge": "mV/d"}
LOTS = ("free", "pack", "group")
WEIGHTS = ("capacity", "conductance", "closeness", "alike")
RULES = {  # option: the rule, and what one of its units is in Ah, mOhm and V or as a ratio
    "--ocv-spread": ("ocv_spread", 1e-3),
    "--ir-spread": ("resistance_spread", 1.0),
    "--ir-deviation": ("resistance_deviation", 1e-2),
    "--capacity-spread": ("capacity_spread", 1e-2),
}

FileArgument = Annotated[Path, typer.Argument(help="Measured cells: CSV with a heading.")]
TopologyOption = Annotated[str, typer.Option("--topology", "-t", help="Such as 14S3P.")]
ColumnOption = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        help="Which column is what: FIELD=COLUMN. Fields: serial, capacity, resistance, ocv, "
        "self_discharge, lot, made_on. Usual names and units are recognised.",
    ),
]
SelectOption = Annotated[
    list[str] | None,
    typer.Option("--select", help="Only the rows with this value: COLUMN=VALUE."),
]
WindowOption = Annotated[
    list[str] | None,
    typer.Option(
        "--window",
        help="Which readings are let in: FIELD=LOW..HIGH in Ah, mOhm, V, mV/d (either end may "
        "be left out), or FIELD=4sigma for median +- 4 robust standard deviations; both may be "
        "given.",
    ),
]
OcvSpreadOption = Annotated[
    float | None, typer.Option("--ocv-spread", help="Largest OCV difference in a group. [mV]")
]
IrSpreadOption = Annotated[
    float | None,
    typer.Option("--ir-spread", help="Largest resistance difference in a group. [mOhm]"),
]
IrDeviationOption = Annotated[
    float | None,
    typer.Option("--ir-deviation", help="Largest deviation from the group's mean. [%]"),
]
CapacitySpreadOption = Annotated[
    float | None,
    typer.Option("--capacity-spread", help="Largest spread of group capacities. [%]"),
]
LotsOption = Annotated[
    str, typer.Option("--lots", help="free, pack (one lot per pack) or group (per group).")
]
JsonFileOption = Annotated[
    Path | None,
    typer.Option("--json", help="Write the whole answer here; - is stdout, and nothing else."),
]


def unusable(where: str, value: str, message: str, allowed: str = "") -> InputError:
    """Say what is wrong with an option or a file."""
    from packline.foundation.errors import InputError, Problem

    return InputError([Problem(where, value=value, message=message, allowed=allowed)])


def read_topology(text: str) -> Topology:
    """Groups in series and cells in parallel from 14S3P."""
    from packcalc.matching import Topology

    try:
        return Topology.parse(text)
    except ValueError as error:
        raise unusable("--topology", text, "is no topology", "such as 14S3P") from error


def read_rules(
    windows: list[str],
    lots: str,
    oldest_first: bool,
    limits: Mapping[str, float | None],
) -> Rules:
    """Rules from options; `limits` are those named in RULES, in mV, mOhm and per cent."""
    from packcalc.matching import Rules

    if lots not in LOTS:
        raise unusable("--lots", lots, "is no lot rule", ", ".join(LOTS))
    found: dict[str, Window] = {}
    for text in windows:
        field, window = _window(text)
        found[field] = _both(text, found[field], window) if field in found else window
    spreads = {
        RULES[option][0]: _part(option, value, RULES[option][1])
        for option, value in limits.items()
    }
    return Rules(
        windows=found,
        lots="free" if lots == "free" else "pack" if lots == "pack" else "group",
        oldest_first=oldest_first,
        **spreads,
    )


def _part(option: str, value: float | None, factor: float) -> float | None:
    if value is None:
        return None
    if not value >= 0:
        raise unusable(option, f"{value:g}", "is negative", "0 or more")
    return value * factor


def _window(text: str) -> tuple[str, Window]:
    """Read FIELD=LOW..HIGH or FIELD=4sigma."""
    from packcalc.matching import Window

    form = "FIELD=LOW..HIGH or FIELD=4sigma; fields " + ", ".join(READINGS)
    field, _, bounds = text.partition("=")
    field, bounds = field.strip(), bounds.strip()
    try:
        if field not in READINGS:
            raise ValueError(field)
        if bounds.endswith("sigma"):
            return field, Window(sigmas=_finite(bounds.removesuffix("sigma")))
        low, dots, high = bounds.partition("..")
        if not dots or not (low or high):
            raise ValueError(bounds)
        return field, Window(_finite(low) if low else None, _finite(high) if high else None)
    except ValueError as error:
        raise unusable("--window", text, "cannot be read", form) from error


def _finite(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(text)
    return value


def _both(text: str, one: Window, other: Window) -> Window:
    """A window that asks for both: readings between bounds and near the median."""
    twice = [
        name
        for name in ("low", "high", "sigmas")
        if getattr(one, name) is not None and getattr(other, name) is not None
    ]
    if twice:
        raise unusable("--window", text, "sets a bound that is set already")
    low, high = (
        getattr(other, name) if getattr(one, name) is None else getattr(one, name)
        for name in ("low", "high")
    )
    if low is not None and high is not None and low > high:
        raise unusable("--window", text, f"leaves nothing between {low:g} and {high:g}")
    return replace(one, low=low, high=high, sigmas=one.sigmas or other.sigmas)


def read_objective(weights: list[str], capacity_only: bool, effort: int) -> Objective:
    """What to aim for from --weight NAME=VALUE, --capacity-only and --effort."""
    from packcalc.matching import Objective

    allowed = ", ".join(WEIGHTS)
    given: dict[str, float] = {"conductance": 0.0, "closeness": 0.0} if capacity_only else {}
    for name, text in _pairs("--weight", weights).items():
        try:
            given[name] = _finite(text)
        except ValueError as error:
            raise unusable("--weight", f"{name}={text}", "is not a number") from error
        if name not in WEIGHTS:
            raise unusable("--weight", f"{name}={text}", "no such weight", allowed)
    try:
        return replace(Objective(), effort=effort, **given)
    except ValueError as error:
        raise unusable("--weight", " ".join(weights) or str(effort), str(error)) from error


def _pairs(option: str, texts: list[str]) -> dict[str, str]:
    found = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not (key and equals):
            raise unusable(option, text, "cannot be read", "NAME=VALUE")
        found[key] = value
    return found


def read_stock(
    file: Path, columns: list[str], select: list[str], sd: float | None, rules: Rules
) -> StockTable:
    """Cells of a file; refused when a rule needs a column that it does not have."""
    import numpy as np

    from packcalc.matching import Gauge
    from packcalc.matching.table import BadTable, read_table
    from packline.foundation.errors import InputError, Problem

    named, where = _pairs("--column", columns), _pairs("--select", select)
    try:
        table = read_table(_text(file), str(file), named, where, dates=rules.oldest_first)
    except BadTable as error:
        more = len(error.problems) - SHOWN
        problems = [_problem(line) for line in error.problems[:SHOWN]]
        problems += [Problem(str(file), message=f"and {more} more like these")] * (more > 0)
        raise InputError(problems) from error
    except OSError as error:
        raise unusable(str(file), "", error.strerror or "cannot be read") from error
    _know(file, table, rules)
    share = _part("--capacity-sd", sd, 1e-2)
    capacity = table.cells.capacity
    if share is None or not np.isfinite(capacity).any():
        return table
    gauge = Gauge(capacity_sd=share * float(np.nanmedian(capacity)))
    return replace(table, cells=replace(table.cells, gauge=gauge))


def _problem(line: str) -> Problem:
    from packline.foundation.errors import Problem

    where, _, message = line.rpartition(": ")
    return Problem(where, message=message)


def _text(file: Path) -> str:
    """The text of a file in UTF-8, in UTF-16 with its mark, or else as older Windows writes."""
    raw = file.read_bytes()
    encoding = "utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
        warn(f"look at: {file} is not UTF-8 text; it was read as Windows-1252.")
    if "\x00" in text:
        raise unusable(str(file), "", "is not a table of text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _know(file: Path, table: StockTable, rules: Rules) -> None:
    """Refuse a rule on something that the file does not have."""
    asked = {name: f"a rule on {name}" for name in rules.windows}
    if rules.ocv_spread is not None:
        asked["ocv"] = "a rule on ocv"
    if rules.resistance_spread is not None or rules.resistance_deviation is not None:
        asked["resistance"] = "a rule on resistance"
    if rules.lots != "free":
        asked["lot"] = f"--lots {rules.lots}"
    if rules.oldest_first:
        asked["made_on"] = "--oldest-first"
    for name in sorted(set(asked) - set(table.columns)):
        message = f"{asked[name]} is asked for, but no column holds it"
        raise unusable(str(file), "", message, f"--column {name}=NAME")
