"""Reading the chemistry tables that the project ships."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from packline.catalog.calc.chemistry import Chemistry, CommonConventions
from packline.catalog.forms.document import Table, load, read_bytes
from packline.catalog.states import CHEMISTRIES
from packline.foundation.errors import InputError, Problem

__all__ = ["SHIPPED_CHEMISTRIES", "read_chemistries", "read_common"]

SHIPPED_CHEMISTRIES = Path(__file__).parents[1] / "chemistries"
NEEDED = ("charge_limit_v", "ov_trip_v", "uv_trip_v")
OPTIONAL = (
    *("ov_alarm_v", "ov_delay_s", "ov_release_v", "second_level_ov_v"),
    *("uv_alarm_v", "uv_delay_s", "uv_release_v"),
)
COMMON = {
    "temperature": ("charge_degc", "discharge_degc", "trip_high_degc", "release_below_trip_k"),
    "current": (
        "discharge_trip_over_continuous",
        "discharge_delay_s",
        "second_trip_over_continuous",
        "second_delay_s",
        "charge_trip_over_continuous",
        "short_circuit_delay_s",
    ),
    "delay": ("voltage_s", "temperature_s"),
}


@lru_cache(maxsize=4)
def read_chemistries(folder: Path = SHIPPED_CHEMISTRIES) -> Mapping[str, Chemistry]:
    """Read the conventions of every chemistry, by key.

    Raises
    ------
    InputError
        With every problem found, also if a chemistry has no table.
    """
    problems: list[Problem] = []
    found: dict[str, Chemistry] = {}
    for path in sorted(folder.glob("*.toml")):
        if path.name == "common.toml":
            continue
        top = _top(path, problems)
        top.only(("key", "name", "confidence", "sources", "note", "figures"))
        key, confidence = top.word("key", CHEMISTRIES), _confidence(top)
        figures = top.table("figures")
        figures.only((*NEEDED, *OPTIONAL))
        for name in NEEDED:
            if name not in figures.values:
                figures.say(name, None, "missing")
        name, note = top.text("name"), top.text("note", required=False)
        found[key] = Chemistry(key, name, confidence, _sources(top), note, _ranges(figures))
    for key in CHEMISTRIES:
        if key not in found:
            problems.append(Problem(str(folder), message=f"no table for {key}"))
    if problems:
        raise InputError(problems)
    return MappingProxyType(found)


@lru_cache(maxsize=4)
def read_common(folder: Path = SHIPPED_CHEMISTRIES) -> CommonConventions:
    """Read what holds for every chemistry.

    Raises
    ------
    InputError
        With every problem found.
    """
    problems: list[Problem] = []
    top = _top(folder / "common.toml", problems)
    top.only(("confidence", "sources", *COMMON))
    figures: dict[str, tuple[float, float]] = {}
    for name, keys in COMMON.items():
        table = top.table(name)
        table.only(keys)
        for key in keys:
            if key not in table.values:
                table.say(key, None, "missing")
        figures |= _ranges(table)
    common = CommonConventions(_confidence(top), _sources(top), figures)
    if problems:
        raise InputError(problems)
    return common


def _top(path: Path, problems: list[Problem]) -> Table:
    return Table(load(read_bytes(path, problems), path.name, problems), path.name, problems)


def _confidence(top: Table) -> str:
    return top.word("confidence", ("high", "medium", "low"))


def _sources(top: Table) -> tuple[str, ...]:
    value = top.values.get("sources")
    if not isinstance(value, list) or not value or not all(isinstance(v, str) for v in value):
        top.say("sources", value, "missing or not a list of texts", "at least one source")
        return ()
    return tuple(value)


def _ranges(table: Table) -> dict[str, tuple[float, float]]:
    """Return every figure as a range; a single number is a range of its own."""
    ranges = {}
    for key, value in table.values.items():
        pair: list[Any] = value if isinstance(value, list) else [value, value]
        numbers = [v for v in pair if isinstance(v, int | float) and not isinstance(v, bool)]
        if len(pair) != 2 or len(numbers) != 2 or numbers[0] > numbers[1]:
            table.say(key, value, "must be a number or a rising pair of numbers")
            continue
        ranges[key] = (float(numbers[0]), float(numbers[1]))
    return ranges
