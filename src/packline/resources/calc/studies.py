"""What a gauge study comes to: the gauge's error, the verdict it suggests, and the guard band.

The error of one reading is a standard uncertainty: repeatability, reproducibility where several
people measured, the bias as b / sqrt(3) where a reference was measured (it is not corrected), and
the uncertainty of that reference (ISO 22514-7, VDA 5). The acceptance limit lies inside the
specification limit by a guard band of that error (ISO 14253-1, JCGM 106).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from packcalc.stats.limits import Limits
from packcalc.stats.msa.attribute import attribute_agreement
from packcalc.stats.msa.crossed import CrossedStudy, crossed_anova
from packcalc.stats.msa.guard_band import decision_rule, risks
from packcalc.stats.msa.linearity import linearity
from packcalc.stats.msa.nested import NestedStudy, nested_anova
from packcalc.stats.msa.range_method import RangeStudy, average_and_range
from packcalc.stats.msa.single_gauge import bias, type1
from packcalc.stats.msa.stability import stability
from packcalc.stats.no_data import NoData
from packline.foundation.errors import Refused
from packline.resources.calc.study_data import StudyData, Task

__all__ = ["Evaluation", "evaluate", "guard_band"]

FINE_PCT, COARSE_PCT = 10.0, 30.0  # AIAG MSA 4th edition: share of the tolerance
MULTIPLE = 6.0
EFFECTIVE = 0.9  # AIAG: share of right decisions of an acceptable appraiser
AGREEMENT = 0.75  # AIAG: kappa of good agreement


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A study worked out; `figures` are what is shown, as (name, value, unit).

    `repeatability` and `uncertainty` are standard deviations in the unit of the task; both are
    None for a study that does not state them.
    """

    kind: str
    n: int
    repeatability: float | None
    uncertainty: float | None
    share_pct: float | None  # of the tolerance, 6 standard uncertainties
    verdict: str
    why: str
    convention: str
    figures: tuple[tuple[str, float | str, str], ...]


def evaluate(data: StudyData, task: Task) -> Evaluation:
    """Work a study out and say which verdict it suggests.

    Raises
    ------
    Refused
        If the readings do not suffice for this kind of study, or its reference is missing.
    """
    try:
        return _EVALUATE[data.kind](data, task)
    except ValueError as error:
        raise Refused(f"{data.kind} study: {error}") from error


def guard_band(
    uncertainty: float, limits: Limits | None, *, confidence: float, unit_code: str
) -> float:
    """Return how far the acceptance limits lie inside the limits, in the unit of the readings.

    Raises
    ------
    Refused
        If the guard band leaves nothing between the limits.
    """
    if not 0.5 <= confidence < 1:
        raise Refused(f"the confidence lies between 0.5 and 1, not at {confidence:g}")
    try:
        if limits is not None:
            decision_rule(limits, uncertainty, confidence=confidence)
        upper = decision_rule(Limits(None, 0.0, unit_code), uncertainty, confidence=confidence)
    except ValueError as error:
        raise Refused(str(error)) from error
    assert upper.high is not None
    return 0.0 - upper.high


def _type1(data: StudyData, task: Task) -> Evaluation:
    reference = _reference(task)
    limits = task.limits
    width = limits.width if limits is not None else None
    off = bias(data.values, reference)
    if isinstance(off, NoData):
        raise Refused(f"type1 study: {off.reason}")
    figures: list[tuple[str, float | str, str]] = [
        ("mean", off.mean, task.unit_code),
        ("standard deviation", off.sd, task.unit_code),
        ("bias", off.bias, task.unit_code),
        ("bias differs from zero", "yes" if off.significant else "no", ""),
    ]
    uncertainty = _with_bias(off.sd, off.bias, task)
    if width is None:
        return _judged(
            data, task, off.sd, uncertainty, figures, "bias test only: no Cg without two limits"
        )
    found = type1(data.values, reference, width)
    if isinstance(found, NoData):
        raise Refused(f"type1 study: {found.reason}")
    figures += [("Cg", found.cg, ""), ("Cgk", found.cgk, "")]
    evaluation = _judged(data, task, off.sd, uncertainty, figures, found.convention)
    if evaluation.verdict == "accepted" and not found.capable:
        return _changed(evaluation, "guarded", "Cg or Cgk is below 1.33")
    return evaluation


