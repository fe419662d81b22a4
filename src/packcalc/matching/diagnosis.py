"""What is odd about a stock before it is matched: mixed populations, drift along the file."""

from __future__ import annotations

import numpy as np

from packcalc.matching.stock import CellArrays, Floats, Ints


def capacity_spread(capacity: Floats, sd: float) -> tuple[float, float]:
    """Coefficient of variation of the true capacities, and their mean."""
    if len(capacity) < 2:
        return 0.0, float(capacity.mean()) if len(capacity) else 0.0
    mean = float(capacity.mean())
    return float(np.sqrt(max(capacity.var(ddof=1) - sd**2, 0.0))) / mean, mean


def oddities(cells: CellArrays, kept: Ints) -> tuple[str, ...]:
    """Say in sentences what a person should look into before trusting the match."""
    return ()
