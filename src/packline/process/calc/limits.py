"""The limits of a characteristic, taken over from the design's row of the same code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from packline.process.calc.catalogue import CharacteristicType
from packline.requirements.calc.units import UnitProblem, convert

__all__ = ["DesignRow", "Limits", "limits_of"]


@dataclass(frozen=True, slots=True)
class DesignRow:
    """One limit of a design, in the unit in which the design states it, and why."""

    name: str
    unit: str
    low: float | None
    high: float | None
    target: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits in the unit of the characteristic, and where they come from."""

    low: float | None
    high: float | None
    target: float | None
    source: str


def limits_of(kind: CharacteristicType, rows: Mapping[str, DesignRow]) -> Limits | None:
    """Return the limits of a characteristic; None if this design has no use for it.

    Raises
    ------
    ValueError
        If the design must limit it and does not, or states its limit in a unit of something else.
    """
    row = rows.get(kind.code)
    if row is None or (row.low is None and row.high is None):
        if kind.always:
            raise ValueError(f"the design states no limit {kind.code}")
        return None
    try:
        low, high, target = (
            None if value is None else convert(value, row.unit, kind.unit)
            for value in (row.low, row.high, row.target)
        )
    except UnitProblem as error:
        raise ValueError(f"limit {row.name}: {error}") from error
    return Limits(low, high, target, f"limit {row.name}: {row.reason}")
