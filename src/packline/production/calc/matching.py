"""From cells to arrays for the matching, and from its answer back to cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from packcalc.matching import CellArrays, Gauge, Matching, Rules
from packcalc.matching.stock import reading_step
from packline.foundation.errors import DomainError
from packline.supply.models import Cell

__all__ = ["MatchingLimits", "in_limits", "packs_of", "to_arrays", "to_rules"]

AS_PER_AH = 3600.0
CAPACITY_UNITS = {"Ah": 1.0, "mAh": 1e-3}


@dataclass(frozen=True, slots=True)
class MatchingLimits:
    """What the design asks of groups; None where it asks nothing."""

    ocv_spread_v: float | None
    capacity_spread_ratio: float | None
    resistance_deviation_ratio: float | None


def to_arrays(cells: Sequence[Cell], repeatability: tuple[float, str] | None = None) -> CellArrays:
    """Return the cells as arrays, in SI units.

    AC internal resistance and DC resistance are different quantities and are never mixed:
    what all cells have is used, DC resistance first. `repeatability` is the standard deviation
    of a repeated capacity reading with its unit; where none is on record, the step in which
    capacities were written down is all that is known of the gauge.
    """
    sd = None
    if repeatability is not None:
        value, unit = repeatability
        if unit not in CAPACITY_UNITS:
            allowed = ", ".join(CAPACITY_UNITS)
            raise DomainError(f"repeatability of cell_capacity is in {unit}; allowed: {allowed}")
        sd = value * CAPACITY_UNITS[unit] * AS_PER_AH
    capacity_ah = np.array([cell.capacity_ah for cell in cells])
    days = [cell.made_on for cell in cells]
    return CellArrays(
        capacity=capacity_ah * AS_PER_AH,
        resistance=_resistance(cells),
        ocv=np.array([cell.ocv_v for cell in cells]),
        lot=np.array([cell.lot.number for cell in cells]),
        serial=np.array([cell.serial for cell in cells]),
        made_on=None if None in days else np.array(days, dtype="datetime64[D]"),
        gauge=Gauge(capacity_sd=sd, capacity_step=reading_step(capacity_ah) * AS_PER_AH),
    )


def _resistance(cells: Sequence[Cell]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    for name in ("dc_resistance_mohm", "ac_ir_mohm"):
        values = [getattr(cell, name) for cell in cells]
        if all(value is not None for value in values):
            return np.array(values, dtype=float) / 1000.0
    raise DomainError(
        "the cells cannot be matched by resistance: some have only an AC IR and some only a DC "
        "resistance; measure all of them one way"
    )


def to_rules(limits: MatchingLimits) -> Rules:
    """Return the hard rules of the match."""
    return Rules(
        ocv_spread=limits.ocv_spread_v,
        capacity_spread=limits.capacity_spread_ratio,
        resistance_deviation=limits.resistance_deviation_ratio,
    )


def packs_of(found: Matching, cells: Sequence[Cell]) -> list[list[list[Cell]]]:
    """Return packs of groups of cells."""
    return [[[cells[i] for i in group] for group in pack] for pack in found.assignment]


def in_limits(
    codes: Mapping[str, tuple[float | None, str]],
) -> MatchingLimits:
    """Read the upper limits that the design sets: code -> (high, unit)."""

    def high(code: str, unit: str, factor: float) -> float | None:
        value, stated = codes.get(code, (None, unit))
        if stated != unit:
            raise DomainError(f"matching limit {code} is in {stated}, expected {unit}")
        return None if value is None else value * factor

    return MatchingLimits(
        ocv_spread_v=high("group_ocv_spread", "mV", 1e-3),
        capacity_spread_ratio=high("group_capacity_spread", "%", 1e-2),
        resistance_deviation_ratio=high("group_resistance_spread", "%", 1e-2),
    )
