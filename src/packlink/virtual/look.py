"""One characteristic of one unit, as a model of the virtual line looks at it."""

from __future__ import annotations

from dataclasses import dataclass

from packlink.virtual.chance import deviate
from packlink.virtual.defects import spot
from packlink.virtual.facts import Measurand
from packlink.virtual.truth import Truth
from packlink.virtual.welds import JointLog

__all__ = ["Look"]


@dataclass(frozen=True, slots=True)
class Look:
    """One characteristic of one unit, in one attempt at one operation.

    `low`, `high` and `target` are those of the characteristic in the model's own unit.
    """

    seed: int
    truth: Truth
    welds: JointLog
    operation: str
    attempt: int
    measurand: Measurand
    low: float | None
    high: float | None
    target: float | None
    repeat: int | None = None  # the how-manieth reading of the same thing; 0: with no noise

    def noise(self, position: int, part: object = "") -> float:
        """Return the standard normal number of this reading (and part of it)."""
        if self.repeat == 0:
            return 0.0
        again = () if self.repeat is None else ("repeat", self.repeat)
        return deviate(
            self.seed,
            self.truth.unit.serial,
            self.operation,
            self.attempt,
            self.measurand.code,
            position,
            part,
            *again,
        )

    def nominal(self, of_low: float = 1.1, of_high: float = 0.9) -> float:
        """Return what is aimed at: the target, the middle, or a share of the only limit."""
        if self.target is not None:
            return self.target
        if self.low is not None and self.high is not None:
            return (self.low + self.high) / 2
        if self.low is not None:
            return self.low * of_low
        if self.high is not None:
            return self.high * of_high
        raise ValueError(
            f"{self.measurand.code} has neither target nor limits: nothing says what is nominal"
        )

    def above(self, value: float) -> float:
        """Return a planted defect's value, placed above the upper limit."""
        return max(value, 1.5 * self.high) if self.high is not None else value

    def below(self, value: float) -> float:
        """Return a planted defect's value, placed below the lower limit."""
        return min(value, 0.5 * self.low) if self.low is not None else value

    def here(self, name: str, position: int) -> bool:
        """Say whether the unit has this defect, and here of all places."""
        if not self.truth.has(name):
            return False
        places = sorted(self.measurand.positions)
        return position == places[spot(self.seed, self.truth.unit, name, len(places))]
