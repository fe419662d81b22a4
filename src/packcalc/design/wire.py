"""Wires: the least cross-section that keeps rise, drop and the energy of a blowing fuse."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, log, pi, sqrt

__all__ = ["SIZES", "Wire", "size_wire", "withstand_energy"]

# Flexible copper conductors, IEC 60228 class 5, plain: cross-section [mm^2] and largest resistance
# at 20 degC [mOhm/m], as listed by myCableEngineering, "IEC 60228 DC Resistance".
SIZES: tuple[tuple[float, float], ...] = (
    (0.5, 39.0), (0.75, 26.0), (1.0, 19.5), (1.5, 13.3), (2.5, 7.98), (4.0, 4.95), (6.0, 3.30),
    (10.0, 1.91), (16.0, 1.21), (25.0, 0.78), (35.0, 0.554), (50.0, 0.386), (70.0, 0.272),
    (95.0, 0.206), (120.0, 0.161), (150.0, 0.129), (185.0, 0.106), (240.0, 0.0801),
)  # fmt: skip
COEFFICIENT = 3.93e-3  # [1/K], annealed copper, IEC 60028
# IEC 60949: constant of the material [A s^0.5 / mm^2], reciprocal of its coefficient at 0 degC [K]
ADIABATIC = {"copper": (226.0, 234.5), "aluminium": (148.0, 228.0)}
FILL = 0.75  # share of copper in a bunched, flexible conductor's circle
KELVIN = 273.15


@dataclass(frozen=True, slots=True)
class Wire:
    """A wire that was chosen, and what it does.

    Parameters
    ----------
    cross_section : float
        Of the copper. [m^2]
    resistance : float
        There and back is not counted: of the length given, at its temperature. [Ohm]
    drop : float
        Voltage lost at the current. [V]
    temperature_rise : float
        Of the copper over the air. [K]
    withstand : float
        I^2 t that it bears once, from its running temperature to `short_limit`. [A^2 s]
    bound_by : str
        What decided the cross-section: rise, drop or short circuit. [-]
    """

    cross_section: float
    resistance: float
    drop: float
    temperature_rise: float
    withstand: float
    bound_by: str


def withstand_energy(
    cross_section: float, start: float, end: float, material: str = "copper"
) -> float:
    """Return the I^2 t that warms a conductor from one temperature to another, no heat lost.

    Parameters
    ----------
    cross_section : float
        Of the conductor. [m^2]
    start, end : float
        Temperatures before and after. [K]
    material : str
        copper or aluminium. [-]

    Returns
    -------
    energy : float
        I^2 t. [A^2 s]

    Raises
    ------
    ValueError
        If the material is unknown, or the figures cannot be.

    References
    ----------
    IEC 60949:1988, adiabatic short-circuit current: ``I^2 t = K^2 S^2 ln((b + T2) / (b + T1))``.
    Between 70 and 160 degC, and 90 and 250 degC, it gives the factors 115 and 143 of
    IEC 60364-4-43, table 43A, for PVC and XLPE on copper.

    Examples
    --------
    >>> round(withstand_energy(1e-6, 343.15, 433.15) ** 0.5)
    115
    """
    if material not in ADIABATIC:
        raise ValueError(f"material {material!r}: allowed are {', '.join(ADIABATIC)}")
    if not (cross_section > 0 and 173.15 < start < end):
        raise ValueError(
            f"cross-section {cross_section:g} m2 must be above zero, {start:g} K below {end:g} K"
        )
    constant, beta = ADIABATIC[material]
    ratio = (beta + end - KELVIN) / (beta + start - KELVIN)
    return constant**2 * (cross_section * 1e6) ** 2 * log(ratio)


def _rise(current: float, ohms_20: float, radius: float, ambient: float, wire: _Jacket) -> float:
    """Temperature rise of the copper; infinite where heat runs away. [K]"""
    outer = radius + wire.insulation
    path = log(outer / radius) / (2 * pi * wire.conductivity) + 1 / (wire.film * 2 * pi * outer)
    made = current**2 * ohms_20 * path  # [K] if the resistance stayed that of 20 degC
    gain = 1 - made * COEFFICIENT
    if gain <= 0:
        return inf
    return made * (1 + COEFFICIENT * (ambient - 293.15)) / gain


@dataclass(frozen=True, slots=True)
class _Jacket:
    """Insulation of a wire and the air around it. [m, W/(m K), W/(m^2 K)]"""

    insulation: float
    conductivity: float
    film: float


def size_wire(
    current: float,
    length: float,
    *,
    rise: float = 30.0,
    drop: float = inf,
    let_through: float = 0.0,
    ambient: float = 318.15,
    short_limit: float = 473.15,
    insulation: float = 1.0e-3,
    insulation_conductivity: float = 0.2,
    heat_transfer: float = 10.0,
) -> Wire:
    """Choose the least cross-section of a flexible copper wire.

    Parameters
    ----------
    current : float
        Continuous current. [A]
    length : float
        Of the wire. [m]
    rise : float
        Allowed rise of the copper over the air. [K]
    drop : float
        Allowed loss of voltage along it. [V]
    let_through : float
        I^2 t that the fuse lets through at the prospective current, by its maker. [A^2 s]
    ambient : float
        Air around the wire. [K]
    short_limit : float
        Temperature that the insulation bears for the moment of a short circuit. [K]
    insulation : float
        Thickness of the insulation. [m]
    insulation_conductivity : float
        Of silicone or PVC: about 0.2. [W/(m K)]
    heat_transfer : float
        Convection and radiation together, one wire in still air. [W/(m^2 K)]

    Returns
    -------
    wire : Wire
        The first size of IEC 60228 that keeps all three. [-]

    Raises
    ------
    ValueError
        If no size is large enough, or a figure is not above zero.

    Notes
    -----
    Per length, heat made ``I^2 R20 (1 + a (T - 293.15 K))`` crosses the insulation and the film:
    ``dT = q (ln(r2 / r1) / (2 pi k) + 1 / (2 pi r2 h))`` [1]_. No table of ampacities is used:
    those hold for the bundles and ducts of buildings. Resistances are those of [2]_.

    References
    ----------
    .. [1] T. L. Bergman et al., Fundamentals of Heat and Mass Transfer, 7th ed., Wiley 2011,
           section 3.3.1 (radial conduction).
    .. [2] IEC 60228, class 5: largest resistances of flexible conductors.

    Examples
    --------
    >>> wire = size_wire(30.0, 0.5, drop=0.1)
    >>> round(wire.cross_section * 1e6, 1), wire.bound_by, round(wire.temperature_rise, 1)
    (6.0, 'rise', 23.0)
    """
    figures = (current, length, rise, drop, ambient, insulation, insulation_conductivity)
    if not (min(*figures, heat_transfer) > 0 and let_through >= 0):
        raise ValueError("current, length, rise, drop, ambient and insulation must be above zero")
    jacket = _Jacket(insulation, insulation_conductivity, heat_transfer)
    bound = "smallest size"
    for square, milliohm in SIZES:
        radius = sqrt(square / FILL / pi) * 1e-3
        warm = _rise(current, milliohm * 1e-3, radius, ambient, jacket)
        if warm > rise:
            bound = "rise"
            continue
        hot = ambient + warm
        ohms = milliohm * 1e-3 * length * (1 + COEFFICIENT * (hot - 293.15))
        if current * ohms > drop:
            bound = "drop"
            continue
        bears = withstand_energy(square * 1e-6, hot, short_limit) if hot < short_limit else 0.0
        if bears < let_through:
            bound = "short circuit"
            continue
        return Wire(square * 1e-6, ohms, current * ohms, warm, bears, bound)
    raise ValueError(
        f"no size up to {SIZES[-1][0]:g} mm2 carries {current:g} A with {rise:g} K, {drop:g} V "
        f"and {let_through:g} A2s ({bound}); use a busbar"
    )
