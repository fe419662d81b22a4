"""The V&V matrix: what a requirement accepts, and what was observed, as a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Bounds", "Judged", "Observation", "judge"]

_SLACK = 1e-9  # relative: what a conversion between units may round


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a requirement accepts, in coherent SI."""

    low: float | None
    high: float | None

    def admits(self, value: float) -> bool:
        """Say whether a value lies within, both ends included."""
        above = self.low is None or value >= self.low - _SLACK * abs(self.low)
        below = self.high is None or value <= self.high + _SLACK * abs(self.high)
        return above and below


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing that was seen: a figure of the design, a reading, a line of a report."""

    evidence: str  # what to open: a reading's key, a design, a report
    shown: str  # the value as people write it
    si_value: float | None  # None: the evidence states no figure, it proves by being there
    conceded: bool = False  # out of its limits, and accepted by signature
    failed: bool = False  # out of its limits, and not accepted
    sample: bool = False
    virtual: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """What a requirement came to."""

    verdict: str  # pass, conceded, fail, open
    observed: str
    evidence: str
    sample: bool
    virtual: bool


def judge(bounds: Bounds, observations: Sequence[Observation]) -> Judged:
    """Judge one requirement by everything that was observed; the worst decides.

    Nothing observed is `open`. A value outside what the requirement accepts is `fail`, unless
    it was accepted by signature; that is `conceded` and stays visible.
    """
    if not observations:
        return Judged("open", "nothing observed", "", sample=False, virtual=False)
    judged = [(_verdict(bounds, seen), seen) for seen in observations]
    order = ("fail", "open", "conceded", "pass")
    verdict, worst = min(judged, key=lambda pair: order.index(pair[0]))
    more = f" and {len(observations) - 1} more" if len(observations) > 1 else ""
    return Judged(
        verdict,
        _range(observations),
        worst.evidence + more,
        sample=any(seen.sample for seen in observations),
        virtual=any(seen.virtual for seen in observations),
    )


def _verdict(bounds: Bounds, seen: Observation) -> str:
    if seen.failed:
        return "fail"
    if seen.si_value is None or bounds.admits(seen.si_value):
        return "conceded" if seen.conceded else "pass"
    return "conceded" if seen.conceded else "fail"


def _range(observations: Sequence[Observation]) -> str:
    """Write what was seen: one value, or the least and the greatest of many."""
    figures = sorted(
        (seen for seen in observations if seen.si_value is not None),
        key=lambda seen: seen.si_value or 0.0,
    )
    if len(figures) > 1:
        return f"{figures[0].shown} to {figures[-1].shown}"
    return observations[0].shown
