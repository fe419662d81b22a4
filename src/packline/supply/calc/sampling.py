"""Sampling as values: the plan of a lot, the draw, limits of a re-measurement, the switching."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from packcalc.stats.sampling.master import AQLS
from packcalc.stats.sampling.plans import AttributePlan, Severity, plan_for_lot, single_plan
from packcalc.stats.sampling.switching import Inspection, State, judged
from packline.foundation.errors import Refused
from packline.supply.calc.measures import MEASURES
from packline.supply.models import Cell, LotSample, SamplingScheme

__all__ = ["Found", "draw", "found_on", "inspection_of", "next_inspection", "plan_of"]

VISUAL = "visual"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found on one cell: a value in the unit of its measure, or 1 / 0 by sight."""

    serial: str
    code: str
    value: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bound:
    """What a value found in a sample must keep, and what the lot's file claims of it."""

    unit_code: str
    low: float | None
    high: float | None
    claimed: float | None


def plan_of(scheme: SamplingScheme, cells: int) -> AttributePlan:
    """Return the plan by which the next lot of a scheme is judged.

    Raises
    ------
    Refused
        If inspection is discontinued, or the scheme's AQL or level is in no table.
    """
    if scheme.state == "discontinued":
        raise Refused(
            f"inspection of {scheme} is discontinued ({scheme.why}): the supplier must act, "
            "then an approver resumes it"
        )
    if cells < 2:
        raise Refused("a lot of one cell is not sampled: look at the cell")
    severity: Severity = scheme.state  # type: ignore[assignment]
    try:
        return plan_for_lot(cells, scheme.aql, level=scheme.level, severity=severity)
    except ValueError as error:
        raise Refused(f"sampling of {scheme}: {error}") from error


def draw(serials: Sequence[str], size: int, seed: int) -> list[str]:
    """Draw cells without favour; the same cells and seed give the same sample again."""
    ordered = sorted(serials)
    chosen = np.random.Generator(np.random.PCG64(seed)).choice(
        len(ordered), size=size, replace=False
    )
    return sorted(ordered[i] for i in chosen)


def found_on(
    cell: Cell,
    code: str,
    agreement_pct: float,
    limits: dict[str, tuple[float | None, float | None]],
) -> Bound:
    """Return what a value measured again must keep: the incoming limits, and the claim about.

    A capacity or resistance may differ from what the lot's file claims by a share; an open
    circuit voltage by that share too. Where both apply the closer one counts.
    """
    if code == VISUAL:
        return Bound("1", 1.0, None, None)
    measure = MEASURES[code]
    claimed = getattr(cell, measure.field)
    low, high = limits.get(code, (None, None))
    if claimed is None:
        if low is None and high is None:
            raise Refused(
                f"{cell}: the file claims no {measure.name} and no limit is known: it cannot be "
                "judged"
            )
        return Bound(measure.unit_code, low, high, None)
    below = claimed * (1 - agreement_pct / 100)
    above = claimed * (1 + agreement_pct / 100)
    low = below if low is None else max(low, below)
    high = above if high is None else min(high, above)
    return Bound(measure.unit_code, low, high, claimed)


def inspection_of(scheme: SamplingScheme) -> Inspection:
    """Return where inspection stands, as the switching rules count it."""
    state: State = scheme.state  # type: ignore[assignment]
    recent = tuple(sign == "+" for sign in scheme.recent)
    return Inspection(state, recent, scheme.refused, scheme.score, scheme.why)


def next_inspection(scheme: SamplingScheme, sample: LotSample, nonconforming: int) -> Inspection:
    """Return where inspection stands after a lot, on original inspection."""
    accepted = nonconforming < sample.reject_from
    return judged(
        inspection_of(scheme),
        accepted=accepted,
        tighter_accepted=_one_tighter(sample, nonconforming),
        acceptance_number=sample.accept_up_to,
        in_gap=sample.accept_up_to < nonconforming < sample.reject_from,
    )


def _one_tighter(sample: LotSample, nonconforming: int) -> bool:
    """Say whether the lot would have been accepted with the AQL one step tighter."""
    place = AQLS.index(sample.aql)
    if place == 0:
        return nonconforming == 0
    plan = single_plan(sample.letter, AQLS[place - 1])
    if plan.letter != sample.letter:  # an arrow: another sample size, so nothing found is asked
        return nonconforming == 0
    return nonconforming <= plan.stages[0].accept
