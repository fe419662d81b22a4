"""SCREENING of thermal propagation: how hot the neighbour of one burning cell gets.

A screening, not a prediction: ejected gas and particles, flames, the heat of the neighbour's own
reactions, and changes of geometry are left out; each can make it worse. It ranks spacings and
barriers for a test; it never replaces the test.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = [
    "Neighbours",
    "PropagationScreening",
    "screen_propagation",
    "stacked_faces",
    "standing_cylinders",
]

STEFAN_BOLTZMANN = 5.670374419e-8  # [W/(m2 K4)], CODATA 2018


@dataclass(frozen=True, slots=True)
class Neighbours:
    """How two neighbouring cells exchange heat.

    Parameters
    ----------
    conduction : float
        Conductance through gap or barrier. [W/K]
    radiation : float
        Exchange area: what multiplies sigma (T1^4 - T2^4). [m^2]
    """

    conduction: float
    radiation: float


@dataclass(frozen=True, slots=True)
class PropagationScreening:
    """Result of a screening (not a prediction) of propagation.

    Parameters
    ----------
    neighbour_peak : float
        Highest temperature of the neighbour. [K]
    time_of_peak : float
        When, after the trigger cell's release. [s]
    trigger_peak : float
        Temperature of the trigger cell right after its release. [K]
    margin : float
        Onset temperature minus `neighbour_peak`; negative: this spacing fails the screening. [K]
    """

    neighbour_peak: float
    time_of_peak: float
    trigger_peak: float
    margin: float

    @property
    def passes_screening(self) -> bool:
        """Whether the neighbour stays below its onset temperature in this screening."""
        return self.margin > 0


def _positive(**figures: float) -> None:
    for name, value in figures.items():
        if not (np.isfinite(value) and value > 0):
            raise ValueError(f"{name} = {value:g} must be above zero")


def standing_cylinders(
    diameter: float, height: float, gap: float, conductivity: float, emissivity: float
) -> Neighbours:
    """Return the exchange between two standing cylinders side by side, for a SCREENING.

    Parameters
    ----------
    diameter, height : float
        Of each cell. [m]
    gap : float
        Smallest distance between them. [m]
    conductivity : float
        Of what fills the space: air, potting, or a barrier. [W/(m K)]
    emissivity : float
        Of the cans; zero where the filling is opaque. [1]

    Returns
    -------
    neighbours : Neighbours
        Conduction and radiation. [-]

    Raises
    ------
    ValueError
        If a length or the conductivity is not positive, or emissivity is outside 0 to 1.

    References
    ----------
    Conduction: T. L. Bergman et al., Fundamentals of Heat and Mass Transfer, 7th ed., Wiley 2011,
    table 4.1, case 4 (two cylinders in an infinite medium: an upper bound for a pack's filling).
    View factor of two parallel cylinders: the same, table 13.1, by crossed strings.

    Examples
    --------
    >>> close = standing_cylinders(0.021, 0.070, 0.001, 0.026, 0.8)
    >>> far = standing_cylinders(0.021, 0.070, 0.005, 0.026, 0.8)
    >>> close.conduction > far.conduction and close.radiation > far.radiation
    True
    """
    _positive(diameter=diameter, height=height, gap=gap, conductivity=conductivity)
    ratio = 1 + gap / diameter  # centre distance over diameter
    shape = 2 * np.pi * height / np.arccosh(2 * ratio**2 - 1)
    view = (np.sqrt(ratio**2 - 1) + np.arcsin(1 / ratio) - ratio) / np.pi
    area = np.pi * diameter * height
    return Neighbours(float(conductivity * shape), _exchange_area(area, float(view), emissivity))


def stacked_faces(area: float, gap: float, conductivity: float, emissivity: float) -> Neighbours:
    """Return the exchange between two flat cells face to face, for a SCREENING.

    Parameters
    ----------
    area : float
        Of the face. [m^2]
    gap : float
        Distance of the faces, or thickness of the barrier. [m]
    conductivity : float
        Of what is between: air or a barrier. [W/(m K)]
    emissivity : float
        Of the faces; zero where a barrier is opaque. [1]

    Returns
    -------
    neighbours : Neighbours
        Conduction and radiation. [-]

    Raises
    ------
    ValueError
        If a figure is not positive, or emissivity is outside 0 to 1.

    References
    ----------
    T. L. Bergman et al., Fundamentals of Heat and Mass Transfer, 7th ed., Wiley 2011, sections 3.1
    and 13.3 (two large parallel grey plates).

    Examples
    --------
    >>> stacked_faces(0.02, 1e-3, 0.05, 0.0).conduction
    1.0
    """
    _positive(area=area, gap=gap, conductivity=conductivity)
    return Neighbours(conductivity * area / gap, _exchange_area(area, 1.0, emissivity))


def _exchange_area(area: float, view: float, emissivity: float) -> float:
    """Area times transfer factor between two grey surfaces of one size and emissivity."""
    if not 0 <= emissivity <= 1:
        raise ValueError(f"emissivity = {emissivity:g} is not within 0 to 1")
    if emissivity == 0:
        return 0.0
    return area / (2 * (1 - emissivity) / emissivity + 1 / view)


def screen_propagation(
    neighbours: Neighbours,
    *,
    heat_capacity: float,
    released: float,
    onset: float,
    start: float = 298.15,
    neighbour_loss: float = 0.0,
    trigger_loss: float = 0.0,
    horizon: float = 3600.0,
) -> PropagationScreening:
    """SCREEN whether the neighbour of a cell in thermal runaway stays below its onset.

    Parameters
    ----------
    neighbours : Neighbours
        Exchange of heat between the two. [-]
    heat_capacity : float
        Of each cell. [J/K]
    released : float
        Heat that stays in the trigger cell, measured in a calorimeter: released in all less what
        leaves with the vented gas. [J]
    onset : float
        Temperature at which the neighbour would follow. [K]
    start : float
        Temperature before. [K]
    neighbour_loss, trigger_loss : float
        Conductance to what stays at `start`: other cells, plate, air. [W/K]
    horizon : float
        How long to look. [s]

    Returns
    -------
    screening : PropagationScreening
        Peak of the neighbour and its margin. [-]

    Raises
    ------
    ValueError
        If a figure cannot be.

    Derivation
    ----------
    Two lumped masses; the release is at once:
    ``C dT1/dt = -x - g1 (T1 - T0)``, ``C dT2/dt = x - g2 (T2 - T0)``, with
    ``x = g (T1 - T2) + sigma A (T1^4 - T2^4)`` and ``T1(0) = T0 + released / C``.

    Examples
    --------
    Two equal masses without losses meet halfway: 20 kJ into 50 J/K, neighbour 200 K warmer.

    >>> found = screen_propagation(
    ...     Neighbours(0.5, 0.0), heat_capacity=50.0, released=20e3, onset=453.15)
    >>> round(found.neighbour_peak - 298.15, 2), found.passes_screening
    (200.0, False)
    """
    from scipy.integrate import solve_ivp

    _positive(heat_capacity=heat_capacity, released=released, start=start, horizon=horizon)
    if not onset > start:
        raise ValueError(f"onset {onset:g} K must be above the start, {start:g} K")
    losses = (("neighbour_loss", neighbour_loss), ("trigger_loss", trigger_loss))
    for name, value in losses:
        if not (np.isfinite(value) and value >= 0):
            raise ValueError(f"{name} = {value:g} W/K must not be below zero")
    hot = start + released / heat_capacity

    def flow(_: float, t: np.ndarray) -> list[float]:
        x = neighbours.conduction * (t[0] - t[1])
        x += STEFAN_BOLTZMANN * neighbours.radiation * (t[0] ** 4 - t[1] ** 4)
        return [
            (-x - trigger_loss * (t[0] - start)) / heat_capacity,
            (x - neighbour_loss * (t[1] - start)) / heat_capacity,
        ]

    found = solve_ivp(
        flow, (0.0, horizon), [hot, start], "LSODA", np.linspace(0, horizon, 3601),
        rtol=1e-8, atol=1e-6,
    )  # fmt: skip
    k = int(np.argmax(found.y[1]))
    peak = float(found.y[1, k])
    return PropagationScreening(peak, float(found.t[k]), hot, onset - peak)
