"""The readings of a unit, a line per characteristic: the worst place, and all behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import inf

from packline.production.models import Reading, Step, Unit
from packline.production.queries.units import steps_of_unit

__all__ = ["ReadingLine", "StepReadings", "margin", "steps_with_readings"]


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """One characteristic of one step: the reading nearest to a limit, and all of them."""

    worst: Reading
    rows: Sequence[Reading]
    n_failed: int

    @property
    def low(self) -> float:
        """The least value of any place."""
        return min(row.value for row in self.rows)

    @property
    def high(self) -> float:
        """The greatest value of any place."""
        return max(row.value for row in self.rows)


@dataclass(frozen=True, slots=True)
class StepReadings:
    """One attempt at one operation with its readings."""

    step: Step
    lines: Sequence[ReadingLine]


def steps_with_readings(unit: Unit) -> list[StepReadings]:
    """Return every step of a unit in the order of the routing, with its readings."""
    steps = sorted(steps_of_unit(unit), key=lambda step: (step.operation.number, step.attempt))
    return [StepReadings(step, _lines(step.readings.all())) for step in steps]


def _lines(readings: Iterable[Reading]) -> list[ReadingLine]:
    ordered = sorted(readings, key=lambda r: (r.characteristic.name, r.position))
    lines = []
    for _, found in groupby(ordered, key=lambda r: r.characteristic_id):
        rows = list(found)
        lines.append(ReadingLine(min(rows, key=margin), rows, sum(not row.passed for row in rows)))
    return lines


def margin(reading: Reading) -> float:
    """Return how far a reading is inside its limits, as a share of their width; negative: out.

    With one limit the distance is a share of the limit itself.
    """
    low, high, value = reading.judged_low, reading.judged_high, reading.value
    scale = high - low if low is not None and high is not None else abs(low or high or 0)
    scale = scale or 1.0
    under = inf if low is None else (value - low) / scale
    over = inf if high is None else (high - value) / scale
    return min(under, over)
