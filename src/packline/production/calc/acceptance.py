"""The limits that a reading must keep: those of the design, less the guard band of its gauge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from packcalc.stats.limits import Limits
from packline.foundation.errors import Refused
from packline.requirements.calc.units import convert
from packline.resources.models import Gauge, GaugeStudy
from packline.resources.queries import StudiesInForce

__all__ = ["Acceptance", "acceptance"]

Known = Mapping[tuple[int, str], StudiesInForce]  # by gauge (primary key) and characteristic code


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What a reading is judged by.

    `low` and `high` are None where no guard band moved the limit; `study` is where the guard band
    comes from, one of zero included. Without a study the gauge's error is unknown.
    """

    limits: Limits
    low: float | None
    high: float | None
    study: GaugeStudy | None


def acceptance(limits: Limits, code: str, gauge: Gauge | None, known: Known) -> Acceptance:
    """Return what readings of a characteristic must keep when they are taken with a gauge.

    Raises
    ------
    Refused
        If the gauge's guard band leaves nothing between the limits.
    """
    in_force = None if gauge is None else known.get((gauge.pk, code))
    study = None if in_force is None else in_force.guarding
    if study is None or study.guard_value == 0:
        return Acceptance(limits, None, None, study)
    guard = _in_unit(study.guard_value, study.unit_code, limits.unit)
    try:
        inside = limits.narrowed(guard)
    except ValueError as error:
        raise Refused(
            f"{code} cannot be judged with gauge {gauge}: {error} (gauge study {study}); "
            "use a finer gauge"
        ) from error
    return Acceptance(inside, inside.low, inside.high, study)


def _in_unit(width: float, unit_code: str, wanted: str) -> float:
    """Convert a width: what shifts zero (degrees Celsius) does not shift it."""
    if unit_code == wanted:
        return width
    return convert(width, unit_code, wanted) - convert(0.0, unit_code, wanted)
