"""What is known of a gauge's error at a characteristic, and the guard band it asks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from packline.foundation.prepared import Prepared
from packline.resources.models import WITHOUT_SIGMA, Gauge, GaugeStudy

__all__ = [
    "GaugeError",
    "StudiesInForce",
    "guard_band_of",
    "largest_repeatability",
    "repeatability_of",
    "studies_in_force",
    "studies_of_gauge",
]


def _holding_on(on: Any) -> QuerySet[GaugeStudy]:
    rows = GaugeStudy.objects.filter(taken_on__lte=on, valid_until__gte=on)
    return rows.select_related("gauge").order_by("taken_on", "number")


_of_gauge = Prepared(lambda gauge, on: _holding_on(on).filter(gauge=gauge))


@dataclass(frozen=True, slots=True)
class GaugeError:
    """The error of one reading as a study found it, in `unit_code`.

    `value` is a standard deviation for a repeatability and a width for a guard band; `source` is
    the natural key of the study ("G1/study/2").
    """

    value: float
    unit_code: str
    source: str


@dataclass(frozen=True, slots=True)
class StudiesInForce:
    """The studies of one gauge at one characteristic that count on a day: the last of each kind.

    Of those that state an error the largest counts, so that a quick type-1 check does not undo
    what people were found to add.
    """

    studies: tuple[GaugeStudy, ...]

    @property
    def rejecting(self) -> GaugeStudy | None:
        """A study by which the gauge must not judge this characteristic, if there is one."""
        return next((s for s in self.studies if s.verdict == "rejected"), None)

    @property
    def error(self) -> GaugeStudy | None:
        """The study that states the error of a reading, if any does."""
        known = [s for s in self.studies if s.uncertainty_value is not None]
        return max(known, key=lambda s: s.uncertainty_value or 0.0, default=None)

    @property
    def guarding(self) -> GaugeStudy | None:
        """The study that sets the guard band: the widest; one of zero says that none is needed."""
        known = [s for s in self.studies if s.kind not in WITHOUT_SIGMA]
        return max(known, key=lambda s: (s.guard_value, s.uncertainty_value or 0.0), default=None)


def studies_in_force(
    gauges: Iterable[Gauge], codes: Iterable[str], on: date
) -> dict[tuple[int, str], StudiesInForce]:
    """Return the studies that count on a day, by gauge (primary key) and characteristic code.

    What was never studied, or whose studies have lapsed, is missing.
    """
    wanted = set(codes)
    rows = (study for gauge in gauges for study in _of_gauge(gauge=gauge, on=on))
    return _in_force(study for study in rows if study.characteristic_code in wanted)


def _in_force(rows: Iterable[GaugeStudy]) -> dict[tuple[int, str], StudiesInForce]:
    """Return the last study of each kind, by gauge and characteristic; `rows` are in time."""
    found: dict[tuple[int, str], dict[str, GaugeStudy]] = {}
    for study in rows:
        found.setdefault((study.gauge_id, study.characteristic_code), {})[study.kind] = study
    return {key: StudiesInForce(tuple(last.values())) for key, last in found.items()}


def repeatability_of(gauge: Gauge, characteristic_code: str, on: date) -> GaugeError | None:
    """Return the repeatability (one standard deviation) of a gauge at a characteristic on a day.

    None says that it is unknown: never studied, or no study holds on that day.
    """
    study = _of_one(gauge, characteristic_code, on).error
    if study is None or study.repeatability_value is None:
        return None
    return GaugeError(study.repeatability_value, study.unit_code, str(study))


def largest_repeatability(characteristic_code: str, on: date) -> GaugeError | None:
    """Return the largest repeatability that studies in force state, of whichever gauge.

    For readings of which nobody noted the gauge: no gauge of the house repeats worse. None says
    that none was studied.
    """
    found = _in_force(_holding_on(on).filter(characteristic_code=characteristic_code)).values()
    known = [
        GaugeError(study.repeatability_value, study.unit_code, str(study))
        for study in (held.error for held in found)
        if study is not None and study.repeatability_value is not None
    ]
    return max(known, key=lambda error: (error.value, error.source), default=None)


def guard_band_of(gauge: Gauge, characteristic_code: str, on: date) -> GaugeError | None:
    """Return how far acceptance limits lie inside the limits, on a day, with this gauge.

    A guard band of zero says that a study found the error small enough; None that it is unknown.
    """
    study = _of_one(gauge, characteristic_code, on).guarding
    return None if study is None else GaugeError(study.guard_value, study.unit_code, str(study))


def studies_of_gauge(gauge: Gauge) -> QuerySet[GaugeStudy]:
    """Return the studies of a gauge, the latest first."""
    return gauge.studies.select_related("gauge", "file", "recorded_by").order_by("-number")


def _of_one(gauge: Gauge, code: str, on: date) -> StudiesInForce:
    return studies_in_force([gauge], [code], on).get((gauge.pk, code), StudiesInForce(()))
