"""The cells that wait to be matched: one array per reading, and how well the gauge knows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from packcalc.matching.at_once import each, threads_for
from packcalc.matching.ordering import middle, order_by

__all__ = ["CellArrays", "Gauge", "reading_step"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

READINGS = ("capacity", "resistance", "ocv", "self_discharge")


def reading_step(values: Floats) -> float:
    """Find the step in which readings were written down, such as 0.0001 for 0.1 mAh.

    Parameters
    ----------
    values : ndarray, shape (cell,)
        Readings; those that are not finite are passed over. [any unit]

    Returns
    -------
    float
        The largest decimal number of which every reading is a multiple, or a billionth of the
        median when the readings are not decimal at all. [the unit of `values`]

    Derivation
    ----------
    A decimal reading times its own power of ten is an integer up to the rounding of a binary
    float, a few parts in 1e16 of it; 1e-6 of a step separates that from a true fraction. The
    greatest common divisor of those integers then undoes a change of unit (Ah to A s).

    Examples
    --------
    >>> reading_step(np.array([5.0012, 4.9987]))
    0.0001
    """
    finite = np.asarray(values, dtype=float)
    finite = finite[np.isfinite(finite)]
    if not len(finite) or not finite.any():
        return 1.0
    some = finite[:: max(1, len(finite) // 256)]
    for digits in range(10):
        if np.abs(some).max() * 10.0**digits > 2**50:
            break
        if _on_grid(some, digits) and _on_grid(finite, digits):
            whole = np.rint(finite * 10.0**digits).astype(np.int64)
            return float(f"{int(np.gcd.reduce(whole))}e-{digits}")
    return float(np.median(np.abs(finite[finite != 0]))) * 1e-9


def _on_grid(values: Floats, digits: int) -> bool:
    scaled = values * 10.0**digits
    scaled -= np.rint(scaled)
    return float(np.abs(scaled, out=scaled).max()) < 1e-6


@dataclass(frozen=True, slots=True)
class Gauge:
    """Repeatability of the gauges: one standard deviation of a repeated reading.

    None means not known; the step of the readings is then all that is known of the gauge.
    """

    capacity_sd: float | None = None
    resistance_sd: float | None = None
    capacity_step: float | None = None


@dataclass(frozen=True, slots=True)
class CellArrays:
    """Cells as arrays of one length, in whatever coherent unit the caller keeps.

    `capacity` is all that is needed. `lot` holds codes or names, `made_on` dates or day
    numbers, `serial` whatever tells one cell from another.
    """

    capacity: Floats
    resistance: Floats | None = None
    ocv: Floats | None = None
    self_discharge: Floats | None = None
    lot: NDArray[Any] | None = None
    made_on: NDArray[Any] | None = None
    serial: NDArray[Any] | None = None
    gauge: Gauge = field(default_factory=Gauge)

    def __post_init__(self) -> None:
        for name in READINGS:
            given = getattr(self, name)
            if given is not None:
                object.__setattr__(self, name, np.asarray(given, dtype=float))
        for name in ("lot", "made_on", "serial"):
            given = getattr(self, name)
            if given is not None:
                object.__setattr__(self, name, np.asarray(given))
        count = len(self.capacity)
        for name in (*READINGS, "lot", "made_on", "serial"):
            given = getattr(self, name)
            if given is not None and given.shape != (count,):
                raise ValueError(f"{name} has shape {given.shape}, capacity has ({count},)")

    def __len__(self) -> int:
        return len(self.capacity)

    def name(self, index: int) -> str:
        """Name a cell by its serial, or by its row when serials are not given."""
        return str(self.serial[index]) if self.serial is not None else f"row {index}"

    def days(self) -> Ints | None:
        """Days of manufacture as whole numbers, for 'oldest first'; unknown ones come last."""
        if self.made_on is None:
            return None
        if self.made_on.dtype.kind not in "OUSM":
            return self.made_on.astype(np.int64)
        dates = self.made_on.astype("datetime64[D]")
        known = dates[~np.isnat(dates)]
        latest = known.max() if len(known) else np.datetime64(0, "D")
        return np.where(np.isnat(dates), latest + 1, dates).astype(np.int64)


def lot_codes(cells: CellArrays) -> Ints:
    """Number the lots 0, 1, ... in the order of their names; one lot when none are given."""
    if cells.lot is None:
        return np.zeros(len(cells), dtype=np.int64)
    return np.unique(cells.lot, return_inverse=True)[1].astype(np.int64).reshape(-1)


def conductance_steps(resistance: Floats | None, count: int) -> Ints:
    """Conductance in millionths of the median cell: whole numbers, whose sums are exact."""
    if resistance is None or not count:
        return np.zeros(count, dtype=np.int64)
    return np.rint(1e7 * middle(resistance) / resistance).astype(np.int64)


def canonical_order(
    cells: CellArrays, kept: Ints, step: float, lots: Ints, threads: int | None = None
) -> Ints:
    """Order cells by their readings, then by serial: the same whatever the order of the input."""
    keys: list[NDArray[Any]] = [np.rint(cells.capacity[kept] / step).astype(np.int64)]
    readings = [getattr(cells, name) for name in READINGS[1:]]
    known = [values for values in readings if values is not None]
    keys += each(lambda values: _whole(values[kept]), known, threads_for(len(kept), threads))
    keys.insert(0, lots[kept])
    days = cells.days()
    if days is not None:
        keys.append(days[kept])
    order = order_by(keys)
    if cells.serial is not None:
        order = _break_ties(order, keys, cells.serial[kept])
    return kept[order]


def _whole(values: Floats) -> NDArray[Any]:
    """Readings as whole numbers of their step; as they are where that would lose something."""
    step = reading_step(values)
    steps = np.rint(values / step).astype(np.int64)
    return steps if np.abs(steps * step - values).max(initial=0.0) < 1e-3 * step else values


def _break_ties(order: Ints, keys: list[NDArray[Any]], serial: NDArray[Any]) -> Ints:
    """Sort runs of equal readings by serial; only those, since names are slow to sort."""
    same = np.ones(max(len(order) - 1, 0), dtype=bool)
    for key in keys:
        ranked = key[order]
        same &= ranked[1:] == ranked[:-1]
    if not same.any():
        return order
    tied = np.zeros(len(order), dtype=bool)
    tied[1:] |= same
    tied[:-1] |= same
    run = np.concatenate(([0], np.cumsum(~same)))
    places = np.flatnonzero(tied)
    order = order.copy()
    order[places] = order[places][np.lexsort((serial[order[places]], run[places]))]
    return order
