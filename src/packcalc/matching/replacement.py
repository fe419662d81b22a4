"""The best cell in stock for one that failed in a pack."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from packcalc.matching.figures import group_figures, pack_figures
from packcalc.matching.result import Matching
from packcalc.matching.rules import Rules
from packcalc.matching.stock import Ints, Mask

__all__ = ["Replacement", "find_replacements"]


@dataclass(frozen=True, slots=True)
class Replacement:
    """A cell that may take the place of a failed one, and the pack's figures with it."""

    cell: int
    capacity_spread_ppm: float
    resistance_spread_ratio: float
    usable_capacity: float


def find_replacements(
    found: Matching, failed: int, rules: Rules, candidates: Ints | None = None, most: int = 5
) -> tuple[Replacement, ...]:
    """Find the cells that best take the place of a failed cell of a pack.

    Parameters
    ----------
    found : Matching
        The matching in which the failed cell stands. [units of the readings]
    failed : int
        Index of the failed cell. [1]
    rules : Rules
        Rules that the repaired group and pack must obey. [units of the readings]
    candidates : ndarray, shape (candidate,), optional
        Indices of the cells in stock; the leftover of the matching when left out. [1]
    most : int
        How many to give. [1]

    Returns
    -------
    tuple of Replacement
        Best first; empty when no cell obeys the rules. [units of the readings]

    Raises
    ------
    ValueError
        If the failed cell stands in no pack.

    Derivation
    ----------
    Every candidate is tried. Those that keep the rules are ranked by the pack's spread of group
    capacities and then of group resistances, both in hundredths of a per cent.

    Examples
    --------
    >>> from packcalc.matching import CellArrays, Rules, Topology, match
    >>> stock = CellArrays(np.array([5.0, 5.0, 5.0, 5.0, 4.9, 4.99]))
    >>> made = match(stock, Topology(2, 2))
    >>> find_replacements(made, int(made.assignment[0, 0, 0]), Rules())[0].cell
    5
    """
    place = np.argwhere(found.assignment == failed)
    if not len(place):
        raise ValueError(f"cell {found.cells.name(failed)} stands in no pack")
    pack, group, slot = place[0].tolist()
    stock = found.leftover if candidates is None else np.asarray(candidates, dtype=np.int64)
    if not len(stock):
        return ()
    trials = np.repeat(found.assignment[pack][None], len(stock), axis=0)
    trials[:, group, slot] = stock
    groups = group_figures(found.cells, trials)
    figures = pack_figures(groups, found.capacity_step)
    allowed = _allowed(found, trials, rules, group)
    spread = np.rint(figures.capacity_spread_ppm / 100)
    other = np.nan_to_num(figures.resistance_spread_ratio)
    rank = np.lexsort((figures.capacity_spread_ppm, np.rint(other * 1e4), spread))
    best = [i for i in rank.tolist() if allowed[i]][:most]
    return tuple(
        Replacement(
            cell=int(stock[i]),
            capacity_spread_ppm=float(figures.capacity_spread_ppm[i]),
            resistance_spread_ratio=float(figures.resistance_spread_ratio[i]),
            usable_capacity=float(figures.usable_capacity[i]),
        )
        for i in best
    )


def _allowed(found: Matching, trials: Ints, rules: Rules, group: int) -> Mask:
    """Which trial packs keep the rules in the repaired group, and in the whole pack."""
    groups = group_figures(found.cells, trials)
    allowed = np.ones(len(trials), dtype=bool)
    for values, limit in (
        (groups.ocv_spread, rules.ocv_spread),
        (groups.resistance_spread, rules.resistance_spread),
        (groups.resistance_deviation, rules.resistance_deviation),
    ):
        if limit is not None:
            allowed &= values[:, group] <= limit * (1 + 1e-9)
    if rules.capacity_spread is not None:
        spread = pack_figures(groups, found.capacity_step).capacity_spread_ppm
        allowed &= spread <= 1e6 * rules.capacity_spread
    lots = found.cells.lot
    if lots is not None and rules.lots != "free":
        kin = lots[trials] if rules.lots == "pack" else lots[trials][:, group : group + 1]
        flat = kin.reshape(len(trials), -1)
        allowed &= (flat == flat[:, :1]).all(1)
    return allowed
