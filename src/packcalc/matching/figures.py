"""Figures of groups and packs from an assignment."""

from __future__ import annotations

import numpy as np

from packcalc.matching.result import GroupFigures, PackFigures
from packcalc.matching.stock import CellArrays, Floats, Ints


def group_figures(cells: CellArrays, assignment: Ints) -> GroupFigures:
    """Capacity, resistance and spreads of every group of an assignment."""
    capacity = cells.capacity[assignment].sum(-1)
    unknown = np.full(capacity.shape, np.nan)
    resistance = spread = deviation = unknown
    if cells.resistance is not None:
        each = cells.resistance[assignment]
        resistance = 1 / (1 / each).sum(-1)
        spread = np.ptp(each, axis=-1)
        middle = each.mean(-1)
        deviation = np.maximum(each.max(-1) - middle, middle - each.min(-1)) / middle
    ocv = unknown if cells.ocv is None else np.ptp(cells.ocv[assignment], axis=-1)
    return GroupFigures(capacity, resistance, spread, deviation, ocv)


def pack_figures(groups: GroupFigures, step: float) -> PackFigures:
    """Figures of every pack from those of its groups."""
    steps = np.rint(groups.capacity / step)
    mean = groups.capacity.mean(1)
    return PackFigures(
        capacity_spread_ppm=np.ptp(steps, axis=1) * step / mean * 1e6,
        resistance_spread_ratio=np.ptp(groups.resistance, axis=1) / groups.resistance.mean(1),
        cell_resistance_spread=_worst(groups.resistance_spread),
        cell_ocv_spread=_worst(groups.ocv_spread),
        usable_capacity=steps.min(1) * step,
        usable_bound=np.floor(steps.mean(1) + 1e-9) * step,
        limiting_group=steps.argmin(1),
    )


def _worst(values: Floats) -> Floats:
    return values.max(1) if values.size else np.zeros(len(values))
