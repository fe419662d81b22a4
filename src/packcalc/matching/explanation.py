"""Why a pack is as good as it is, in plain sentences."""

from __future__ import annotations

import numpy as np

from packcalc.matching.result import Matching
from packcalc.matching.stock import Ints

__all__ = ["explain", "explain_floor"]


def explain(found: Matching, pack: int, name: str | None = None) -> tuple[str, ...]:
    """Explain one pack: what limits it, what the best swap would gain, what nobody can know.

    Parameters
    ----------
    found : Matching
        A matching. [units of the readings]
    pack : int
        Which pack, from 0. [1]
    name : str, optional
        What the pack is called, such as its serial; its number when left out. [1]

    Returns
    -------
    tuple of str
        Plain sentences; packs and groups are counted from 1 as on the labels. [1]

    Derivation
    ----------
    In series the weakest group ends the discharge. Exchanging cell a of it for cell b of another
    group adds b - a to the one and takes it from the other; all such exchanges are tried.

    Examples
    --------
    >>> from packcalc.matching import CellArrays, Topology, match
    >>> found = match(CellArrays(np.array([5.0, 5.0, 4.8, 4.9])), Topology(2, 2))
    >>> explain(found, 0)[0]
    'Pack 1: group 2 limits, 5076 ppm under the mean of the groups.'
    """
    total = np.rint(found.groups.capacity[pack] / found.capacity_step).astype(np.int64)
    weakest = int(found.packs.limiting_group[pack])
    mean = float(total.mean())
    under = 1e6 * (mean - total[weakest]) / mean
    spread = int(np.ptp(total))
    called = name or f"Pack {pack + 1}"
    rest = (*_resistance(found, pack), *explain_floor(found))
    if spread == 0:
        return (f"{called}: all groups have the same capacity.", *rest)
    lines = [
        f"{called}: group {weakest + 1} limits, {under:.0f} ppm under the mean of the groups."
    ]
    lines.append(_swap(found, pack, total, weakest, mean))
    if found.certified()[pack]:
        lines.append("The groups differ by one measurement step: no regrouping can be better.")
    return (*lines, *rest)


def _swap(found: Matching, pack: int, total: Ints, weakest: int, mean: float) -> str:
    """Say what the best exchange of two cells would gain for the weakest group."""
    gain, out, into = best_swap(found, pack, total, weakest)
    if gain <= 0:
        return "No single swap inside the pack would raise it."
    ours, theirs = found.cells.name(out), found.cells.name(into)
    return f"The best single swap ({ours} for {theirs}) would gain {1e6 * gain / mean:.0f} ppm."


def best_swap(found: Matching, pack: int, total: Ints, weakest: int) -> tuple[int, int, int]:
    """Best exchange between the weakest group and another: steps gained, cell out, cell in."""
    cells = found.assignment[pack]
    steps = np.rint(found.cells.capacity[cells] / found.capacity_step).astype(np.int64)
    others = np.delete(np.arange(len(cells)), weakest)
    if not len(others):
        return 0, -1, -1
    move = steps[others][:, None, :] - steps[weakest][None, :, None]  # other, ours, theirs
    after = np.minimum(total[weakest] + move, total[others][:, None, None] - move)
    largest = np.iinfo(np.int64).max
    rest = np.where(np.eye(len(total), dtype=bool), largest, total)[others]
    rest[:, weakest] = largest
    third = rest.min(1)
    after = np.minimum(after, third[:, None, None])
    at = np.unravel_index(int(after.argmax()), after.shape)
    gain = int(after[at] - total[weakest])
    return gain, int(cells[weakest, at[1]]), int(cells[others[at[0]], at[2]])


def _resistance(found: Matching, pack: int) -> tuple[str, ...]:
    if found.cells.resistance is None:
        return ()
    ratio = 100 * float(found.packs.resistance_spread_ratio[pack])
    least = 0.001  # per cent: less than any gauge tells apart
    said = f"{ratio:.3g} %" if ratio >= least else f"less than {least:g} %"
    line = f"Group resistances differ by {said}"
    if found.topology.parallel == 1:
        return (line + ".",)
    share = 100 * float(found.groups.resistance_deviation[pack].max())
    return (f"{line}; inside a group no cell is further than {share:.3g} % from its mean.",)


def explain_floor(found: Matching) -> tuple[str, ...]:
    """Say what the gauge leaves unknown of the cells, and what that costs.

    Parameters
    ----------
    found : Matching
        A matching. [units of the readings]

    Returns
    -------
    tuple of str
        One sentence, or none when there is no floor. [1]

    Derivation
    ----------
    See `measurement_floor`; the step of the readings stands in for a repeatability not given.

    Examples
    --------
    >>> from packcalc.matching import CellArrays, Gauge, Topology, match
    >>> cells = CellArrays(np.array([5.0, 5.1, 4.8, 4.9]), gauge=Gauge(capacity_sd=0.005))
    >>> explain_floor(match(cells, Topology(2, 2)))[0][:46]
    'What the gauge leaves unknown of the cells cos'
    """
    if found.floor_ratio == 0:
        return ()
    costs = f"costs {1e6 * found.floor_ratio:.0f} ppm on average, whatever the grouping"
    if found.cells.gauge.capacity_sd is not None:
        return (f"What the gauge leaves unknown of the cells {costs}.",)
    return (
        f"What the step of the readings leaves unknown of the cells {costs}; how well the gauge "
        "repeats is not given, and costs more.",
    )
