"""The capability of what a control chart shows."""

from __future__ import annotations

from packcalc.stats.capability import Capability
from packcalc.stats.no_data import NoData
from packline.insight.calc.kpis import study_ctq
from packline.quality.calc.charts import ControlFigure

__all__ = ["capability_of"]


def capability_of(figure: ControlFigure) -> Capability | NoData:
    """Study the capability on first attempts, as the key figures do."""
    if figure.kind == "p":
        return NoData("good or not good is counted, not measured")
    return study_ctq(
        code=figure.code,
        name=figure.name,
        unit_code=figure.unit_code,
        low=figure.low,
        high=figure.high,
        values=[p.values for p in figure.points if p.attempt == 1],
    ).study