def _bias(data: StudyData, task: Task) -> Evaluation:
    off = bias(data.values, _reference(task))
    if isinstance(off, NoData):
        raise Refused(f"bias study: {off.reason}")
    figures = [
        ("mean", off.mean, task.unit_code),
        ("standard deviation", off.sd, task.unit_code),
        ("bias", off.bias, task.unit_code),
        ("bias, lower end (95 %)", off.low, task.unit_code),
        ("bias, upper end (95 %)", off.high, task.unit_code),
    ]
    text = "independent sample method, AIAG MSA 4th edition"
    return _judged(data, task, off.sd, _with_bias(off.sd, off.bias, task), figures, text)


def _linearity(data: StudyData, task: Task) -> Evaluation:
    found = linearity(data.by_reference)
    inner = [np.asarray(v, dtype=float) for v in data.by_reference.values()]
    degrees = sum(len(v) - 1 for v in inner)
    if degrees < 1:
        raise Refused("linearity study: each reference needs two readings or more")
    sd = math.sqrt(sum(float(np.square(v - v.mean()).sum()) for v in inner) / degrees)
    worst = max((b.bias for b in found.biases), key=abs)
    figures = [
        ("slope", found.slope, "1"),
        ("intercept", found.intercept, task.unit_code),
        ("r squared", found.r_squared, "1"),
        ("largest bias", worst, task.unit_code),
        ("standard deviation at one reference, pooled", sd, task.unit_code),
    ]
    return _judged(data, task, sd, _with_bias(sd, worst, task), figures, found.convention)


def _shared(data: StudyData, task: Task) -> Evaluation:
    """Evaluate the three studies of several people and parts."""
    limits = task.limits
    width = limits.width if limits is not None else None
    study: CrossedStudy | RangeStudy | NestedStudy
    if data.kind == "crossed":
        study = crossed_anova(data.block, tolerance=width)
    elif data.kind == "range":
        study = average_and_range(data.block, tolerance=width)
    else:
        study = nested_anova(data.block, tolerance=width)
    r = study.result
    figures: list[tuple[str, float | str, str]] = [
        ("repeatability", r.repeatability.sd, task.unit_code),
        ("reproducibility", r.reproducibility.sd, task.unit_code),
        ("gauge R&R", r.grr.sd, task.unit_code),
        ("part to part", r.part.sd, task.unit_code),
    ]
    for name, share in (
        ("gauge R&R of study variation", r.grr.study_pct),
        ("gauge R&R of tolerance", r.grr.tolerance_pct),
    ):
        figures.append((name, str(share), "") if isinstance(share, NoData) else (name, share, "%"))
    figures.append(("distinct categories (ndc)", str(r.ndc), ""))
    if limits is not None and r.part.sd > 0 and r.grr.sd > 0:
        mean = float(np.mean(data.block))
        figures += _risk_figures(limits, mean, r.part.sd, r.grr.sd)
    evaluation = _judged(data, task, r.repeatability.sd, r.grr.sd, figures, r.convention)
    if r.verdict == "not acceptable" and evaluation.verdict != "rejected":
        return _changed(evaluation, "rejected", "GR&R is over 30 % (AIAG)")
    if r.verdict == "conditional" and evaluation.verdict == "accepted":
        return _changed(evaluation, "guarded", "GR&R is over 10 %, or ndc is below 5 (AIAG)")
    return evaluation


def _stability(data: StudyData, task: Task) -> Evaluation:
    single = all(len(row) == 1 for row in data.occasions)
    chart = stability([row[0] for row in data.occasions] if single else data.occasions)
    beyond = sum(
        bool((p.points > p.upper).any() or (p.points < p.lower).any()) for p in chart.panels
    )
    stable = "yes" if not beyond else "no"
    figures: list[tuple[str, float | str, str]] = [
        ("occasions", float(len(data.occasions)), "1"),
        ("all points within the limits of the chart", stable, ""),
        ("no run rule fires (Nelson)", "yes" if chart.in_control() else "no, look at it", ""),
    ]
    why = "a point lies outside the chart: the gauge drifts" if beyond else "no point is outside"
    text = f"{'I-MR' if single else 'Xbar-R'} chart of one reference, AIAG MSA 4th edition"
    verdict = "rejected" if beyond else "accepted"
    return Evaluation(data.kind, data.n, None, None, None, verdict, why, text, tuple(figures))


