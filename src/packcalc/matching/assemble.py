"""From a stock to packs: screen, lay out in blocks, solve each, cut the groups into packs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from packcalc.matching.blocks import as_points, solve_blocks
from packcalc.matching.cutting import cut_into_packs, deal_out, preference, worse
from packcalc.matching.diagnosis import capacity_spread, oddities
from packcalc.matching.figures import group_figures, pack_figures
from packcalc.matching.floor import measurement_floor
from packcalc.matching.layout import lay_out
from packcalc.matching.result import Matching
from packcalc.matching.rules import Objective, Rules, Topology
from packcalc.matching.screening import screen
from packcalc.matching.stock import (
    CellArrays,
    Floats,
    Ints,
    Mask,
    canonical_order,
    conductance_steps,
    lot_codes,
    reading_step,
)

__all__ = ["match"]

AGAIN = 8  # times that leftover cells are matched once more
SMALL_STOCK = 3000  # cells; in a larger one there is choice enough for both
LIGHTER = (0.03, 0.003)  # weights of conductance that are tried when more costs capacity


def match(
    cells: CellArrays,
    topology: Topology,
    rules: Rules | None = None,
    objective: Objective | None = None,
    packs: int | None = None,
    seed: int = 0,
    threads: int | None = None,
) -> Matching:
    """Match cells into groups and packs: rules never broken, groups as equal as can be.

    The answer depends on the readings, the serials and `seed`, not on the order of the input
    or the number of threads. Packs come in an order drawn by chance (`seed`), so that packs
    numbered and built in turn show no trend of the sorted stock.

    Parameters
    ----------
    cells : CellArrays
        The stock, in any coherent unit. [any unit]
    topology : Topology
        Groups in series and cells in parallel of one pack. [1]
    rules : Rules, optional
        Hard rules; none but soundness of the readings when left out. [units of the readings]
    objective : Objective, optional
        What to aim for inside the rules. [1]
    packs : int, optional
        How many packs to make; as many as possible when left out. [1]
    seed : int
        Seed of the choices that are made by chance. [1]
    threads : int, optional
        How many threads; as many as there are processors when left out. [1]

    Returns
    -------
    Matching
        Assignment, rejects with reasons, leftover cells, figures and bounds. [units of the
        readings]

    Raises
    ------
    ValueError
        If a rule asks for a reading that the cells do not have, or `packs` is negative.

    References
    ----------
    .. [1] W. Michiels, J. Korst, E. Aarts and J. van Leeuwen, "Performance ratios for the
           Karmarkar-Karp differencing method," Electronic Notes in Discrete Mathematics 13
           (2003), 71-75, doi:10.1016/S1571-0653(04)00442-1.

    Examples
    --------
    Four cells make one 2S2P pack of two equal groups.

    >>> found = match(CellArrays(np.array([5.1, 4.9, 5.0, 5.0])), Topology(2, 2))
    >>> found.groups.capacity.tolist(), float(found.packs.capacity_spread_ppm[0])
    ([[10.0, 10.0]], 0.0)
    """
    rules = rules or Rules()
    objective = objective or Objective()
    if packs is not None and packs < 0:
        raise ValueError(f"cannot make {packs} packs")
    # side by side costs memory, which a match with kernels needs itself
    beside = threads if objective.effort == 0 else 1
    kept, reasons = screen(cells, rules, beside)
    step = cells.gauge.capacity_step or reading_step(cells.capacity[kept])
    lots = lot_codes(cells)
    kept = canonical_order(cells, kept, step, lots, beside)
    bound = pack_bound(lots[kept], topology, rules, packs)
    job = _Job(cells, lots, topology, rules, objective, kept, step, seed, threads, beside)
    assignment = _make(job, kept, packs, bound)
    used = np.zeros(len(cells), dtype=bool)
    used[assignment] = True
    groups = group_figures(cells, assignment, beside)
    rejected = np.array(sorted(reasons), dtype=np.int64)
    sd = cells.gauge.capacity_sd if cells.gauge.capacity_sd is not None else step / np.sqrt(12)
    cv, mean = capacity_spread(cells.capacity[kept], sd)
    return Matching(
        cells=cells,
        topology=topology,
        assignment=assignment,
        rejected=rejected,
        reasons=tuple(reasons[i] for i in rejected.tolist()),
        leftover=kept[~used[kept]],
        groups=groups,
        packs=pack_figures(groups, step),
        pack_bound=bound,
        capacity_step=step,
        floor_ratio=measurement_floor(topology, sd / mean, cv) if mean else 0.0,
        warnings=oddities(cells, kept, beside),
    )


@dataclass(frozen=True, slots=True)
class _Job:
    """Everything about the question that does not change while packs are made."""

    cells: CellArrays
    lots: Ints
    topology: Topology
    rules: Rules
    objective: Objective
    kept: Ints  # every cell let in, in canonical order
    step: float
    seed: int
    threads: int | None
    beside: int | None  # threads for what is not solving


def pack_bound(lots: Ints, topology: Topology, rules: Rules, wanted: int | None) -> int:
    """Most packs that the number of cells and the lot rules allow."""
    counts = np.bincount(lots) if len(lots) else np.zeros(1, dtype=np.int64)
    if rules.lots == "pack":
        most = int((counts // topology.cells).sum())
    elif rules.lots == "group":
        most = int((counts // topology.parallel).sum()) // topology.series
    else:
        most = int(counts.sum()) // topology.cells
    return most if wanted is None else min(most, wanted)


def _make(job: _Job, kept: Ints, wanted: int | None, bound: int) -> Ints:
    """Make packs of the most preferred cells; when rules forbid some, draw on more."""
    preferred = preference(job.cells, kept, job.lots, job.topology, job.rules, wanted, job.beside)
    drawn = _needed(job, preferred, bound)
    while True:
        made = _make_all(job, preferred[:drawn])
        if len(made) >= bound or drawn >= len(preferred):
            if len(made) > bound:
                made = made[np.sort(_best(job, made)[:bound])]
            return _mixed(made, job.seed)
        drawn = min(len(preferred), drawn + (bound - len(made) + 1) * job.topology.cells)


def _mixed(made: Ints, seed: int) -> Ints:
    """Put packs in an order that says nothing about them.

    They come block by block, so resistance would rise from one to the next; built in that order,
    a control chart would show a trend that no process has.
    """
    return made[np.random.default_rng((seed, len(made))).permutation(len(made))]


def _needed(job: _Job, preferred: Ints, bound: int) -> int:
    """How many of the preferred cells can make `bound` packs by the lot rules alone."""
    low, high = min(bound * job.topology.cells, len(preferred)), len(preferred)
    if pack_bound(job.lots[preferred[:low]], job.topology, job.rules, None) >= bound:
        return low
    while low < high:
        middle = (low + high) // 2
        if pack_bound(job.lots[preferred[:middle]], job.topology, job.rules, None) >= bound:
            high = middle
        else:
            low = middle + 1
    return low


def _best(job: _Job, made: Ints) -> Ints:
    """Rank packs, the most equal first."""
    total = np.rint(job.cells.capacity[made] / job.step).astype(np.int64).sum(2)
    return np.lexsort((np.arange(len(made)), np.ptp(total, axis=1)))


def _make_all(job: _Job, drawn: Ints) -> Ints:
    """Make packs until what is left over gives no more."""
    found: list[Ints] = []
    left = drawn
    for _ in range(AGAIN):
        if len(left) < job.topology.cells:
            break
        made = _make_once(job, left)
        if not len(made):
            break
        found.append(made)
        used = np.zeros(len(job.cells), dtype=bool)
        used[made] = True
        left = left[~used[left]]
    empty = np.zeros((0, job.topology.series, job.topology.parallel), dtype=np.int64)
    return np.concatenate([empty, *found])


def _make_once(job: _Job, drawn: Ints) -> Ints:
    capacity = np.zeros(len(job.cells), dtype=np.int64)
    conductance = np.zeros(len(job.cells), dtype=np.int64)
    chosen = np.zeros(len(job.cells), dtype=bool)
    chosen[drawn] = True
    order = job.kept[chosen[job.kept]]
    capacity[order] = np.rint(job.cells.capacity[order] / job.step).astype(np.int64)
    resistance = None if job.cells.resistance is None else job.cells.resistance[order]
    conductance[order] = conductance_steps(resistance, len(order))
    made = _made_in_blocks(job, order, capacity, conductance)
    if job.rules.capacity_spread is None or not len(made):
        return made
    total = capacity[made].sum(2)
    inside: Mask = np.ptp(total, axis=1) <= job.rules.capacity_spread * total.mean(1)
    return made[inside]


def _made_in_blocks(job: _Job, order: Ints, capacity: Ints, conductance: Ints) -> Ints:
    """Lay out and solve; with less weight on resistance if dealing cells out gives more capacity.

    In a small stock of widely spread cells equal conductance can cost usable capacity. By default
    it may cost some of what matching gains, never more than all of it.
    """
    aims = [job.objective]
    free = job.objective.conductance is None and job.objective.capacity and job.objective.effort
    if free and job.cells.resistance is not None and len(order) < SMALL_STOCK:
        aims += [replace(job.objective, conductance=weight) for weight in LIGHTER]
        aims.append(replace(job.objective, conductance=0.0, closeness=0.0))
    dealt = np.zeros((0, job.topology.series, job.topology.parallel), dtype=np.int64)
    for aim in aims:
        blocks = lay_out(job.cells, order, job.lots, job.topology, job.rules, aim, job.beside)
        solved = solve_blocks(
            blocks, capacity, conductance, job.topology, aim, job.seed, job.threads
        )

        def points(cells: Ints, aim: Objective = aim) -> Floats:
            return as_points(capacity[cells], conductance[cells], aim, job.topology)

        made = cut_into_packs(solved, [block.pool for block in blocks], points, job.topology)
        if len(aims) == 1:
            return made
        dealt = deal_out(capacity, blocks, job.topology)
        if not worse(capacity, made, dealt):
            return made
    return dealt
