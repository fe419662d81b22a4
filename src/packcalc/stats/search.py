"""Searching along a line: where a function that rises and then falls is highest."""

from __future__ import annotations

import math
from collections.abc import Callable

__all__: list[str] = []

GOLDEN = (math.sqrt(5) - 1) / 2


def highest(
    score: Callable[[float], float], low: float, high: float, *, rounds: int
) -> tuple[float, float]:
    """Where the one maximum between `low` and `high` lies, and how high; by golden sections."""
    a, b = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    fa, fb = score(a), score(b)
    for _ in range(rounds):
        if fa > fb:
            high, b, fb = b, a, fa
            a = high - GOLDEN * (high - low)
            fa = score(a)
        else:
            low, a, fa = a, b, fb
            b = low + GOLDEN * (high - low)
            fb = score(b)
    return (low + high) / 2, max(fa, fb)