def _attribute(data: StudyData, task: Task) -> Evaluation:
    truth = data.truth or None
    study = attribute_agreement(data.ratings, truth, good="good")
    figures: list[tuple[str, float | str, str]] = []
    bad = []
    for a in study.appraisers:
        for name, share in (
            ("agrees with oneself", a.within),
            ("effectiveness", a.effectiveness),
            ("bad called good", a.missed),
            ("good called bad", a.false_alarms),
        ):
            shown = str(share) if isinstance(share, NoData) else share.value
            figures.append((f"{a.name}: {name}", shown, "1"))
        kappa = a.kappa
        figures.append(
            (f"{a.name}: kappa", str(kappa) if isinstance(kappa, NoData) else kappa.value, "1")
        )
        share = a.effectiveness if truth else a.within
        if isinstance(share, NoData) or share.value < EFFECTIVE:
            bad.append(f"{a.name} decides rightly too seldom")
        elif truth and not isinstance(kappa, NoData) and kappa.value < AGREEMENT:
            bad.append(f"kappa of {a.name} is below {AGREEMENT:g}")
    if not truth and not isinstance(study.fleiss, NoData) and study.fleiss.value < AGREEMENT:
        bad.append(f"kappa between the appraisers is below {AGREEMENT:g}")
    why = "; ".join(bad) or f"effectiveness {EFFECTIVE:.0%} and kappa {AGREEMENT:g} are reached"
    verdict = "rejected" if bad else "accepted"
    return Evaluation(
        data.kind, data.n, None, None, None, verdict, why, study.convention, tuple(figures)
    )


def _judged(
    data: StudyData,
    task: Task,
    repeatability: float,
    uncertainty: float,
    figures: Sequence[tuple[str, float | str, str]],
    convention: str,
) -> Evaluation:
    """Suggest the verdict by how much of the tolerance the error takes."""
    if not uncertainty > 0:
        raise Refused(
            f"{data.kind} study: the readings do not vary: the gauge does not resolve its error"
        )
    limits = task.limits
    share, verdict = None, "guarded"
    why = "the tolerance has one side, so that no share of it can be stated"
    if limits is None:
        why = "no limits were stated, so that no share of a tolerance can be stated"
    elif limits.width is not None:
        share = 100 * MULTIPLE * uncertainty / limits.width if limits.width else math.inf
        verdict = (
            "accepted" if share <= FINE_PCT else "guarded" if share <= COARSE_PCT else "rejected"
        )
        why = f"its error takes {share:.3g} % of the tolerance ({FINE_PCT:g} / {COARSE_PCT:g} %)"
    return Evaluation(
        data.kind,
        data.n,
        repeatability,
        uncertainty,
        None if share is None or not math.isfinite(share) else share,
        verdict,
        why,
        convention,
        (*figures, ("standard uncertainty of a reading", uncertainty, task.unit_code)),
    )


def _changed(evaluation: Evaluation, verdict: str, why: str) -> Evaluation:
    return Evaluation(
        evaluation.kind,
        evaluation.n,
        evaluation.repeatability,
        evaluation.uncertainty,
        evaluation.share_pct,
        verdict,
        why,
        evaluation.convention,
        evaluation.figures,
    )


def _reference(task: Task) -> float:
    if task.reference is None:
        raise Refused("this study needs the reference value that was measured")
    return task.reference


def _with_bias(sd: float, off: float, task: Task) -> float:
    return math.hypot(sd, off / math.sqrt(3), task.reference_uncertainty)


def _risk_figures(
    limits: Limits, mean: float, sd: float, uncertainty: float
) -> list[tuple[str, float | str, str]]:
    """State what judging by the limits themselves would risk, with the parts of the study."""
    found = risks(limits, limits, mean=mean, sd=sd, uncertainty=uncertainty)
    return [
        ("consumer's risk without guard band", 1e6 * found.consumer, "ppm"),
        ("producer's risk without guard band", 1e6 * found.producer, "ppm"),
    ]


_EVALUATE: dict[str, Callable[[StudyData, Task], Evaluation]] = {
    "type1": _type1,
    "crossed": _shared,
    "range": _shared,
    "nested": _shared,
    "bias": _bias,
    "linearity": _linearity,
    "stability": _stability,
    "attribute": _attribute,
}
