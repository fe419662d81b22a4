"""What the best designs do under load, as rows: energy, sag, warmth, retention, curves."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from packcalc.cell.parameters import CellParameters
from packcalc.cell.sets import read_parameters
from packcalc.design import DesignStudy, DesignTargets
from packcalc.design.best import SimulatedCandidate, simulate_best
from packcalc.design.course import DesignCourse
from packline.catalog.calc.sheet import CellSheet
from packline.design.calc.units import as_shown
from packline.foundation.chain import canonical

__all__ = ["MOST", "CourseRow", "Key", "circuits_of", "courses_of", "curves_of"]

MOST = 12  # designs that are simulated
Key = tuple[str, int, int]  # cell, series, parallel


@dataclass(frozen=True, slots=True)
class CourseRow:
    """One simulated design, field for field as it is stored."""

    front: bool
    identified: bool
    notes: str
    curves_text: str
    energy_c5_wh: float | None
    energy_c1_wh: float | None
    sag_v: float | None
    peak_voltage_v: float | None
    rise_k: float | None
    spread_k: float | None
    limit_after_s: float | None
    retention_ratio: float | None


def circuits_of(sheets: Iterable[CellSheet]) -> dict[str, CellParameters]:
    """Return the identified circuits that lie beside cell sheets, by the code of the cell."""
    return {s.code: read_parameters(s.parameters_text) for s in sheets if s.parameters_text}


def courses_of(
    study: DesignStudy,
    targets: DesignTargets,
    circuits: Mapping[str, CellParameters] | None = None,
) -> dict[Key, CourseRow]:
    """Simulate the best of a study; what cannot be simulated has a row that says why.

    `circuits` are those identified from tests of a cell, by its code; the others are stood in for.
    """
    return {
        (s.candidate.cell.code, s.candidate.series, s.candidate.parallel): _row(s)
        for s in simulate_best(study, targets, circuits=circuits, most=MOST)
    }


def _row(simulated: SimulatedCandidate) -> CourseRow:
    course = simulated.course
    return CourseRow(
        front=simulated.front,
        identified=simulated.identified,
        notes="\n".join(course.notes) if course else f"not simulated: {simulated.why}",
        curves_text=_curves_text(course),
        energy_c5_wh=as_shown(course.energy_c5, "Wh") if course else None,
        energy_c1_wh=as_shown(course.energy_c1, "Wh") if course else None,
        sag_v=_rounded(course.sag) if course else None,
        peak_voltage_v=_rounded(course.peak_voltage) if course else None,
        rise_k=_rounded(course.rise) if course else None,
        spread_k=_rounded(course.spread) if course else None,
        limit_after_s=_rounded(course.limit_after) if course else None,
        retention_ratio=_rounded(course.retention) if course else None,
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.5g}")


def _curves_text(course: DesignCourse | None) -> str:
    if course is None:
        return ""
    return canonical(
        {
            "charge_ah": _list(course.charge / 3600),
            "voltage_c5_v": _list(course.voltage_c5),
            "voltage_c1_v": _list(course.voltage_c1),
            "time_s": _list(course.time),
            "warmest_degc": _list(course.warmest - 273.15),
            "coolest_degc": _list(course.coolest - 273.15),
        }
    )


def _list(values: NDArray[np.float64]) -> list[float | None]:
    return [None if np.isnan(v) else float(f"{v:.5g}") for v in values]


def curves_of(text: str) -> Mapping[str, list[float | None]]:
    """Read back what was stored of the curves; empty if there are none."""
    found: dict[str, Any] = json.loads(text) if text else {}
    return found
