"""What the process knows before any design: operations, characteristics and failure modes."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

__all__ = [
    "CharacteristicType",
    "FailureType",
    "OperationType",
    "characteristic_types",
    "failure_types",
    "operation_types",
    "uncovered",
]


@dataclass(frozen=True, slots=True)
class OperationType:
    """One of the nine operations, its instruction still without the figures of a design."""

    number: int
    code: str
    title: str
    station_kind: str
    instruction: str
    tool_kind: str  # blank: no tool is identified
    recipe_code: str  # blank: no machine runs a program
    cells_go_in: bool


@dataclass(frozen=True, slots=True)
class CharacteristicType:
    """Something that is checked; its limits come from a design.

    One that is not `always` checked is left out when the design states no limit for it.
    """

    code: str
    operation: str
    name: str
    per: str
    unit: str
    always: bool
    gauge_kind: str
    sample: str
    ctq: bool
    special: str
    reaction: str


@dataclass(frozen=True, slots=True)
class FailureType:
    """One way in which an operation fails, and the characteristic that controls it."""

    ref: str
    characteristic: str
    mode: str
    effect: str
    cause: str
    prevention: str
    detection: str
    s: int
    o: int
    d: int


def _rows(file: str, table: str) -> list[dict[str, Any]]:
    with Path(__file__).with_name(file).open("rb") as handle:
        rows: list[dict[str, Any]] = tomllib.load(handle)[table]
    return rows


@lru_cache(maxsize=1)
def operation_types() -> Mapping[str, OperationType]:
    """Return the operations by code, in the order in which they are done."""
    rows = [
        OperationType(
            row["number"],
            row["code"],
            row["title"],
            row["station_kind"],
            row["instruction"].strip(),
            row.get("tool_kind", ""),
            row.get("recipe", ""),
            row.get("cells_go_in", False),
        )
        for row in _rows("operations.toml", "operation")
    ]
    return MappingProxyType({row.code: row for row in sorted(rows, key=lambda r: r.number)})


@lru_cache(maxsize=1)
def characteristic_types() -> Mapping[str, CharacteristicType]:
    """Return every characteristic by code, operation by operation."""
    rows = [
        CharacteristicType(
            code=row["code"],
            operation=row["operation"],
            name=row["name"],
            per=row["per"],
            unit=row["unit"],
            always=row["presence"] == "always",
            gauge_kind=row["gauge_kind"],
            sample=row["sample"],
            ctq=row["ctq"],
            special=row.get("special", ""),
            reaction=row["reaction"],
        )
        for row in _rows("characteristics.toml", "characteristic")
    ]
    return MappingProxyType({row.code: row for row in rows})


@lru_cache(maxsize=1)
def failure_types() -> tuple[FailureType, ...]:
    """Return every failure mode of the process FMEA, in the order of its file."""
    return tuple(FailureType(**row) for row in _rows("failure_modes.toml", "failure_mode"))


def uncovered(
    characteristics: Mapping[str, CharacteristicType], failures: tuple[FailureType, ...]
) -> list[str]:
    """Return what breaks the tie between control plan and FMEA, in words; nothing if it holds.

    Every characteristic controls at least one failure mode, or there is no reason to measure it;
    every failure mode names a characteristic, or nothing controls it.
    """
    controlled = {failure.characteristic for failure in failures}
    return [
        f"characteristic {code} controls no failure mode: why is it measured?"
        for code in characteristics
        if code not in controlled
    ] + [
        f"failure mode {failure.ref} names {failure.characteristic}, which nobody measures"
        for failure in failures
        if failure.characteristic not in characteristics
    ]
