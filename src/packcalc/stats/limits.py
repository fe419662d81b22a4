"""Judging a reading against its limits."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """A closed interval in one unit; ``None`` leaves that side open.

    Parameters
    ----------
    low, high : float or None
        Least and greatest value that passes. [unit]
    unit : str
        UCUM code of both limits, for example ``"V"`` or ``"mOhm"``. [-]

    Raises
    ------
    ValueError
        If both sides are open, a side is not finite, or `low` exceeds `high`.

    Examples
    --------
    A reading on the limit passes; a reading that is not a number never does.

    >>> Limits(3.55, 3.65, "V").admits(3.65), Limits(None, 3.65, "V").admits(float("nan"))
    (True, False)
    >>> str(Limits(500.0, None, "kOhm"))
    'at least 500 kOhm'
    """

    low: float | None
    high: float | None
    unit: str

    def __post_init__(self) -> None:
        if self.low is None and self.high is None:
            raise ValueError("limits need at least one side")
        for name, side in (("low", self.low), ("high", self.high)):
            if side is not None and not math.isfinite(side):
                raise ValueError(f"{name} is {side}; leave an open side as None")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"low {self.low:g} exceeds high {self.high:g} {self.unit}")

    def __str__(self) -> str:
        if self.low is None:
            return f"at most {self.high:g} {self.unit}"
        if self.high is None:
            return f"at least {self.low:g} {self.unit}"
        return f"{self.low:g} to {self.high:g} {self.unit}"

    @property
    def two_sided(self) -> bool:
        """Whether both sides are limited."""
        return self.low is not None and self.high is not None

    @property
    def width(self) -> float | None:
        """High minus low; None when one side is open."""
        if self.low is None or self.high is None:
            return None
        return self.high - self.low

    def admits(self, value: float) -> bool:
        """Say whether `value` passes; a value that is not finite never does."""
        above = self.low is None or value >= self.low
        below = self.high is None or value <= self.high
        return math.isfinite(value) and above and below

    def admits_each(self, values: ArrayLike) -> NDArray[np.bool_]:
        """Say for each of `values` whether it passes, as `admits` does."""
        x = np.asarray(values, dtype=float)
        passed: NDArray[np.bool_] = np.isfinite(x)
        if self.low is not None:
            passed &= x >= self.low
        if self.high is not None:
            passed &= x <= self.high
        return passed

    def margin(self, value: float) -> float:
        """Give the distance from `value` to the nearer limit; negative when it fails."""
        sides = []
        if self.low is not None:
            sides.append(value - self.low)
        if self.high is not None:
            sides.append(self.high - value)
        return min(sides)

    def narrowed(self, guard: float) -> Limits:
        """Give the limits moved inwards by a guard band of `guard` at each limited side.

        Raises ValueError if `guard` is negative or leaves nothing to pass.
        """
        if not guard >= 0:
            raise ValueError(f"guard band must not be negative; it is {guard:g} {self.unit}")
        low = None if self.low is None else self.low + guard
        high = None if self.high is None else self.high - guard
        if low is not None and high is not None and low > high:
            raise ValueError(f"a guard band of {guard:g} {self.unit} leaves nothing of {self}")
        return Limits(low, high, self.unit)
