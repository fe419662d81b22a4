"""What the statistics commands share: options, checks of them, and the way into JSON."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from packline.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from packcalc.stats.limits import Limits

__all__ = [
    "ColumnOption",
    "FileArgument",
    "SubgroupOption",
    "SvgOption",
    "UnitOption",
    "number",
    "one_of",
    "pairs",
    "plain",
    "specification",
    "usable",
    "write_svg",
]

T = TypeVar("T")
FileArgument = Annotated[Path, typer.Argument(help="CSV in UTF-8, with a heading.")]
ColumnOption = Annotated[
    str | None, typer.Option("--column", help="Column of the values; the only numeric one.")
]
SvgOption = Annotated[Path | None, typer.Option("--svg", help="Also draw the picture here.")]
UnitOption = Annotated[str, typer.Option("--unit", help="Unit of the values, for the report.")]
SubgroupOption = Annotated[
    str | None,
    typer.Option(
        "--subgroup", help="Size of a subgroup (rows in order), or a column that names it."
    ),
]


def one_of(option: str, value: str, allowed: Sequence[str]) -> str:
    """Refuse a value that is not allowed, and name those that are."""
    if value not in allowed:
        problem = Problem("the command line", option, value, "not known", ", ".join(allowed))
        raise InputError([problem])
    return value


def number(value: Any, form: str) -> str:
    """Write a figure; what is no data is a dash, what has a value (and bounds) its value."""
    from packcalc.stats.no_data import NoData

    if isinstance(value, NoData):
        return "-"
    return form.format(value if isinstance(value, int | float) else value.value)


def pairs(option: str, texts: Sequence[str]) -> dict[str, float]:
    """Read NAME=NUMBER as often as it was given."""
    found, problems = {}, []
    for text in texts:
        name, _, number = text.rpartition("=")
        try:
            value = float(number)
        except ValueError:
            value = math.nan
        if not name.strip() or not math.isfinite(value):
            problems.append(Problem("the command line", option, text, "needs NAME=NUMBER"))
        found[name.strip()] = value
    if problems:
        raise InputError(problems)
    return found


def specification(low: float | None, high: float | None, unit: str) -> Limits:
    """Make limits of the two options; at least one is needed."""
    from packcalc.stats.limits import Limits

    try:
        return Limits(low, high, unit)
    except ValueError as error:
        problem = Problem("the command line", "--low, --high", message=str(error))
        raise InputError([problem]) from error


def usable(where: Path | str, compute: Callable[[], T]) -> T:
    """Compute; what the statistics refuse is bad input."""
    try:
        return compute()
    except ValueError as error:
        raise InputError([Problem(str(where), message=str(error))]) from error


def write_svg(path: Path | None, draw: Callable[[], str]) -> None:
    """Draw to a file, if one is asked for."""
    if path is None:
        return
    text = draw()
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError([Problem("--svg", str(path), message=str(error))]) from error


def plain(value: Any) -> Any:
    """Turn a result into what JSON can say: no data becomes its reason, not a number."""
    from packcalc.stats.no_data import NoData

    if isinstance(value, NoData):
        return {"no_data": value.reason}
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
