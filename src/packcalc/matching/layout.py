"""Laying cells out in blocks inside which any cell may stand beside any other.

A block is narrow enough in open-circuit voltage and in resistance that no rule can be broken
by grouping its cells in whatever way; the solver is then free.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from packcalc.matching.at_once import each, threads_for
from packcalc.matching.ordering import stable_order
from packcalc.matching.rules import Objective, Rules, Topology
from packcalc.matching.stock import CellArrays, Floats, Ints

LARGEST_STRATUM = 3000  # cells: more would only take longer
STRATUM = 1300  # cells: enough for equal groups, few enough for like resistances, see docs
SMALL_STRATUM = 660  # cells, in a part of a large stock: enough for groups equal to some steps


@dataclass(frozen=True, slots=True)
class Block:
    """Cells that may be grouped freely, and the pool in which their groups may make packs.

    Cells of blocks of one `part` may be grouped freely too; that they are not in one block only
    keeps cells of like resistance together.
    """

    cells: Ints
    pool: int
    part: int


def cut_by_width(values: Floats, limit: float, unit: int, whole: int) -> list[slice]:
    """Cut sorted values into slices no wider than `limit`, each a multiple of `unit` long.

    Values that no `unit` of neighbours can hold are passed over. As many slices as possible
    are multiples of `whole`, and slices are kept as equal in length as the limit allows.
    """
    runs = _runs(values, limit, unit)
    return [s for run in runs for s in _balance(values, limit, run, unit, whole)]


def _runs(values: Floats, limit: float, unit: int) -> list[tuple[int, int]]:
    """Stretches that whole units can tile; taking each as far left as it fits is optimal."""
    last_start = len(values) - unit
    if last_start < 0:
        return []
    fits = values[unit - 1 :] - values[: last_start + 1] <= limit
    stop_at = _next_misfit(fits, unit)
    open_starts = np.flatnonzero(fits)
    runs: list[tuple[int, int]] = []
    start = 0
    while True:
        at = int(np.searchsorted(open_starts, start))
        if at == len(open_starts):
            return runs
        first = int(open_starts[at])
        start = int(stop_at[first])
        runs.append((first, start))


def _next_misfit(fits: NDArray[np.bool_], unit: int) -> Ints:
    """For each start: where a tiling by units from there comes to its end."""
    count = len(fits)
    rows = -(-count // unit)
    places = np.arange(rows * unit).reshape(rows, unit)
    padded = np.zeros(rows * unit, dtype=bool)
    padded[:count] = fits
    blocked = np.where(padded.reshape(rows, unit), np.iinfo(np.int64).max, places)
    ends = np.minimum.accumulate(blocked[::-1], axis=0)[::-1]
    beyond = places[-1] + unit
    return np.where(ends == np.iinfo(np.int64).max, beyond, ends).reshape(-1)


def _balance(
    values: Floats, limit: float, run: tuple[int, int], unit: int, whole: int
) -> list[slice]:
    """Cut one run into the fewest slices: one as long as can be, else as equal as can be.

    In the longest slice a stratum of as many cells is narrowest; so most cells should be in it,
    but not so many that the slices beside it are too short to make equal groups.
    """
    even = _even(values, limit, run, unit, whole)
    if len(even) < 2:
        return even
    first, last = run
    reach = np.searchsorted(values[first:last], values[first:last:whole] + limit, side="right")
    lengths = (reach - np.arange(0, last - first, whole)) // whole * whole
    at = int(lengths.argmax())
    start, end = first + at * whole, first + at * whole + int(lengths[at])
    beside = [(first, start), (end, last)]
    slices = [_even(values, limit, side, unit, whole) for side in beside if side[1] > side[0]]
    if min((s.stop - s.start for part in slices for s in part), default=0) < SMALL_STRATUM:
        return even
    uneven = sorted([slice(start, end), *(s for part in slices for s in part)], key=_first)
    return uneven if len(uneven) <= len(even) else even


def _first(cut: slice) -> int:
    return int(cut.start)


def _even(
    values: Floats, limit: float, run: tuple[int, int], unit: int, whole: int
) -> list[slice]:
    """Cut one run into the fewest slices, as long and as equal as the limit allows."""
    first, last = run
    earliest = [last]  # the latest cuts read from the right: where the last slices may begin
    while earliest[-1] > first:
        edge = earliest[-1]
        start = int(np.searchsorted(values[first:edge], values[edge - 1] - limit)) + first
        start = edge - (edge - start) // unit * unit
        earliest.append(start)
    earliest = earliest[::-1][1:]  # earliest end of slice i
    cuts: list[slice] = []
    start = first
    for i, floor_end in enumerate(earliest):
        reach = int(np.searchsorted(values[:last], values[start] + limit, side="right"))
        target = first + (last - first) * (i + 1) // len(earliest)
        end = _end_of_slice(start, floor_end, min(max(target, floor_end), reach), reach, whole)
        end = start + max((end - start) // unit, 1) * unit
        cuts.append(slice(start, end))
        start = end
    return cuts


def _end_of_slice(start: int, floor_end: int, end: int, reach: int, whole: int) -> int:
    """Move the wanted end to whole packs when neither this slice nor the next forbids it."""
    down = start + (end - start) // whole * whole
    if down > start and down >= floor_end:
        return down
    up = start + -(-(floor_end - start) // whole) * whole
    return up if start < up <= reach else end


def strata(count: int, whole: int, unit: int, wanted: int) -> list[slice]:
    """Cut `count` sorted cells into strata of about `wanted`: whole packs, but for the middle one.

    Groups that make no whole pack must go well with those of other slices; in the middle of the
    resistances they do.
    """
    packs = count // whole
    number = max(1, min(packs, round(count / max(wanted, whole))))
    sizes = np.diff(np.arange(number + 1) * packs // number) * whole
    sizes[number // 2] += count % whole // unit * unit
    ends = np.cumsum(sizes).tolist()
    return [slice(a, b) for a, b in zip([0, *ends[:-1]], ends, strict=True) if b > a]


def lay_out(
    cells: CellArrays,
    kept: Ints,
    lots: Ints,
    topology: Topology,
    rules: Rules,
    aim: Objective,
    threads: int | None = None,
) -> list[Block]:
    """Lay out cells, given in canonical order, in blocks; what no block can hold is left out."""
    unit, whole = topology.parallel, topology.cells
    limit = resistance_limit(cells, rules, unit)
    resistance = _log(cells.resistance, limit[1])

    def parts_of(segment: Ints) -> list[list[Ints]]:
        parts: list[list[Ints]] = []
        for piece in _split(cells.ocv, segment, rules.ocv_spread, unit, whole):
            for part in _split(resistance, piece, limit[0], unit, whole):
                wanted = _stratum_size(cells, part, len(kept), topology, aim)
                in_order = limit[0] is not None and unit > 1 and not limit[1] and not aim.alike
                ranked = part if in_order else _in_strata(cells, part, aim.alike)
                parts.append([ranked[cut] for cut in strata(len(ranked), whole, unit, wanted)])
        return parts

    segments = [kept]
    if rules.lots != "free":
        segments = np.split(kept, np.flatnonzero(np.diff(lots[kept])) + 1)  # lots stand in order
    blocks: list[Block] = []
    number = 0
    found = each(parts_of, segments, threads_for(len(kept), threads))
    for segment, parts in zip(segments, found, strict=True):
        pool = int(lots[segment[0]]) if rules.lots == "pack" and len(segment) else 0
        for part in parts:
            blocks += [Block(stratum, pool, number) for stratum in part]
            number += bool(part)
    return blocks


def resistance_limit(cells: CellArrays, rules: Rules, unit: int) -> tuple[float | None, bool]:
    """The stricter of the two resistance rules as a width, and whether it is one of logarithms.

    A cell at (1 + x) times the others' resistance lies x (p - 1) / (p + x) over the mean of its
    group of p; no other group as wide deviates more.
    """
    if rules.resistance_deviation is None or unit == 1 or cells.resistance is None:
        return rules.resistance_spread, False
    d = rules.resistance_deviation
    ratio = np.inf if d >= unit - 1 else d * unit / (unit - 1 - d)
    if rules.resistance_spread is not None:
        ratio = min(ratio, rules.resistance_spread / float(cells.resistance.max()))
    return float(np.log1p(ratio)) * (1 - 1e-12), True


def _log(values: Floats | None, wanted: bool) -> Floats | None:
    if values is None or not wanted:
        return values
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.log(values)


def _ranked(values: Floats | None, part: Ints) -> Ints:
    return part if values is None else part[stable_order(values[part])]


def _in_strata(cells: CellArrays, part: Ints, alike: float) -> Ints:
    """Order cells by resistance, less the share that goes with capacity if packs be alike."""
    if cells.resistance is None or not alike or not len(part):
        return _ranked(cells.resistance, part)
    resistance, capacity = cells.resistance[part], cells.capacity[part]
    away = capacity - capacity.mean()
    power = float((away * away).mean())
    slope = float((away * resistance).mean()) / power if power else 0.0
    return part[stable_order(resistance - alike * slope * away)]


def _split(
    values: Floats | None, part: Ints, limit: float | None, unit: int, whole: int
) -> list[Ints]:
    if limit is None or unit == 1:
        return [part]
    if values is None:
        raise ValueError("a rule on spread is asked for, but the cells lack that reading")
    ranked = _ranked(values, part)
    slack = limit * (1 + 1e-9)  # 3.605 - 3.600 is 5 mV on paper and a little more in binary
    return [ranked[cut] for cut in cut_by_width(values[ranked], slack, unit, whole)]


def _stratum_size(
    cells: CellArrays, part: Ints, stock: int, topology: Topology, aim: Objective
) -> int:
    """How many cells a stratum of resistance holds: fewer when the stock is small.

    Never so few that it is narrower than the gauge repeats: finer strata would be cosmetic.
    """
    count = len(part)
    apart = topology.parallel == 1 and not aim.conductance
    if aim.closeness == 0 or cells.resistance is None or apart or not count:
        return count
    some = max(count / 4, min(SMALL_STRATUM, stock / 4))
    wanted = int(max(min(STRATUM, some), 2 * topology.cells) / aim.closeness)
    if not cells.gauge.resistance_sd:
        return wanted
    spread = float(cells.resistance[part].std()) or 1.0
    at_the_peak = count * min(cells.gauge.resistance_sd / (np.sqrt(2 * np.pi) * spread), 1.0)
    return max(wanted, min(int(at_the_peak), LARGEST_STRATUM))
