"""Every pack that a catalogue can make of a set of targets, ranked, and why not the rest."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, inf

from packcalc.design.cell import CellSpec
from packcalc.design.checks import Check, PackFigures, check_pack, pack_figures
from packcalc.design.targets import OBJECTIVES, DesignRules, DesignTargets

__all__ = ["DesignCandidate", "DesignStudy", "find_designs"]

LARGEST_SERIES = 400


@dataclass(frozen=True, slots=True)
class DesignCandidate:
    """One cell in one arrangement, with every check.

    Parameters
    ----------
    cell : CellSpec
        The cell. [-]
    series, parallel : int
        Groups in series, cells in a group. [1]
    figures : PackFigures
        What the pack has. [-]
    checks : tuple of Check
        Every limit asked for. [-]
    rank : int or None
        Place among the feasible, from 1; `None` if rejected. [1]
    score : float or None
        What is ranked by, less is better; `None` if the sheet does not state it. [-]
    """

    cell: CellSpec
    series: int
    parallel: int
    figures: PackFigures
    checks: tuple[Check, ...]
    rank: int | None = None
    score: float | None = None

    @property
    def feasible(self) -> bool:
        """Whether every limit is shown to be kept."""
        return all(check.passed for check in self.checks)

    @property
    def binding(self) -> Check | None:
        """The limit that rejects it most clearly, or of a feasible one the tightest."""
        missed = [c for c in self.checks if c.margin is not None and not c.passed]
        silent = [c for c in self.checks if c.value is None]
        if not missed and silent:
            return silent[0]
        return min(missed or self.checks, key=lambda c: c.margin or 0.0, default=None)

    @property
    def reason(self) -> str:
        """Why it is rejected, or what is tight, in one sentence."""
        check = self.binding
        if check is None:
            return "nothing was asked for"
        if check.value is None:
            return f"{check.name}: the sheet does not state it, so it is not shown"
        word = "at least" if check.at_least else "at most"
        says = f"{check.name} {check.value:g} {check.unit}, asked {word} {check.limit:g}"
        return f"{says} ({check.note})" if check.note else says


@dataclass(frozen=True, slots=True)
class DesignStudy:
    """The answer of a search.

    Parameters
    ----------
    objective : str
        What was ranked by. [-]
    feasible : tuple of DesignCandidate
        Ranked, best first. [-]
    rejected : tuple of DesignCandidate
        By cell, then least missed first; every cell that has no feasible arrangement, and every
        arrangement that was tried beside a feasible one, is here. [-]
    """

    objective: str
    feasible: tuple[DesignCandidate, ...]
    rejected: tuple[DesignCandidate, ...]


def find_designs(
    cells: Sequence[CellSpec],
    targets: DesignTargets,
    objective: str = "mass",
    rules: DesignRules | None = None,
) -> DesignStudy:
    """Find every series-parallel arrangement of every cell that keeps the targets.

    Parameters
    ----------
    cells : sequence of CellSpec
        The catalogue. [-]
    targets : DesignTargets
        What is asked. [-]
    objective : str
        mass, volume, cell_count, energy (most at the terminals first) or cost. [-]
    rules : DesignRules or None
        How cells become a pack; the stated defaults if `None`. [-]

    Returns
    -------
    study : DesignStudy
        Feasible designs ranked, rejected ones with their binding constraint. [-]

    Raises
    ------
    ValueError
        If the objective is unknown, two cells share a code, or costs are in several currencies.

    Derivation
    ----------
    The voltage window gives the series counts: full charge and discharge limit of every cell
    inside the window. For each, parallel counts are tried from one up to `oversize` times the
    least number that meets everything which grows with it (energy, capacity, currents). A cell
    whose window has no count at all is tried at the two counts beside it, so that no cell is
    silently absent. Ties are broken by cell count, then code, series and parallel count, so the
    answer does not depend on the order of the catalogue.

    Examples
    --------
    >>> cell = CellSpec("x", "NMC", "cylindrical", 18e3, 3.6, 4.2, 2.5, continuous_current=10.0)
    >>> wish = DesignTargets(voltage_max=54.6, voltage_min=32.0, continuous_current=25.0)
    >>> study = find_designs([cell], wish, "cell_count")
    >>> [(d.series, d.parallel, d.rank) for d in study.feasible]
    [(13, 3, 1), (13, 4, 2)]
    >>> study.rejected[0].reason
    'continuous_discharge_current 20 A, asked at least 25'
    """
    if objective not in OBJECTIVES:
        raise ValueError(f"objective {objective!r}: allowed are {', '.join(OBJECTIVES)}")
    if len({cell.code for cell in cells}) < len(cells):
        raise ValueError("two cells of the catalogue have the same code")
    currencies = {cell.currency for cell in cells if cell.cost is not None}
    if objective == "cost" and len(currencies) > 1:
        raise ValueError(f"costs are in several currencies: {', '.join(sorted(currencies))}")
    rules = rules or DesignRules()
    tried = [candidate for cell in cells for candidate in _try_cell(cell, targets, rules)]
    scored = [(_score(candidate, objective), candidate) for candidate in tried]
    kept = sorted(
        ((score, c) for score, c in scored if c.feasible),
        key=lambda pair: (inf if pair[0] is None else pair[0], *_identity(pair[1])),
    )
    feasible = [_ranked(c, rank, score) for rank, (score, c) in enumerate(kept, start=1)]
    rejected = sorted(
        (c for c in tried if not c.feasible),
        key=lambda c: (c.cell.code, -_worst(c), c.series, c.parallel),
    )
    return DesignStudy(objective, tuple(feasible), tuple(rejected))


def _try_cell(
    cell: CellSpec, targets: DesignTargets, rules: DesignRules
) -> Iterator[DesignCandidate]:
    for series in _series_counts(cell, targets):
        for parallel in _parallel_counts(cell, series, targets, rules):
            figures = pack_figures(cell, series, parallel, targets, rules)
            checks = check_pack(cell, figures, targets)
            yield DesignCandidate(cell, series, parallel, figures, checks)


def _series_counts(cell: CellSpec, targets: DesignTargets) -> Iterable[int]:
    """Return the counts inside the voltage window, or the two beside an empty one."""
    tiny = 1e-9
    low, high = targets.series or (1, LARGEST_SERIES)
    floors = [
        (targets.voltage_min, cell.cutoff_voltage),
        (targets.nominal_voltage_min, cell.nominal_voltage),
    ]
    roofs = [
        (targets.voltage_max, cell.charge_voltage),
        (targets.nominal_voltage_max, cell.nominal_voltage),
    ]
    least = max([low, *(ceil(v / one - tiny) for v, one in floors if v is not None)])
    most = min([high, *(floor(v / one + tiny) for v, one in roofs if v is not None)])
    if least <= most:
        bounded = any(v is not None for v, _ in roofs) or targets.series is not None
        return range(least, most + 1) if bounded else (least,)
    beside = sorted({min(max(n, low), high) for n in (most, least)})
    return [n for n in beside if n >= 1] or [1]


def _parallel_counts(
    cell: CellSpec, series: int, targets: DesignTargets, rules: DesignRules
) -> Iterable[int]:
    if targets.parallel is not None:
        return range(targets.parallel[0], targets.parallel[1] + 1)
    every = range(1, rules.parallel_limit + 1)

    def enough(parallel: int) -> bool:
        figures = pack_figures(cell, series, parallel, targets, rules, with_layout=False)
        checks = check_pack(cell, figures, targets)
        growing = [c for c in checks if c.name in _GROW_WITH_PARALLEL and c.at_least]
        return all(c.passed or c.value is None for c in growing)

    least = bisect_left(every, True, key=enough) + 1
    return range(1, min(max(least + 1, floor(least * rules.oversize)), rules.parallel_limit) + 1)


_GROW_WITH_PARALLEL = {
    "energy",
    "capacity",
    "continuous_discharge_current",
    "continuous_discharge_power",
    "peak_discharge_current",
    "charge_current",
}


def _score(candidate: DesignCandidate, objective: str) -> float | None:
    figures = candidate.figures
    if objective == "volume":
        return figures.layout.volume if figures.layout else None
    if objective == "energy":
        return -figures.energy
    if objective == "cell_count":
        return float(figures.cell_count)
    return figures.mass if objective == "mass" else figures.cost


def _identity(candidate: DesignCandidate) -> tuple[int, str, int, int]:
    return (
        candidate.figures.cell_count,
        candidate.cell.code,
        candidate.series,
        candidate.parallel,
    )


def _ranked(candidate: DesignCandidate, rank: int, score: float | None) -> DesignCandidate:
    c = candidate
    return DesignCandidate(c.cell, c.series, c.parallel, c.figures, c.checks, rank, score)


def _worst(candidate: DesignCandidate) -> float:
    """Return the margin it is sorted by: what is not stated comes before what is missed."""
    check = candidate.binding
    return 0.0 if check is None or check.margin is None else check.margin
