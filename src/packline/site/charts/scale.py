"""From numbers to places on a picture: axes with round ticks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, isfinite, log10

__all__ = ["Scale", "finite", "span", "span_by_ratio", "tick_text", "ticks"]


@dataclass(frozen=True, slots=True)
class Scale:
    """A line from a range of values to a range of places; `by_ratio` for positive values only."""

    low: float
    high: float
    start: float
    end: float
    by_ratio: bool = False

    def __call__(self, value: float) -> float:
        """Return the place of a value."""
        if self.by_ratio:
            share = log10(value / self.low) / log10(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self, *, about: int) -> list[float]:
        """Return round values on the line."""
        low, high = min(self.low, self.high), max(self.low, self.high)
        return _by_ratio(low, high) if self.by_ratio else ticks(low, high, about=about)


def finite(values: Iterable[float | None]) -> list[float]:
    """Return the values that are numbers."""
    return [value for value in values if value is not None and isfinite(value)]


def span(values: Iterable[float | None], *, margin: float = 0.05) -> tuple[float, float]:
    """Return a range that holds all values with some air; never an empty one."""
    found = finite(values)
    if not found:
        return 0.0, 1.0
    low, high = min(found), max(found)
    air = (high - low) * margin
    if air == 0:
        air = abs(low) * margin or 1.0
    return low - air, high + air


def span_by_ratio(values: Iterable[float | None], *, margin: float = 1.25) -> tuple[float, float]:
    """Return a range that holds all values, which are positive, with the same air on both ends."""
    found = finite(values)
    return min(found) / margin, max(found) * margin


def _by_ratio(low: float, high: float) -> list[float]:
    decades = range(floor(log10(low)), ceil(log10(high)) + 1)
    values = [m * 10.0**k for k in decades for m in (1, 2, 5)]
    return [value for value in values if low <= value <= high]


def ticks(low: float, high: float, *, about: int = 5) -> list[float]:
    """Return round values between two bounds, some `about` of them."""
    rough = (high - low) / max(about, 1)
    size = 10.0 ** floor(log10(rough))
    step = next(size * m for m in (1, 2, 5, 10) if size * m >= rough * 0.999)
    first = ceil(low / step - 1e-9)
    last = floor(high / step + 1e-9)
    return [float(f"{k * step:.12g}") for k in range(first, last + 1)]


def tick_text(values: list[float]) -> list[str]:
    """Write ticks with as many decimals as their step needs, equally many on each."""
    steps = {float(f"{b - a:.6g}") for a, b in pairwise(values)}
    if len(steps) != 1:  # by ratio, or a single one: each as short as it is
        return [f"{value:.6g}" for value in values]
    decimals = max(0, -floor(log10(steps.pop()) + 1e-9))
    if decimals > 8 or max(map(abs, values)) >= 1e7:
        return [f"{value:.6g}" for value in values]
    return [f"{value:.{decimals}f}" for value in values]
