"""Defect codes, read from the table that is shipped beside this file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

__all__ = ["Defect", "defect_of", "defects"]


@dataclass(frozen=True, slots=True)
class Defect:
    """What a nonconformance is booked under."""

    code: str
    title: str
    characteristics: tuple[str, ...]


@lru_cache(maxsize=1)
def defects() -> Mapping[str, Defect]:
    """Return every defect by its code."""
    with Path(__file__).with_name("defects.toml").open("rb") as file:
        rows = tomllib.load(file)["defect"]
    found = [Defect(row["code"], row["title"], tuple(row["characteristics"])) for row in rows]
    return MappingProxyType({defect.code: defect for defect in found})


def defect_of(characteristic: str) -> str:
    """Return the defect code that a characteristic out of its limits points to."""
    for defect in defects().values():
        if characteristic in defect.characteristics:
            return defect.code
    return "other"
