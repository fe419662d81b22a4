"""Compiled loops over points and streams; import this only where the work is worth numba.

Each has a NumPy twin (`run_rules`, `time_weighted`, `shewhart`) or a plain one (`monitor`), and
a property test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numba import njit
from numpy.typing import NDArray

from packcalc.stats.charts import step
from packcalc.stats.charts.step import (
    CENTRE,
    LAST,
    LOW1,
    LOW2,
    LOWER,
    UP1,
    UP2,
    UPPER,
    Floats,
    Ints,
)

__all__: list[str] = []

Flags = NDArray[np.uint16]

_shift_in = njit(cache=True)(step.shift_in)
_completed = njit(cache=True)(step.completed)
_accumulate = njit(cache=True)(step.accumulate)


def _flag_constant(x: Floats, levels: Floats, rules: Ints, out: Flags) -> None:
    centre, up1, low1, up2, low2 = levels[0], levels[1], levels[2], levels[3], levels[4]
    upper, lower = levels[5], levels[6]
    mask, run, trend, swing = rules[0], rules[1], rules[2], rules[3]
    inside, outside, both = rules[4], rules[5], rules[6]
    side, slope, two, one, seen = 0, 0, 0, 0, 0
    last = np.nan
    for i in range(x.size):
        side, slope, two, one, seen = _shift_in(
            x[i], last, centre, up1, low1, up2, low2, side, slope, two, one, seen
        )
        last = x[i]
        beyond = int(last > upper) | int(last < lower)
        fired = _completed(
            beyond, side, slope, two, one, seen, run, trend, swing, inside, outside, both
        )
        out[i] = fired & mask


def _flag_varying(x: Floats, levels: Floats, rules: Ints, out: Flags) -> None:
    side, slope, two, one, seen = 0, 0, 0, 0, 0
    last = np.nan
    for i in range(x.size):
        row = levels[i]
        side, slope, two, one, seen = _shift_in(
            x[i], last, row[0], row[1], row[2], row[3], row[4], side, slope, two, one, seen
        )
        last = x[i]
        beyond = int(last > row[5]) | int(last < row[6])
        fired = _completed(
            beyond,
            side,
            slope,
            two,
            one,
            seen,
            rules[1],
            rules[2],
            rules[3],
            rules[4],
            rules[5],
            rules[6],
        )
        out[i] = fired & rules[0]


def _push(x: float, config: Floats, rules: Ints, past: Ints, state: Floats) -> int:
    side, slope, two, one, seen = _shift_in(
        x,
        state[LAST],
        config[CENTRE],
        config[UP1],
        config[LOW1],
        config[UP2],
        config[LOW2],
        past[0],
        past[1],
        past[2],
        past[3],
        past[4],
    )
    past[0], past[1], past[2], past[3], past[4] = side, slope, two, one, seen
    beyond = int(x > config[UPPER]) | int(x < config[LOWER])
    fired = _completed(
        beyond,
        side,
        slope,
        two,
        one,
        seen,
        rules[1],
        rules[2],
        rules[3],
        rules[4],
        rules[5],
        rules[6],
    )
    told: int = (fired & rules[0]) | _accumulate(x, config, state)
    return told


push: Callable[[float, Floats, Ints, Ints, Floats], int] = njit(cache=True)(_push)


def _push_each(
    streams: Ints, x: Floats, config: Floats, rules: Ints, past: Ints, state: Floats, out: Flags
) -> None:
    for i in range(x.size):
        s = streams[i]
        out[i] = push(x[i], config[s], rules, past[s], state[s])


def _moving_range_sums(x: Floats) -> tuple[float, float]:
    """Mean and mean moving range; sums start from the first value, so an offset costs nothing."""
    first = x[0]
    total = 0.0
    ranges = 0.0
    for i in range(1, x.size):
        total += x[i] - first
        ranges += abs(x[i] - x[i - 1])
    return first + total / x.size, ranges / (x.size - 1)


def _mean_and_range(block: Floats, mean: Floats, spread: Floats) -> None:
    n = block.shape[1]
    for i in range(block.shape[0]):
        first = block[i, 0]
        least = first
        most = first
        total = 0.0
        for j in range(1, n):
            value = block[i, j]
            total += value - first
            least = min(least, value)
            most = max(most, value)
        mean[i] = first + total / n
        spread[i] = most - least


def _ewma(x: Floats, weight: float, start: float, out: Floats) -> None:
    value = start
    for i in range(x.size):
        value += weight * (x[i] - value)
        out[i] = value


def _cusum(x: Floats, centre: float, slack: float, start: float, up: Floats, down: Floats) -> None:
    high = start
    low = start
    for i in range(x.size):
        high = max(0.0, high + (x[i] - centre - slack))
        low = max(0.0, low + (centre - slack - x[i]))
        up[i] = high
        down[i] = low


flag_constant: Callable[[Floats, Floats, Ints, Flags], None] = njit(cache=True)(_flag_constant)
flag_varying: Callable[[Floats, Floats, Ints, Flags], None] = njit(cache=True)(_flag_varying)
push_each: Callable[[Ints, Floats, Floats, Ints, Ints, Floats, Flags], None] = njit(cache=True)(
    _push_each
)
moving_range_sums: Callable[[Floats], tuple[float, float]] = njit(cache=True)(_moving_range_sums)
mean_and_range: Callable[[Floats, Floats, Floats], None] = njit(cache=True)(_mean_and_range)
ewma: Callable[[Floats, float, float, Floats], None] = njit(cache=True)(_ewma)
cusum: Callable[[Floats, float, float, float, Floats, Floats], None] = njit(cache=True)(_cusum)
