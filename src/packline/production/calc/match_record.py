"""What is kept of a match in the words of the trade: why every pack is as good as it is."""

from __future__ import annotations

from collections.abc import Mapping
from math import comb
from typing import Any

import numpy as np

from packcalc.matching import Matching, certify, explain, explain_floor
from packline.production.calc.matching import AS_PER_AH

__all__ = ["order_facts", "unit_facts"]

MOST_SUBSETS = 20_000  # groups that a pack of so many cells could have: proven in milliseconds
MOST_PROVEN = 500  # packs; a larger order takes the bound alone, so that nobody waits
SAMPLE = 400  # cells left over that the picture of the order shows
PPM = 1e6


def unit_facts(found: Matching, pack: int) -> Mapping[str, Any]:
    """Return what is recorded of one pack of a match."""
    figures = found.packs
    mean = float(found.groups.capacity[pack].mean())
    facts: dict[str, Any] = {
        "explanation": list(explain(found, pack, "This pack")),
        "bound": _bound(found, pack),
        "capacity_spread_ppm": _round(figures.capacity_spread_ppm[pack]),
        "under_bound_ppm": _round(
            PPM * (figures.usable_bound[pack] - figures.usable_capacity[pack]) / mean
        ),
        "floor_ppm": _round(PPM * found.floor_ratio),
        "group_capacity_ah": [_round(v / AS_PER_AH) for v in found.groups.capacity[pack]],
    }
    if found.cells.resistance is not None:
        facts["group_resistance_mohm"] = [_round(v * 1e3) for v in found.groups.resistance[pack]]
    return facts


def order_facts(found: Matching) -> Mapping[str, Any]:
    """Return what is recorded of a match as a whole."""
    left = found.leftover[:: max(1, -(-len(found.leftover) // SAMPLE))]
    return {
        "warnings": list(found.warnings),
        "floor": " ".join(explain_floor(found)),
        "floor_ppm": _round(PPM * found.floor_ratio),
        "spreads_ppm": [_round(v) for v in found.packs.capacity_spread_ppm],
        "pack_bound": found.pack_bound,
        "left_over": len(found.leftover),
        "not_let_in": len(found.rejected),
        "left_over_sample": [found.cells.name(i) for i in left.tolist()],
    }


def _bound(found: Matching, pack: int) -> str:
    """Say how much better in capacity the cells of a pack could be grouped, if at all."""
    shape = found.topology
    if found.certified()[pack]:
        return "Groups within one step of the readings: no regrouping can be better (proven)."
    subsets = comb(shape.cells, shape.parallel)
    if shape.parallel > 1 and subsets <= MOST_SUBSETS and len(found.assignment) <= MOST_PROVEN:
        said = str(certify(found, pack))
        return f"As read, {said}."
    figures = found.packs
    under = figures.usable_bound[pack] - figures.usable_capacity[pack]
    mean = float(found.groups.capacity[pack].mean())
    return (
        f"No regrouping of these cells could raise the weakest group by more than "
        f"{PPM * under / mean:.0f} ppm."
    )


def _round(value: float | np.floating[Any]) -> float:
    """A figure of as many digits as anybody reads."""
    return float(f"{float(value):.7g}")
