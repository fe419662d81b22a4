"""What looks wrong about a lot as a whole, although each of its rows can be read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from packline.supply.calc.cellfile import CellRow

__all__ = ["doubts"]

Floats = NDArray[np.float64]

# name, field, unit, least and greatest of cells that exist, and what is usually behind it
MAGNITUDES = (
    ("capacity", "capacity_ah", "Ah", 0.01, 1000.0, "mAh read as Ah?", "Ah read as mAh?"),
    ("ocv", "ocv_v", "V", 0.5, 5.0, "mV read as V?", "a dead cell, or V read as mV?"),
    ("AC resistance", "ac_ir_mohm", "mOhm", 0.01, 1000.0, "uOhm read as mOhm?", "Ohm as mOhm?"),
    ("DC resistance", "dc_resistance_mohm", "mOhm", 0.01, 2000.0, "uOhm as mOhm?", "Ohm as mOhm?"),
)
FEWEST = 20  # rows below which drift and two populations are not looked for
DRIFT = 0.5  # rank correlation with the order of the rows
TWO_POPULATIONS = 0.8  # share of the variance that one cut explains; a normal lot: 2/pi = 0.64
SMALLER_PART = 0.05


def doubts(rows: Sequence[CellRow]) -> tuple[str, ...]:
    """Return what a person should look at before the lot is used, one sentence each.

    Impossible magnitudes point to a wrong unit. A drift along the rows points to the measuring
    bench (temperature, rest time) rather than to the cells. Two populations in one lot point to
    mixed deliveries. None of these decides anything.
    """
    found: list[str] = []
    for name, field, unit, least, greatest, if_high, if_low in MAGNITUDES:
        values = np.array([v for v in (getattr(r, field) for r in rows) if v is not None])
        if not len(values):
            continue
        median = float(np.median(values))
        if median > greatest:
            found.append(f"{name}: the middle value is {median:g} {unit}: {if_high}")
        elif median < least:
            found.append(f"{name}: the middle value is {median:g} {unit}: {if_low}")
        if len(values) >= FEWEST and len(values) == len(rows):
            found += _drift(name, values) + _two_populations(name, unit, values)
    return tuple(found)


def _drift(name: str, values: Floats) -> list[str]:
    rank = _ranks(values)
    order = np.arange(len(values), dtype=float)
    if rank.std() == 0:
        return []
    r = float(np.corrcoef(order, rank)[0, 1])
    if abs(r) < max(DRIFT, 3.5 / np.sqrt(len(values))):
        return []
    return [
        f"{name}: the values {'rise' if r > 0 else 'fall'} along the rows of the file "
        f"(rank correlation {r:+.2f}): did the measurement drift?"
    ]


def _ranks(values: Floats) -> Floats:
    """Return the rank of each value; equal values share theirs."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - (counts - 1) / 2
    return np.asarray(middle[inverse], dtype=float)


def _two_populations(name: str, unit: str, values: Floats) -> list[str]:
    """Cut the sorted values where the parts differ most (Otsu), and look at what that explains."""
    ordered = np.sort(values)
    n = len(ordered)
    total = float(((ordered - ordered.mean()) ** 2).sum())
    if total == 0:
        return []
    below = np.arange(1, n)
    sums = np.cumsum(ordered)[:-1]
    low, high = sums / below, (ordered.sum() - sums) / (n - below)
    between = below * (n - below) / n * (high - low) ** 2
    cut = int(np.argmax(between))
    part = min(below[cut], n - below[cut]) / n
    if between[cut] / total < TWO_POPULATIONS or part < SMALLER_PART:
        return []
    return [
        f"{name}: the lot looks like two populations, {below[cut]} cells around "
        f"{low[cut]:.4g} {unit} and {n - below[cut]} around {high[cut]:.4g} {unit}"
    ]
