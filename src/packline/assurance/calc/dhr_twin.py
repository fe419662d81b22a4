"""The simulations of one pack as facts of its record."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["TwinFact", "TwinFigureFact"]


@dataclass(frozen=True, slots=True)
class TwinFigureFact:
    """One quantity at one place: predicted, measured, and what is left between."""

    row: str  # key of the row in production.twinfigure
    code: str
    name: str
    position: int  # group from 1; 0 is the pack
    unit_code: str
    predicted: float
    measured: float | None
    shift: float | None
    residual: float | None
    tolerance: float | None
    one_way: bool
    agrees: bool | None
    parts_text: str


@dataclass(frozen=True, slots=True)
class TwinFact:
    """One simulation of the pack from its own cells and joints."""

    row: str  # key of the row in production.twin
    stage: str
    counts: bool  # its step was not repeated since
    method: str
    model_version: str
    parameter_set: str
    parameter_sha256: str
    inputs_sha256: str
    coverage_ratio: float
    not_predicted: str
    passed: bool
    simulated_at: str
    figures: tuple[TwinFigureFact, ...]
