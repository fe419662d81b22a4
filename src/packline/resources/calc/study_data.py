"""The readings of a gauge study as values, and what is known of the gauge's task beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from packcalc.stats.limits import Limits

__all__ = ["StudyData", "Task"]


@dataclass(frozen=True, slots=True)
class Task:
    """What the gauge has to tell apart: the limits, and the reference that it was shown."""

    characteristic_code: str
    unit_code: str
    low: float | None = None
    high: float | None = None
    reference: float | None = None
    reference_uncertainty: float = 0.0  # standard uncertainty of the reference

    @property
    def limits(self) -> Limits | None:
        """The limits, if any were stated."""
        if self.low is None and self.high is None:
            return None
        return Limits(self.low, self.high, self.unit_code)


@dataclass(frozen=True, slots=True)
class StudyData:
    """The readings of a study, in the shape that its kind asks for.

    `block` is (part, operator, trial), nested (operator, part, trial); `values` are readings of
    one reference; `by_reference` those of several; `occasions` (occasion, reading); `ratings`
    (appraiser: part: trials), with what each part truly is in `truth`.
    """

    kind: str
    n: int
    block: list[list[list[float]]] = field(default_factory=list)
    parts: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    values: tuple[float, ...] = ()
    by_reference: Mapping[float, list[float]] = field(default_factory=dict)
    occasions: list[list[float]] = field(default_factory=list)
    ratings: Mapping[str, list[list[str]]] = field(default_factory=dict)
    truth: tuple[str, ...] = ()
