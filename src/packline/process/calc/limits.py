"""The limits of a characteristic: the design's, tightened by what the customer asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from packline.process.calc.catalogue import CharacteristicType
from packline.requirements.calc.units import UnitProblem, convert, from_si

__all__ = ["AskedLimit", "DesignRow", "Limits", "limits_of"]


@dataclass(frozen=True, slots=True)
class DesignRow:
    """One limit of a design, in the unit in which the design states it."""

    code: str
    unit: str
    low: float | None
    high: float | None
    target: float | None


@dataclass(frozen=True, slots=True)
class AskedLimit:
    """What a requirement proved by a characteristic asks of it, in SI."""

    ref: str
    code: str
    si_low: float | None
    si_high: float | None


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits in the unit of the characteristic, and where they come from."""

    low: float | None
    high: float | None
    target: float | None
    source: str


def limits_of(
    kind: CharacteristicType,
    rows: Sequence[DesignRow],
    design: str,
    asked: Sequence[AskedLimit],
) -> Limits | None:
    """Return the limits of a characteristic; None if this design has no use for it.

    Raises
    ------
    ValueError
        If the design must limit it and does not, or cannot be read in its unit, or contradicts
        a requirement.
    """
    row = next((row for row in rows if row.code == kind.code), None)
    if row is None or (row.low is None and row.high is None):
        if kind.always:
            raise ValueError(f"the design states no limit {kind.code}")
        return None
    try:
        low, high, target = (
            None if value is None else convert(value, row.unit, kind.unit)
            for value in (row.low, row.high, row.target)
        )
    except UnitProblem as error:
        raise ValueError(f"limit {kind.code}: {error}") from error
    limits = Limits(low, high, target, f"{design} limit {row.code}")
    for wish in asked:
        if wish.code == kind.code:
            limits = _tightened(limits, wish, kind)
    return limits


def _tightened(limits: Limits, wish: AskedLimit, kind: CharacteristicType) -> Limits:
    """Narrow limits to a requirement. What the design holds tighter than asked stays."""
    low, high = (
        None if si is None else from_si(si, kind.unit) for si in (wish.si_low, wish.si_high)
    )
    narrowed = []
    new_low, new_high = limits.low, limits.high
    if low is not None and (new_low is None or low > new_low):
        new_low = low
        narrowed.append("low")
    if high is not None and (new_high is None or high < new_high):
        new_high = high
        narrowed.append("high")
    if not narrowed:
        return limits
    if new_low is not None and new_high is not None and new_low > new_high:
        raise ValueError(
            f"limit {kind.code} of the design ({_span(limits.low, limits.high)} {kind.unit}) and "
            f"requirement {wish.ref} ({_span(low, high)} {kind.unit}) leave nothing between them"
        )
    target = limits.target
    if target is not None:
        target = max(target, new_low) if new_low is not None else target
        target = min(target, new_high) if new_high is not None else target
    source = f"{limits.source}; {' and '.join(narrowed)} tightened by requirement {wish.ref}"
    return Limits(new_low, new_high, target, source)


def _span(low: float | None, high: float | None) -> str:
    return f"{'' if low is None else f'{low:g}'} ... {'' if high is None else f'{high:g}'}".strip()
