"""The errors of the as-built prediction, read from the table that is shipped beside this file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from pathlib import Path
from types import MappingProxyType

__all__ = ["BASES", "ErrorModel", "KnownError", "error_model"]

BASES = ("measured", "stated", "assumed")


@dataclass(frozen=True, slots=True)
class KnownError:
    """One source of error; `u` is its standard uncertainty, or None where the unit's data say it.

    The unit is that of the quantity, or 1 for a `relative` error.
    """

    key: str
    name: str
    u: float | None
    relative: bool
    shared: bool
    basis: str
    source: str


@dataclass(frozen=True, slots=True)
class ErrorModel:
    """All sources of error, and the chance of a false alarm that tolerances are drawn for."""

    version: str
    false_alarm: float
    errors: Mapping[str, KnownError]

    def u(self, key: str) -> float:
        """Return the standard uncertainty of a source whose size the table states."""
        found = self.errors[key].u
        if found is None:
            raise ValueError(f"the size of {key} follows from a unit's own data")
        return found


@lru_cache(maxsize=1)
def error_model() -> ErrorModel:
    """Return the errors that predictions count with."""
    with Path(__file__).with_name("as_built.toml").open("rb") as file:
        found = tomllib.load(file)
    errors = {}
    for key, row in found["error"].items():
        u = row.get("standard")
        if "half_width" in row:
            u = row["half_width"] / sqrt(3)
        if row["basis"] not in BASES:
            raise ValueError(f"{key}: basis {row['basis']!r}; allowed: {', '.join(BASES)}")
        errors[key] = KnownError(
            key, row["name"], u, row["relative"], row["shared"], row["basis"], row["source"]
        )
    return ErrorModel(found["model"], found["false_alarm"], MappingProxyType(errors))
