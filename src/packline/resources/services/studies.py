"""Recording the study of a gauge."""

from __future__ import annotations

from datetime import date, datetime

from packline.foundation.commands import command
from packline.foundation.errors import Refused
from packline.foundation.events import canonical, record
from packline.foundation.files import store
from packline.foundation.models import Person
from packline.resources.calc.studies import Evaluation, guard_band
from packline.resources.calc.study_data import Task
from packline.resources.models import STUDY_VERDICTS, WITHOUT_SIGMA, Gauge, GaugeStudy

CONFIDENCE = 0.95  # ISO 14253-1:2017, unless otherwise agreed


@command("resources.record_study")
def record_study(
    *,
    gauge: Gauge,
    task: Task,
    evaluation: Evaluation,
    content: bytes,
    name: str,
    taken_on: date,
    valid_until: date | None = None,
    verdict: str = "",
    reason: str = "",
    confidence: float = CONFIDENCE,
    virtual: bool = False,
    by: Person,
    at: datetime,
) -> GaugeStudy:
    """Record a study with its file of readings; from its day on it sets the guard band.

    Without a verdict the one that the figures suggest stands; another one needs a reason. The
    study holds until the calibration of the gauge is due, or until an earlier day.

    Raises
    ------
    Refused
        If the verdict has no reason or makes no sense, or the study would not hold on any day.
    """
    until = min(valid_until or gauge.due_on, gauge.due_on)
    if not gauge.calibrated_on <= taken_on <= until:
        raise Refused(
            f"a study of {gauge} on {taken_on} would not hold: calibrated on "
            f"{gauge.calibrated_on}, valid until {until}"
        )
    verdict = verdict or evaluation.verdict
    _check(verdict, reason, evaluation)
    guard = 0.0
    if verdict == "guarded":
        assert evaluation.uncertainty is not None
        guard = guard_band(
            evaluation.uncertainty, task.limits, confidence=confidence, unit_code=task.unit_code
        )
    file = store(content=content, name=name, media_type="text/csv", by=by, at=at)
    study = GaugeStudy(
        gauge=gauge,
        number=(gauge.studies.count() + 1),
        characteristic_code=task.characteristic_code,
        kind=evaluation.kind,
        unit_code=task.unit_code,
        low=task.low,
        high=task.high,
        reference_value=task.reference,
        file=file,
        n_readings=evaluation.n,
        repeatability_value=evaluation.repeatability,
        uncertainty_value=evaluation.uncertainty,
        share_pct=evaluation.share_pct,
        guard_value=guard,
        confidence_ratio=confidence,
        convention=evaluation.convention,
        figures_text=canonical([list(figure) for figure in evaluation.figures]),
        suggested=evaluation.verdict,
        verdict=verdict,
        reason=(reason.strip() or evaluation.why)[:300],
        taken_on=taken_on,
        valid_until=until,
        recorded_by=by,
        virtual=virtual,
    )
    study.save(force_insert=True)
    record(
        "resources.gauge.studied",
        gauge,
        by=by,
        at=at,
        rows=[study],
        study=str(study),
        characteristic=task.characteristic_code,
        verdict=verdict,
        file=file.sha256,
    )
    return study


def _check(verdict: str, reason: str, evaluation: Evaluation) -> None:
    if verdict not in STUDY_VERDICTS:
        raise Refused(f"no such verdict: {verdict!r}; allowed: {', '.join(STUDY_VERDICTS)}")
    if verdict != evaluation.verdict and not reason.strip():
        raise Refused(
            f"the figures suggest {STUDY_VERDICTS[evaluation.verdict]} ({evaluation.why}); "
            f"{STUDY_VERDICTS[verdict]} needs a reason"
        )
    if verdict == "guarded" and evaluation.kind in WITHOUT_SIGMA:
        raise Refused(f"a study of kind {evaluation.kind} states no error to guard against")
