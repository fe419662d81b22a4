"""Figures of groups and packs from an assignment."""

from __future__ import annotations

import numpy as np

from packcalc.matching.at_once import each, threads_for
from packcalc.matching.result import GroupFigures, PackFigures
from packcalc.matching.stock import CellArrays, Floats, Ints


def group_figures(cells: CellArrays, assignment: Ints, threads: int | None = None) -> GroupFigures:
    """Capacity, resistance and spreads of every group of an assignment."""
    place = np.ascontiguousarray(np.moveaxis(assignment, -1, 0))  # sums over the first axis: fast
    unknown = np.full(place.shape[1:], np.nan)

    def figures(name: str) -> tuple[Floats, ...]:
        values = getattr(cells, name)
        if values is None:
            return unknown, unknown, unknown
        one = values[place]
        if name == "capacity":
            return (one.sum(0),)
        highest, lowest = one.max(0), one.min(0)
        if name == "ocv":
            return (highest - lowest,)
        mean = one.mean(0)
        deviation = np.maximum(highest - mean, mean - lowest) / mean
        return 1 / (1 / one).sum(0), highest - lowest, deviation

    readings = ("capacity", "resistance", "ocv")
    capacity, others, ocv = each(figures, readings, threads_for(assignment.size, threads))
    resistance, spread, deviation = others
    return GroupFigures(capacity[0], resistance, spread, deviation, ocv[0])


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
