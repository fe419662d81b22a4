"""A search's answer as rows: what is kept of it, in units of the trade."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from packcalc.design import Check, DesignCandidate, DesignStudy
from packline.design.calc.units import as_shown, shown_unit
from packline.requirements.calc.spec import DesignSpec

__all__ = ["SCORE_UNITS", "CandidateRow", "kept_of", "rows_of"]

SCORE_UNITS = {"mass": "kg", "volume": "l", "cell_count": "1", "energy": "Wh", "cost": "1"}


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """One line of a study, field for field as it is stored."""

    code: str
    series: int
    parallel: int
    feasible: bool
    rank: int | None
    score: float | None
    unit_code: str
    binding: str
    margin_ratio: float | None
    reason: str
    assumptions: str
    numbers: Mapping[str, float | None]


def rows_of(study: DesignStudy, choice: DesignSpec) -> list[CandidateRow]:
    """Return what is kept: every feasible candidate, and of the rejected the nearest misses.

    Of each cell and series count the rejected arrangement that misses least is kept; of a cell
    that the program does not allow, one. So every cell has a line.
    """
    kept = kept_of(study, choice)
    rows = [_row(c, study.objective, rank) for rank, c in enumerate(kept.feasible, start=1)]
    rows += [_row(candidate, study.objective, None) for candidate in kept.rejected]
    barred: dict[str, DesignCandidate] = {}
    for candidate in (*study.feasible, *study.rejected):
        if _barred(candidate, choice):
            barred.setdefault(candidate.cell.code, candidate)
    for code in sorted(barred):
        candidate = barred[code]
        rows.append(_row(candidate, study.objective, None, _barred(candidate, choice)))
    return rows


def kept_of(study: DesignStudy, choice: DesignSpec) -> DesignStudy:
    """Return what is kept of the allowed cells: the feasible and the nearest misses."""
    nearest: dict[tuple[str, int], DesignCandidate] = {}
    for candidate in study.rejected:
        if not _barred(candidate, choice):
            nearest.setdefault((candidate.cell.code, candidate.series), candidate)
    feasible = tuple(c for c in study.feasible if not _barred(c, choice))
    return DesignStudy(study.objective, feasible, tuple(nearest.values()))


def _barred(candidate: DesignCandidate, choice: DesignSpec) -> str:
    """Say why the program does not allow this cell, or nothing."""
    cell = candidate.cell
    for has, allowed, word in (
        (cell.code, choice.cells, "cells"),
        (cell.chemistry, choice.chemistries, "chemistries"),
        (cell.format, choice.formats, "formats"),
    ):
        if allowed and has not in allowed:
            return f"the program allows the {word} {', '.join(allowed)} only"
    return ""


def _row(
    candidate: DesignCandidate, objective: str, rank: int | None, barred: str = ""
) -> CandidateRow:
    f, check = candidate.figures, candidate.binding
    unit = SCORE_UNITS[objective]
    score = candidate.score if rank is not None else None
    if score is not None and objective == "energy":
        score = -score  # searched as "less is better", shown as the energy that it is
    notes = [*candidate.cell.assumptions]
    if any(c.name == "peak_discharge_current" for c in candidate.checks):
        notes.append(f"peak: {f.peak_note}")
    return CandidateRow(
        code=candidate.cell.code,
        series=candidate.series,
        parallel=candidate.parallel,
        feasible=rank is not None,
        rank=rank,
        score=as_shown(score, unit),
        unit_code=candidate.cell.currency or unit if objective == "cost" else unit,
        binding="cell_choice" if barred else (check.name if check else ""),
        margin_ratio=None if barred or check is None else _rounded(check.margin),
        reason=barred or _reason(check),
        assumptions="\n".join(notes),
        numbers={
            "energy_wh": as_shown(f.energy, "Wh"),
            "capacity_ah": as_shown(f.capacity, "Ah"),
            "nominal_voltage_v": as_shown(f.nominal_voltage, "V"),
            "max_voltage_v": as_shown(f.max_voltage, "V"),
            "min_voltage_v": as_shown(f.min_voltage, "V"),
            "continuous_current_a": as_shown(f.continuous_current, "A"),
            "peak_current_a": as_shown(f.peak_current, "A"),
            "charge_current_a": as_shown(f.charge_current, "A"),
            "mass_kg": as_shown(f.mass, "kg"),
            "volume_l": as_shown(f.layout.volume if f.layout else None, "l"),
            "interconnect_mohm": as_shown(f.interconnect_resistance, "mOhm"),
        },
    )


def _reason(check: Check | None) -> str:
    """Say what rejects a candidate, or what is tight, in units of the trade."""
    if check is None:
        return "nothing was asked for"
    name = check.name.replace("_", " ")
    unit = shown_unit(check.unit)
    limit = as_shown(check.limit, unit)
    word = "at least" if check.at_least else "at most"
    shown = "" if unit == "1" else f" {unit}"
    asked = f"asked {word} {limit:.4g}{shown}"
    if check.value is None:
        return f"{name}: the cell's sheet does not state it, so it is not shown; {asked}"
    says = f"{name} {as_shown(check.value, unit):.4g}{shown}, {asked}"
    return f"{says} ({check.note})" if check.note else says


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.10g}")
