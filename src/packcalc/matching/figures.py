"""Figures of groups and packs from an assignment."""

from __future__ import annotations

import numpy as np

from packcalc.matching.result import GroupFigures, PackFigures
from packcalc.matching.stock import CellArrays, Floats, Ints


def group_figures(cells: CellArrays, assignment: Ints) -> GroupFigures:
    """Capacity, resistance and spreads of every group of an assignment."""
    place = np.ascontiguousarray(np.moveaxis(assignment, -1, 0))  # sums over the first axis: fast
    capacity = cells.capacity[place].sum(0)
    unknown = np.full(capacity.shape, np.nan)
    resistance = spread = deviation = unknown
    if cells.resistance is not None:
        each = cells.resistance[place]
        resistance = 1 / (1 / each).sum(0)
        highest, lowest, mean = each.max(0), each.min(0), each.mean(0)
        spread = highest - lowest
        deviation = np.maximum(highest - mean, mean - lowest) / mean
    ocv = unknown if cells.ocv is None else np.ptp(cells.ocv[place], axis=0)
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
