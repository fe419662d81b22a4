"""The figures of a chosen pack under the names that requirements ask for them by."""

from __future__ import annotations

import json
from typing import Any

from packcalc.design import CellSpec, DesignTargets, PackFigures
from packline.design.calc.units import as_shown, shown_unit

__all__ = ["figures_of", "figures_text"]


def figures_of(cell: CellSpec, figures: PackFigures, targets: DesignTargets) -> dict[str, Any]:
    """Return quantity -> SI value, shown value and unit, and a note; `None` is not stated."""
    f, layout = figures, figures.layout
    power = None if f.continuous_current is None else f.continuous_current * f.nominal_voltage
    rows: list[tuple[str, float | None, str, str]] = [
        ("nominal_voltage", f.nominal_voltage, "V", "series count times nominal voltage"),
        ("max_voltage", f.max_voltage, "V", "every cell at its charge limit"),
        ("min_voltage", f.min_voltage, "V", "every cell at its discharge limit"),
        ("energy", f.energy, "J", "at the terminals, interconnect loss taken off"),
        ("capacity", f.capacity, "A s", "rated, of the new cells"),
        ("continuous_discharge_current", f.continuous_current, "A", "rating of the cells"),
        ("peak_discharge_current", f.peak_current, "A", f.peak_note),
        ("peak_duration", _duration(cell, targets), "s", f.peak_note),
        ("continuous_discharge_power", power, "W", "rated current at nominal voltage"),
        ("charge_current", f.charge_current, "A", "largest that the cells accept"),
        ("mass", f.mass, "kg", "cells and the stated share for everything else"),
        ("volume", layout.volume if layout else None, "m^3", "outer, of the layout"),
        ("length", layout.length if layout else None, "m", "outer, of the layout"),
        ("width", layout.width if layout else None, "m", "outer, of the layout"),
        ("height", layout.height if layout else None, "m", "outer, of the layout"),
        ("cycle_life", cell.cycle_life, "1", "of the cell, under its sheet's condition"),
        ("cell_count", float(f.cell_count), "1", "series times parallel"),
        ("interconnect_resistance", f.interconnect_resistance, "Ohm", "joints at their largest"),
    ]
    for name in ("charge_temperature", "discharge_temperature"):
        for side in ("min", "max"):
            key = f"{name}_{side}"
            rows.append((key, getattr(cell, key), "K", "limit of the cell"))
    return {name: _entry(value, unit, note) for name, value, unit, note in rows}


def _duration(cell: CellSpec, targets: DesignTargets) -> float | None:
    """Return how long the peak rating holds: the sheet's time, or as asked if continuous."""
    if targets.peak_duration is None:
        return cell.peak_duration
    if cell.peak_duration is not None and cell.peak_duration >= targets.peak_duration:
        return cell.peak_duration
    return targets.peak_duration if cell.continuous_current is not None else None


def _entry(value: float | None, unit: str, note: str) -> dict[str, Any]:
    code = shown_unit(unit)
    si = None if value is None else float(f"{value:.12g}")
    return {"si": si, "value": as_shown(value, code), "unit": code, "note": note}


def figures_text(figures: dict[str, Any], assumptions: tuple[str, ...]) -> str:
    """Write figures and assumptions as canonical JSON."""
    text = {"figures": figures, "assumptions": list(assumptions)}
    return json.dumps(
        text, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )
