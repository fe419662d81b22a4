"""Incoming limits: made absolute for one lot, and its cells judged by them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from packline.foundation.errors import Refused
from packline.requirements.calc.units import UnitProblem, convert
from packline.supply.calc.measures import MEASURES

__all__ = ["FrozenLimit", "IncomingLimit", "Outside", "freeze", "judge"]

BASIS = 200  # characters kept of where a limit comes from
MAD_TO_SIGMA = 1.4826  # median absolute deviation of a normal population to its sigma


@dataclass(frozen=True, slots=True)
class IncomingLimit:
    """A limit on one figure of a cell, as a design states it.

    Either absolute (`low`, `high`, inclusive, in `unit_code`), or relative to the lot
    (`relative` = ``"median"``): median plus and minus `k` robust standard deviations.
    """

    code: str
    unit_code: str
    low: float | None = None
    high: float | None = None
    relative: str = ""
    k: float | None = None
    reason: str = ""  # where an absolute limit comes from


@dataclass(frozen=True, slots=True)
class FrozenLimit:
    """A limit in numbers, in the unit in which the figure is stored, and where it comes from."""

    code: str
    unit_code: str
    low: float | None
    high: float | None
    basis: str

    def __str__(self) -> str:
        low, high = ("" if v is None else f"{v:.6g}" for v in (self.low, self.high))
        return f"{low} ... {high} {self.unit_code}".replace("  ", " ").strip()


@dataclass(frozen=True, slots=True)
class Outside:
    """One cell outside one limit; `index` is its place in the arrays."""

    index: int
    value: float
    limit: FrozenLimit

    @property
    def reason(self) -> str:
        """Why the cell is set aside: figure, value and limit."""
        low = self.limit.low is not None and self.value < self.limit.low
        bound = self.limit.low if low else self.limit.high
        return (
            f"{self.limit.code} {self.value:.6g} {self.limit.unit_code} is "
            f"{'below' if low else 'above'} the limit {bound:.6g} {self.limit.unit_code}"
        )


def freeze(
    limits: Sequence[IncomingLimit], measured: Mapping[str, NDArray[np.float64]]
) -> tuple[FrozenLimit, ...]:
    """Make the limits absolute for a lot.

    Parameters
    ----------
    limits : sequence of IncomingLimit
        What the design asks.
    measured : mapping of str to ndarray, shape (cell,)
        By characteristic code, the stored values of the lot; codes of what was not measured for
        every cell are missing.

    Raises
    ------
    Refused
        If there is no limit, one is stated twice, is not a limit, or judges what was not
        measured: an AC resistance cannot be judged by the limit of a DC resistance.
    """
    if not limits:
        raise Refused("there are no incoming limits to judge the lot by")
    codes = [limit.code for limit in limits]
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        raise Refused(f"incoming limit stated twice: {', '.join(twice)}")
    return tuple(_freeze(limit, measured) for limit in limits)


def judge(
    limits: Sequence[FrozenLimit], measured: Mapping[str, NDArray[np.float64]]
) -> tuple[Outside, ...]:
    """Return every cell that lies outside a limit, once per limit; a limit itself is inside."""
    found = []
    for limit in limits:
        values = measured[limit.code]
        out = np.zeros(values.shape, dtype=bool)
        if limit.low is not None:
            out |= values < limit.low
        if limit.high is not None:
            out |= values > limit.high
        found += [Outside(int(i), float(values[i]), limit) for i in np.flatnonzero(out)]
    return tuple(found)


def _freeze(limit: IncomingLimit, measured: Mapping[str, NDArray[np.float64]]) -> FrozenLimit:
    if limit.code not in MEASURES:
        raise Refused(f"no such incoming limit: {limit.code}; known: {', '.join(MEASURES)}")
    measure = MEASURES[limit.code]
    if limit.code not in measured:
        raise Refused(
            f"the lot cannot be judged by {limit.code}: the {measure.name} was not measured for "
            f"every cell; measured: {', '.join(measured) or 'nothing'}"
        )
    if limit.relative:
        return _relative(limit, measured[limit.code])
    try:
        low, high = (
            None if v is None else convert(v, limit.unit_code, measure.unit_code)
            for v in (limit.low, limit.high)
        )
    except UnitProblem as error:
        raise Refused(f"incoming limit {limit.code}: {error}") from error
    stated = [v for v in (low, high) if v is not None]
    if not stated or not all(map(isfinite, stated)) or stated != sorted(stated):
        raise Refused(f"incoming limit {limit.code} is no limit: {limit.low} ... {limit.high}")
    return FrozenLimit(
        limit.code, measure.unit_code, low, high, (limit.reason or "stated")[:BASIS]
    )


def _relative(limit: IncomingLimit, values: NDArray[np.float64]) -> FrozenLimit:
    if limit.relative != "median":
        raise Refused(f'incoming limit {limit.code}: relative to {limit.relative!r}; use "median"')
    if limit.k is None or not (isfinite(limit.k) and limit.k > 0):
        raise Refused(f"incoming limit {limit.code}: k must be a positive number, not {limit.k}")
    median = float(np.median(values))
    sigma = MAD_TO_SIGMA * float(np.median(np.abs(values - median)))
    if sigma == 0:
        raise Refused(
            f"incoming limit {limit.code} cannot be relative to the lot: more than half of its "
            f"cells show {median:g}, so the lot has no spread; state the limit in numbers"
        )
    half = limit.k * sigma
    unit = MEASURES[limit.code].unit_code
    basis = f"median {median:.6g} +- {limit.k:g} x robust sigma {sigma:.3g} {unit} of this lot"
    return FrozenLimit(limit.code, unit, median - half, median + half, basis)
