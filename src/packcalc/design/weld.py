"""The energy of a spot weld, the torque of a screw: process windows from first principles."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, sqrt

__all__ = ["SCREWS", "Screw", "screw_for_current", "tightening_torque", "weld_energy"]


@dataclass(frozen=True, slots=True)
class Screw:
    """A metric screw.

    Parameters
    ----------
    name : str
        Thread. [-]
    diameter : float
        Nominal. [m]
    stress_area : float
        Of the thread. [m^2]
    current_max : float
        Largest current that it is used for as a terminal. [A]
    """

    name: str
    diameter: float
    stress_area: float
    current_max: float


# Stress areas: ISO 898-1:2013, table 4. Current classes: a house rule, not a standard.
SCREWS = (
    Screw("M4", 0.004, 8.78e-6, 30.0),
    Screw("M5", 0.005, 14.2e-6, 60.0),
    Screw("M6", 0.006, 20.1e-6, 150.0),
    Screw("M8", 0.008, 36.6e-6, 400.0),
    Screw("M10", 0.010, 58.0e-6, 1250.0),
)
PROOF_STRESS_8_8 = 580e6  # Pa, ISO 898-1:2013, table 5, class 8.8 up to 16 mm


def weld_energy(thickness: float, efficiency: float = 0.4) -> float:
    """Estimate the electrical energy of one resistance spot weld of nickel strip on a cell.

    Parameters
    ----------
    thickness : float
        Of the strip. [m]
    efficiency : float
        Share of the energy that melts the nugget. [1]

    Returns
    -------
    energy : float
        Per joint of two spots; a starting value until the machine is qualified. [J]

    Raises
    ------
    ValueError
        If a number is not above zero.

    Notes
    -----
    A sound nugget is ``4 sqrt(t)`` millimetres wide (t in mm) [1]_ and goes through the strip and
    as deep again into the can. Nickel is heated by 1430 K at 444 J/(kg K) and melted with
    298 kJ/kg, at 8908 kg/m^3 [2]_.

    References
    ----------
    .. [1] H. Zhang, J. Senkara, "Resistance Welding: Fundamentals and Applications," CRC Press,
           2nd ed., 2011 (weld size 4 to 5 sqrt(t)).
    .. [2] CRC Handbook of Chemistry and Physics, properties of the elements (nickel).

    Examples
    --------
    >>> round(weld_energy(0.2e-3), 1)
    41.8
    """
    if thickness <= 0 or not 0 < efficiency <= 1:
        raise ValueError("thickness must be above zero and efficiency a share")
    nugget = 4e-3 * sqrt(thickness * 1e3)
    volume = pi / 4 * nugget**2 * 2 * thickness
    return 2 * volume * 8908.0 * (444.0 * 1430.0 + 298e3) / efficiency


def screw_for_current(current: float) -> Screw:
    """Choose the smallest terminal screw for a current.

    Parameters
    ----------
    current : float
        Continuous current. [A]

    Returns
    -------
    screw : Screw
        The largest one if the current exceeds every class. [-]

    References
    ----------
    House rule: M5 up to 60 A, M6 up to 150 A, M8 up to 400 A, M10 above.

    Examples
    --------
    >>> screw_for_current(45.0).name
    'M5'
    """
    return next((s for s in SCREWS if current <= s.current_max), SCREWS[-1])


def tightening_torque(screw: Screw, utilisation: float = 0.5, nut_factor: float = 0.2) -> float:
    """Return the torque that clamps a class 8.8 screw to a share of its proof load.

    Parameters
    ----------
    screw : Screw
        The screw. [-]
    utilisation : float
        Share of the proof load; half, because terminals and busbars are soft. [1]
    nut_factor : float
        Torque over clamping force and diameter, dry steel. [1]

    Returns
    -------
    torque : float
        To be confirmed by the terminal's maker. [N m]

    Notes
    -----
    ``T = K d F`` [1]_ with ``F`` = utilisation times proof stress times stress area [2]_.

    References
    ----------
    .. [1] R. G. Budynas, J. K. Nisbett, "Shigley's Mechanical Engineering Design," 9th ed.,
           eq. (8-27), table 8-15 (K = 0.20).
    .. [2] ISO 898-1:2013, tables 4 and 5.

    Examples
    --------
    >>> round(tightening_torque(SCREWS[1]), 2)
    4.12
    """
    force = utilisation * PROOF_STRESS_8_8 * screw.stress_area
    return nut_factor * screw.diameter * force
