"""How much of what enters a line leaves it good, and what it is lost to."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from packcalc.stats.intervals import Proportion, proportion
from packcalc.stats.no_data import NoData

__all__ = [
    "Dppm",
    "ParetoRow",
    "RolledYield",
    "StepCount",
    "dppm",
    "first_pass_yield",
    "pareto",
    "rolled_throughput_yield",
]


@dataclass(frozen=True, slots=True)
class StepCount:
    """Units that entered a step, and of these the ones that passed it the first time."""

    name: str
    entered: int
    first_pass: int


@dataclass(frozen=True, slots=True)
class RolledYield:
    """Chance to pass every step the first time, with the yield of each step."""

    value: float
    steps: tuple[tuple[str, Proportion], ...]
    convention: str


@dataclass(frozen=True, slots=True)
class Dppm:
    """Defective parts per million: estimate and exact bounds."""

    defective: int
    inspected: int
    value: float
    low: float
    high: float
    confidence: float
    convention: str


@dataclass(frozen=True, slots=True)
class ParetoRow:
    """One cause: its count, its share and the share of it and all greater ones."""

    cause: str
    count: int
    share_ratio: float
    cumulative_count: int
    cumulative_ratio: float


def first_pass_yield(
    first_pass: int, entered: int, *, confidence: float = 0.95
) -> Proportion | NoData:
    """Estimate the share of units that pass a step without rework, retest or scrap.

    Parameters
    ----------
    first_pass : int
        Units that passed at the first attempt. [1]
    entered : int
        Units that entered the step. [1]
    confidence : float, optional
        Confidence of the exact interval. [1]

    Returns
    -------
    Proportion or NoData
        The yield and its interval; no data when no unit entered, never 0 or 100 %. [1]

    References
    ----------
    .. [1] ISO 22400-2:2014, Key performance indicators (KPIs) for manufacturing operations
           management, "first pass yield".

    Examples
    --------
    >>> yielded = first_pass_yield(97, 100)
    >>> round(yielded.value, 2), round(yielded.low, 4), round(yielded.high, 4)
    (0.97, 0.9148, 0.9938)
    """
    return proportion(first_pass, entered, confidence=confidence)


def rolled_throughput_yield(steps: Sequence[StepCount]) -> RolledYield | NoData:
    """Multiply the first-pass yields of consecutive steps.

    Each step is counted over the units that entered *it*, so scrap that leaves the line early
    does not flatter the later steps.

    Parameters
    ----------
    steps : sequence of StepCount
        The steps in their order. [1]

    Returns
    -------
    RolledYield or NoData
        The product; no data as soon as one step has none, for the product is then unknown. [1]

    References
    ----------
    .. [1] M. J. Harry and R. Schroeder, Six Sigma, Doubleday, 2000 (rolled throughput yield).

    Examples
    --------
    >>> line = [StepCount("weld", 100, 95), StepCount("test", 95, 90)]
    >>> round(rolled_throughput_yield(line).value, 4)
    0.9
    >>> str(rolled_throughput_yield([*line, StepCount("ship", 0, 0)]))
    'no data: no unit entered ship'
    """
    if not steps:
        return NoData("no step was given")
    done: list[tuple[str, Proportion]] = []
    for step in steps:
        estimate = first_pass_yield(step.first_pass, step.entered)
        if isinstance(estimate, NoData):
            return NoData(f"no unit entered {step.name}")
        done.append((step.name, estimate))
    value = math.prod(estimate.value for _, estimate in done)
    return RolledYield(value, tuple(done), "product of first-pass yields over units entering")


def dppm(defective: int, inspected: int, *, confidence: float = 0.95) -> Dppm | NoData:
    """Estimate defective parts per million with an exact interval.

    Parameters
    ----------
    defective : int
        Units found defective. [1]
    inspected : int
        Units inspected. [1]
    confidence : float, optional
        Confidence of the exact interval; one-sided when no or every unit is defective. [1]

    Returns
    -------
    Dppm or NoData
        Estimate and bounds; zero defects still has an upper bound. [ppm]

    References
    ----------
    .. [1] C. J. Clopper and E. S. Pearson, Biometrika, vol. 26, pp. 404-413, 1934.

    Examples
    --------
    >>> found = dppm(0, 1000)
    >>> found.value, round(found.high)
    (0.0, 2991)
    """
    estimate = proportion(defective, inspected, confidence=confidence)
    if isinstance(estimate, NoData):
        return NoData("no unit was inspected")
    return Dppm(
        defective,
        inspected,
        estimate.value * 1e6,
        estimate.low * 1e6,
        estimate.high * 1e6,
        confidence,
        estimate.convention,
    )


def pareto(counts: Mapping[str, int]) -> tuple[ParetoRow, ...] | NoData:
    """Order causes by how often they occur; equal ones by name.

    Parameters
    ----------
    counts : mapping of str to int
        Occurrences of each cause. [1]

    Returns
    -------
    tuple of ParetoRow or NoData
        Greatest first, with shares; no data when nothing occurred. [1]

    Raises
    ------
    ValueError
        If a count is negative.

    References
    ----------
    .. [1] J. M. Juran, Quality Control Handbook, McGraw-Hill, 1951 (the vital few).

    Examples
    --------
    >>> [(row.cause, round(row.cumulative_ratio, 2)) for row in pareto({"leak": 1, "weld": 3})]
    [('weld', 0.75), ('leak', 1.0)]
    """
    if any(count < 0 for count in counts.values()):
        raise ValueError(f"counts cannot be negative: {dict(counts)}")
    total = sum(counts.values())
    if total == 0:
        return NoData("nothing occurred")
    rows, running = [], 0
    for cause, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        running += count
        rows.append(ParetoRow(cause, count, count / total, running, running / total))
    return tuple(rows)
