"""Distance between cells and what fills it: propagation SCREENING, heat path, mass, repair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, pi

from packcalc.thermal.screening import (
    PropagationScreening,
    screen_propagation,
    standing_cylinders,
)

__all__ = ["FILLINGS", "Filling", "FillingResult", "compare_fillings", "screened_gap"]


@dataclass(frozen=True, slots=True)
class Filling:
    """What is between the cells of a pack.

    Parameters
    ----------
    name : str
        What it is called. [-]
    conductivity : float
        Heat conductivity. [W/(m K)]
    density : float
        Mass of what fills the space. [kg/m^3]
    emissivity : float
        Of the cans; zero where the filling is opaque. [1]
    repairable : bool
        Whether a cell can be taken out and replaced. [-]
    source : str
        Where the figures stand, or that they are assumed. [-]
    """

    name: str
    conductivity: float
    density: float
    emissivity: float
    repairable: bool
    source: str


FILLINGS: tuple[Filling, ...] = (
    Filling(
        "air", 0.026, 1.2, 0.8, True,
        "air at 300 K: Bergman et al., table A.4; emissivity of a sleeved can assumed",
    ),
    Filling(
        "silicone foam", 0.06, 200.0, 0.0, True,
        "assumed, of the order of sheets sold as cell pads; take the maker's figure",
    ),
    Filling(
        "potting, silicone", 0.2, 1000.0, 0.0, False,
        "silicone rubber: Bergman et al., table A.3 gives 0.13 to 0.19 for rubber; assumed 0.2",
    ),
    Filling(
        "potting, filled", 1.0, 1600.0, 0.0, False,
        "assumed, of the order of mineral-filled compounds; take the maker's figure",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FillingResult:
    """One filling held against the others.

    Parameters
    ----------
    filling : Filling
        What fills the space. [-]
    added_mass : float
        Per cell. [kg]
    spread : float
        Difference of temperature between a cell that makes `heat` and a neighbour that does not,
        with two neighbours taking it: a measure of how well the pack evens out. [K]
    screening : PropagationScreening
        SCREENING of propagation to the neighbour, not a prediction. [-]
    """

    filling: Filling
    added_mass: float
    spread: float
    screening: PropagationScreening


def screened_gap(
    diameter: float,
    height: float,
    filling: Filling,
    *,
    heat_capacity: float,
    released: float,
    onset: float,
    start: float = 298.15,
    neighbour_loss: float = 0.0,
    margin: float = 0.0,
    largest: float = 0.05,
) -> float:
    """Return the smallest gap that passes the SCREENING of propagation; infinite if none does.

    Parameters
    ----------
    diameter, height : float
        Of each cell. [m]
    filling : Filling
        What is between them. [-]
    heat_capacity : float
        Of each cell. [J/K]
    released : float
        Heat that stays in the trigger cell. [J]
    onset : float
        Temperature at which the neighbour would follow. [K]
    start : float
        Temperature before. [K]
    neighbour_loss : float
        Conductance of the neighbour to what stays at `start`. [W/K]
    margin : float
        By how much the neighbour must stay below its onset. [K]
    largest : float
        Largest gap that is looked at. [m]

    Returns
    -------
    gap : float
        Least distance of the cans. It ranks designs for a test and never replaces it. [m]

    Raises
    ------
    ValueError
        If a figure cannot be.

    Derivation
    ----------
    The neighbour's peak of `packcalc.thermal.screening.screen_propagation` falls with the gap, so
    that the gap at which it meets the onset is found by bisection.

    Examples
    --------
    Without any path out, two equal masses meet halfway whatever the gap:

    >>> screened_gap(0.021, 0.07, FILLINGS[0], heat_capacity=50.0, released=50e3, onset=453.15)
    inf
    """
    from scipy.optimize import brentq

    def short_of(gap: float) -> float:
        near = standing_cylinders(diameter, height, gap, filling.conductivity, filling.emissivity)
        found = screen_propagation(
            near,
            heat_capacity=heat_capacity,
            released=released,
            onset=onset,
            start=start,
            neighbour_loss=neighbour_loss,
            horizon=4 * 3600.0,
        )
        return found.margin - margin

    least = 1e-4
    if short_of(least) >= 0:
        return least
    if short_of(largest) < 0:
        return inf
    return float(brentq(short_of, least, largest, xtol=1e-5))


def compare_fillings(
    diameter: float,
    height: float,
    gap: float,
    *,
    heat: float,
    heat_capacity: float,
    released: float,
    onset: float,
    neighbour_loss: float,
    fillings: Sequence[Filling] = FILLINGS,
) -> tuple[FillingResult, ...]:
    """Hold fillings against each other: mass, evenness, SCREENING of propagation, repair.

    Parameters
    ----------
    diameter, height : float
        Of each cell, standing in a square grid. [m]
    gap : float
        Smallest distance of the cans. [m]
    heat : float
        Heat that one cell makes more than its neighbours. [W]
    heat_capacity : float
        Of each cell. [J/K]
    released : float
        Heat that stays in a cell in thermal runaway. [J]
    onset : float
        Temperature at which a neighbour would follow. [K]
    neighbour_loss : float
        Conductance of the neighbour to what stays cool. [W/K]
    fillings : sequence of Filling
        What to compare. [-]

    Returns
    -------
    results : tuple of FillingResult
        In the order given. What conducts well evens out a pack in use and feeds the neighbour of a
        burning cell; what is cast can not be repaired: no filling is best in all of them. [-]

    Raises
    ------
    ValueError
        If a figure cannot be.

    Derivation
    ----------
    The space of a cell in a square grid is ``((d + gap)^2 - pi d^2 / 4) h``. Between neighbours
    heat crosses the shape factor of two parallel cylinders (`standing_cylinders`).

    Examples
    --------
    >>> air, *_, filled = compare_fillings(
    ...     0.021, 0.07, 0.002, heat=0.5, heat_capacity=60.0, released=30e3, onset=423.15,
    ...     neighbour_loss=0.05)
    >>> filled.spread < air.spread, filled.added_mass > air.added_mass
    (True, True)
    """
    results = []
    for filling in fillings:
        near = standing_cylinders(diameter, height, gap, filling.conductivity, filling.emissivity)
        space = ((diameter + gap) ** 2 - pi * diameter**2 / 4) * height
        screening = screen_propagation(
            near,
            heat_capacity=heat_capacity,
            released=released,
            onset=onset,
            neighbour_loss=neighbour_loss,
        )
        spread = heat / (2 * near.conduction)
        results.append(FillingResult(filling, space * filling.density, spread, screening))
    return tuple(results)
