"""The figures of an order: what they are, and how they follow from what was recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from packcalc.stats.capability import Capability, capability
from packcalc.stats.intervals import Proportion
from packcalc.stats.limits import Limits
from packcalc.stats.no_data import NoData
from packcalc.stats.yields import (
    Dppm,
    ParetoRow,
    RolledYield,
    StepCount,
    dppm,
    first_pass_yield,
    pareto,
    rolled_throughput_yield,
)

__all__ = [
    "CtqFigure",
    "DefectFigure",
    "Kpis",
    "StepFigure",
    "UnitHistory",
    "compute",
    "study_ctq",
]

LEAST_UNITS = 10  # a capability index on fewer packs than this says nothing about a process


@dataclass(frozen=True, slots=True)
class UnitHistory:
    """What an order's figures need to know of one unit."""

    serial: str
    state: str
    # operation name -> states of its attempts, first attempt first
    attempts: Mapping[str, Sequence[bool]]  # whether each finished attempt passed
    defects: Sequence[str]  # names of what was out of limits, one per nonconformance


@dataclass(frozen=True, slots=True)
class StepFigure:
    """One operation: how many units came, how many passed at the first attempt."""

    name: str
    entered: tuple[str, ...]
    first_pass: tuple[str, ...]
    value: Proportion | NoData


@dataclass(frozen=True, slots=True)
class DefectFigure:
    """One line of the Pareto, with the units behind it."""

    row: ParetoRow
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CtqFigure:
    """Capability of one critical characteristic."""

    code: str
    name: str
    unit_code: str
    low: float | None
    high: float | None
    units: int
    values: tuple[tuple[float, ...], ...]  # per unit, first attempts
    study: Capability | NoData


@dataclass(frozen=True, slots=True)
class Kpis:
    """The figures of an order."""

    order: str
    units: tuple[str, ...]
    by_state: Mapping[str, tuple[str, ...]]
    first_pass: Proportion | NoData
    first_pass_units: tuple[str, ...]
    steps: tuple[StepFigure, ...]
    rolled: RolledYield | NoData
    defective_units: tuple[str, ...]
    dppm: Dppm | NoData
    defects: tuple[DefectFigure, ...]
    ctqs: tuple[CtqFigure, ...]

    @property
    def rolled_percent(self) -> str:
        """The rolled throughput yield as it is printed."""
        return "" if isinstance(self.rolled, NoData) else f"{self.rolled.value * 100:.1f}"

    @property
    def top_defects(self) -> tuple[DefectFigure, ...]:
        """The three most frequent defects."""
        return self.defects[:3]


def compute(
    order: str,
    units: Sequence[UnitHistory],
    operations: Sequence[str],
    ctqs: Sequence[CtqFigure],
) -> Kpis:
    """Compute an order's figures from the histories of its units.

    A unit passes first time when no attempt at any operation failed and none was repeated. The
    rolled throughput yield is the product of the operations' own first-pass yields. A defective
    unit is one with at least one nonconformance.
    """
    entered = [u for u in units if u.attempts]
    straight = [u for u in entered if _first_time(u)]
    steps = tuple(_step(name, entered) for name in operations)
    defective = [u for u in entered if u.defects]
    counts = Counter(d for u in entered for d in set(u.defects))
    rows = pareto(dict(counts))
    return Kpis(
        order=order,
        units=tuple(u.serial for u in units),
        by_state={
            state: tuple(u.serial for u in units if u.state == state)
            for state in sorted({u.state for u in units})
        },
        first_pass=first_pass_yield(len(straight), len(entered)),
        first_pass_units=tuple(u.serial for u in straight),
        steps=steps,
        rolled=rolled_throughput_yield(
            [StepCount(s.name, len(s.entered), len(s.first_pass)) for s in steps]
        ),
        defective_units=tuple(u.serial for u in defective),
        dppm=dppm(len(defective), len(entered)),
        defects=()
        if isinstance(rows, NoData)
        else tuple(
            DefectFigure(row, tuple(u.serial for u in entered if row.cause in u.defects))
            for row in rows
        ),
        ctqs=tuple(ctqs),
    )


def study_ctq(
    *,
    code: str,
    name: str,
    unit_code: str,
    low: float | None,
    high: float | None,
    values: Sequence[Sequence[float]],
) -> CtqFigure:
    """Study one critical characteristic; each unit is a subgroup when it has several values."""
    kept = tuple(tuple(v) for v in values if v)
    study: Capability | NoData
    if len(kept) < LEAST_UNITS:
        study = NoData(f"{len(kept)} packs; a capability index needs at least {LEAST_UNITS}")
    else:
        limits = Limits(low, high, unit_code)
        single = all(len(v) == 1 for v in kept)
        study = capability([v[0] for v in kept] if single else list(kept), limits)
    return CtqFigure(code, name, unit_code, low, high, len(kept), kept, study)


def _first_time(unit: UnitHistory) -> bool:
    return all(len(passed) == 1 and passed[0] for passed in unit.attempts.values())


def _step(name: str, units: Sequence[UnitHistory]) -> StepFigure:
    entered = [u for u in units if u.attempts.get(name)]
    passed = [u for u in entered if u.attempts[name][0]]
    return StepFigure(
        name,
        tuple(u.serial for u in entered),
        tuple(u.serial for u in passed),
        first_pass_yield(len(passed), len(entered)),
    )
