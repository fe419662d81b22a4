"""The best candidates of a search, simulated, and which of them no other beats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan

from packcalc.cell.parameters import CellParameters
from packcalc.design.course import DesignCourse, simulate_design
from packcalc.design.pareto import pareto_front
from packcalc.design.search import DesignCandidate, DesignStudy
from packcalc.design.stand_in import stand_in_circuit
from packcalc.design.targets import DesignRules, DesignTargets

__all__ = ["WEIGHED", "SimulatedCandidate", "simulate_best"]

# What the front weighs, less is better: (name, unit).
WEIGHED = (
    ("mass", "kg"),
    ("volume", "m^3"),
    ("cost", "currency"),
    ("energy at 1C, negative", "J"),
    ("sag", "V"),
    ("rise", "K"),
    ("retention, negative", "1"),
)


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedCandidate:
    """A candidate with its course.

    Parameters
    ----------
    candidate : DesignCandidate
        What was simulated. [-]
    course : DesignCourse or None
        What came of it; `None` if it could not be simulated. [-]
    why : str
        Why it could not. [-]
    front : bool
        Whether it is feasible and no other feasible one beats it. [-]
    identified : bool
        Whether its circuit was identified from tests rather than a stand-in. [-]
    """

    candidate: DesignCandidate
    course: DesignCourse | None
    why: str
    front: bool
    identified: bool


def simulate_best(
    study: DesignStudy,
    targets: DesignTargets,
    rules: DesignRules | None = None,
    circuits: Mapping[str, CellParameters] | None = None,
    most: int = 12,
) -> list[SimulatedCandidate]:
    """Simulate the feasible designs in their rank, and the nearest misses after them.

    Parameters
    ----------
    study : DesignStudy
        The search's answer. [-]
    targets : DesignTargets
        What was asked. [-]
    rules : DesignRules or None
        The rules of the search. [-]
    circuits : mapping of str to CellParameters, or None
        Identified circuits by the code of the cell; a stand-in takes the place of others. [-]
    most : int
        How many are simulated. [1]

    Returns
    -------
    simulated : list of SimulatedCandidate
        Feasible ones first, in their rank. [-]

    Derivation
    ----------
    The front is `pareto_front` over `WEIGHED`, among the feasible that were simulated.

    Examples
    --------
    >>> from packcalc.design import CellSpec, find_designs
    >>> size = {"mass": 0.07, "diameter": 0.021, "height": 0.07, "dc_resistance": 0.03}
    >>> cell = CellSpec(
    ...     "x", "NMC", "cylindrical", 18e3, 3.63, 4.2, 2.5, continuous_current=10.0, **size)
    >>> wish = DesignTargets(voltage_max=54.6, voltage_min=32.0, continuous_current=25.0)
    >>> [(s.candidate.parallel, s.front) for s in simulate_best(find_designs([cell], wish), wish)]
    [(3, True), (4, True), (2, False), (1, False)]
    """
    rules = rules or DesignRules()
    known = circuits or {}
    misses = sorted(
        (c for c in study.rejected if c.binding is not None and c.binding.margin is not None),
        key=lambda c: (-(c.binding.margin or 0.0) if c.binding else 0.0, c.cell.code, c.series),
    )
    chosen = [*study.feasible, *misses][:most]
    courses = [_course(c, targets, rules, known) for c in chosen]
    table = [
        _weighed(c, course)
        for c, (course, _) in zip(chosen, courses, strict=True)
        if c.feasible and course is not None
    ]
    marks = iter(pareto_front(table).tolist() if table else [])
    return [
        SimulatedCandidate(
            candidate,
            course,
            why,
            front=candidate.feasible and course is not None and next(marks),
            identified=candidate.cell.code in known,
        )
        for candidate, (course, why) in zip(chosen, courses, strict=True)
    ]


def _course(
    candidate: DesignCandidate,
    targets: DesignTargets,
    rules: DesignRules,
    known: Mapping[str, CellParameters],
) -> tuple[DesignCourse | None, str]:
    cell = candidate.cell
    try:
        circuit = known.get(cell.code) or stand_in_circuit(cell)
        course = simulate_design(
            cell,
            circuit,
            candidate.series,
            candidate.parallel,
            candidate.figures.layout,
            targets,
            rules,
        )
    except ValueError as error:
        return None, str(error)
    return course, ""


def _weighed(candidate: DesignCandidate, course: DesignCourse) -> Sequence[float]:
    figures = candidate.figures
    row = (
        figures.mass,
        figures.layout.volume if figures.layout else None,
        figures.cost,
        -course.energy_c1,
        course.sag,
        course.rise,
        None if course.retention is None else -course.retention,
    )
    return [nan if value is None else value for value in row]
