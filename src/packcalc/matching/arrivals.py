"""Matching while cells still arrive: finish packs as quality allows, hold the rest."""

from __future__ import annotations

from dataclasses import replace

from packcalc.matching.assemble import match
from packcalc.matching.result import Matching
from packcalc.matching.rules import Objective, Rules, Topology
from packcalc.matching.screening import screen
from packcalc.matching.stock import CellArrays

__all__ = ["match_arrivals"]


def match_arrivals(
    cells: CellArrays,
    topology: Topology,
    rules: Rules | None = None,
    objective: Objective | None = None,
    spread: float = 200e-6,
    reserve: int = 0,
    most: int | None = None,
    seed: int = 0,
    threads: int | None = None,
) -> Matching:
    """Finish the packs that are good enough now; all other cells wait for the next delivery.

    Parameters
    ----------
    cells : CellArrays
        Everything in stock: the cells held before and the new ones. [units of the readings]
    topology : Topology
        Groups in series and cells in parallel of one pack. [1]
    rules : Rules, optional
        Hard rules. [units of the readings]
    objective : Objective, optional
        What to aim for. [1]
    spread : float
        A pack is finished when (max - min) / mean of its group capacities is no more. [1]
    reserve : int
        Cells to keep in stock in any case, so that later cells find partners. The most typical
        cells go first; those hard to place are never forced. [1]
    most : int, optional
        Finish no more packs than this. [1]
    seed : int
        Seed of the choices that are made by chance. [1]
    threads : int, optional
        How many threads; as many as there are processors when left out. [1]

    Returns
    -------
    Matching
        The finished packs; `leftover` is held. [units of the readings]

    Derivation
    ----------
    A matching with `spread` as a hard rule on packs, of at most
    (cells let in - reserve) / cells of a pack packs.

    Examples
    --------
    >>> import numpy as np
    >>> stock = CellArrays(np.array([5.0, 5.0, 5.0, 5.0, 4.6]))
    >>> held = match_arrivals(stock, Topology(2, 2))
    >>> len(held.assignment), held.leftover.tolist()
    (1, [4])
    """
    rules = rules or Rules()
    limit = spread if rules.capacity_spread is None else min(spread, rules.capacity_spread)
    sound = len(screen(cells, rules)[0])
    packs = max(sound - reserve, 0) // topology.cells
    packs = packs if most is None else min(packs, most)
    strict = replace(rules, capacity_spread=limit)
    return match(cells, topology, strict, objective, packs=packs, seed=seed, threads=threads)
