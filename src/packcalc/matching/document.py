"""A matching as a plain document that goes into a JSON file as it is."""

from __future__ import annotations

import math
from typing import Any

from packcalc.matching.explanation import explain
from packcalc.matching.grading import grade
from packcalc.matching.result import Matching

__all__ = ["as_document"]


def as_document(found: Matching) -> dict[str, Any]:
    """Write a matching as nested lists and dictionaries of plain values.

    Parameters
    ----------
    found : Matching
        A matching. [units of the readings]

    Returns
    -------
    dict
        'packs' with serials by group and figures, 'rejected' with reasons, 'leftover' serials,
        'grades' of the leftover, bounds and warnings; figures that are not known are null. Cells
        without a serial are 'row N', N counted from 0. [units of the readings]

    References
    ----------
    .. [1] T. Bray, "The JavaScript Object Notation (JSON) data interchange format," RFC 8259,
           2017.

    Examples
    --------
    >>> import numpy as np
    >>> from packcalc.matching import CellArrays, Topology, match
    >>> stock = CellArrays(np.array([5.0, 4.9, 5.1]), serial=np.array(["a", "b", "c"]))
    >>> written = as_document(match(stock, Topology(1, 2)))
    >>> written["packs"][0]["groups"], written["leftover"], written["topology"]
    ([['a', 'b']], ['c'], '1S2P')
    """
    name = found.cells.name
    return {
        "topology": str(found.topology),
        "packs": [_pack(found, index) for index in range(len(found.assignment))],
        "rejected": [
            {"serial": name(index), "reason": reason}
            for index, reason in zip(found.rejected.tolist(), found.reasons, strict=True)
        ],
        "leftover": [name(index) for index in found.leftover.tolist()],
        "grades": [
            {
                "grade": one.name,
                "capacity": list(one.capacity),
                "resistance": list(one.resistance) if found.cells.resistance is not None else None,
                "cells": [name(index) for index in one.cells.tolist()],
                "suits": one.suits(found.topology),
            }
            for one in grade(found.cells, found.leftover, found.topology).grades
        ],
        "pack_bound": found.pack_bound,
        "usable_capacity": found.usable_capacity,
        "usable_bound": found.usable_bound,
        "floor_ppm": 1e6 * found.floor_ratio,
        "warnings": list(found.warnings),
    }


def _pack(found: Matching, index: int) -> dict[str, Any]:
    figures, groups = found.packs, found.groups
    return {
        "pack": index + 1,
        "groups": [[found.cells.name(c) for c in g] for g in found.assignment[index].tolist()],
        "group_capacity": [_number(v) for v in groups.capacity[index]],
        "group_resistance": [_number(v) for v in groups.resistance[index]],
        "capacity_spread_ppm": _number(figures.capacity_spread_ppm[index]),
        "resistance_spread_ratio": _number(figures.resistance_spread_ratio[index]),
        "cell_resistance_spread": _number(figures.cell_resistance_spread[index]),
        "cell_ocv_spread": _number(figures.cell_ocv_spread[index]),
        "limiting_group": int(figures.limiting_group[index]) + 1,
        "usable_capacity": _number(figures.usable_capacity[index]),
        "usable_bound": _number(figures.usable_bound[index]),
        "certified": bool(found.certified()[index]),
        "explanation": list(explain(found, index)),
    }


def _number(value: float) -> float | None:
    """A float of twelve digits, or None where there is no figure."""
    return float(f"{value:.12g}") if math.isfinite(value) else None
