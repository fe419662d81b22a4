"""Conductors between the groups and tabs on the cells, sized by their own heat balance."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt

__all__ = [
    "MATERIALS",
    "Conductor",
    "InterconnectPlan",
    "Material",
    "size_interconnects",
    "size_strip",
]


@dataclass(frozen=True, slots=True)
class Material:
    """A conductor material.

    Parameters
    ----------
    name : str
        What it is called. [-]
    resistivity : float
        At 20 degC. [Ohm m]
    coefficient : float
        Relative rise of the resistivity. [1/K]
    source : str
        Where the figures stand. [-]
    """

    name: str
    resistivity: float
    coefficient: float
    source: str


MATERIALS = {
    "copper": Material("copper", 1.7241e-8, 3.93e-3, "IEC 60028:1925, annealed copper standard"),
    "aluminium": Material("aluminium", 2.8264e-8, 4.03e-3, "IEC 60889:1987, hard-drawn aluminium"),
    "nickel": Material("nickel", 6.99e-8, 6.0e-3, "CRC Handbook of Chemistry and Physics, metals"),
}


@dataclass(frozen=True, slots=True)
class Conductor:
    """A flat strip that carries a current with a bounded temperature rise.

    Parameters
    ----------
    material : str
        Key of the material. [-]
    width, thickness, length : float
        Size. [m]
    current : float
        Current it is sized for. [A]
    temperature_rise : float
        Over the air around it, at that current. [K]
    resistance : float
        At that temperature. [Ohm]
    """

    material: str
    width: float
    thickness: float
    length: float
    current: float
    temperature_rise: float
    resistance: float

    @property
    def cross_section(self) -> float:
        """Width times thickness. [m^2]"""
        return self.width * self.thickness


@dataclass(frozen=True, slots=True)
class InterconnectPlan:
    """All conductors and joints of a pack.

    Parameters
    ----------
    string_current, cell_current : float
        Continuous current through the pack, and of one cell when all share alike. [A]
    link : Conductor
        Between two groups: carries the pack's whole current. [-]
    tab : Conductor or None
        From a cylindrical cell to the link; larger cells sit on the link. [-]
    links : int
        Links between groups and to the terminals. [1]
    joints : int
        Joints between cells and conductors. [1]
    loss : float
        Heat made in all links at the continuous current. [W]
    """

    string_current: float
    cell_current: float
    link: Conductor
    tab: Conductor | None
    links: int
    joints: int
    loss: float


def size_strip(
    current: float,
    thickness: float,
    length: float,
    material: str = "copper",
    rise: float = 30.0,
    ambient: float = 318.15,
    heat_transfer: float = 10.0,
    resistance_max: float | None = None,
) -> Conductor:
    """Find the width of a flat strip that keeps its temperature rise.

    Parameters
    ----------
    current : float
        Continuous current. [A]
    thickness, length : float
        Of the strip. [m]
    material : str
        copper, aluminium or nickel. [-]
    rise : float
        Allowed rise over the air. [K]
    ambient : float
        Air around the strip; 45 degC inside an enclosure unless stated. [K]
    heat_transfer : float
        Convection and radiation together. [W/(m^2 K)]
    resistance_max : float or None
        The strip is made wider until its resistance is below this. [Ohm]

    Returns
    -------
    strip : Conductor
        Width rounded up to half a millimetre, with the rise that this leaves. [-]

    Raises
    ------
    ValueError
        If the material is unknown or a number is not above zero.

    Notes
    -----
    Heat made ``I^2 rho (1 + a (T - 293.15 K)) / (w t)`` per length equals heat given off
    ``h 2 (w + t) dT``; both faces are free [1]_. That is a quadratic in the width. 10 W/(m^2 K)
    lies in the range of free convection in gases, 2 to 25 [1]_.

    References
    ----------
    .. [1] T. L. Bergman, A. S. Lavine, F. P. Incropera, D. P. DeWitt, "Fundamentals of Heat and
           Mass Transfer," 7th ed., Wiley, 2011, Table 1.1 and section 3.5 (conduction with
           thermal energy generation).

    Examples
    --------
    >>> strip = size_strip(30.0, thickness=0.5e-3, length=0.03)
    >>> round(strip.width * 1000, 1), round(strip.temperature_rise, 1)
    (8.0, 27.5)
    """
    if material not in MATERIALS:
        raise ValueError(f"material {material!r}: allowed are {', '.join(MATERIALS)}")
    if min(current, thickness, length, rise, ambient, heat_transfer) <= 0:
        raise ValueError("current, sizes, rise, ambient and heat transfer must be above zero")
    m = MATERIALS[material]
    hot = m.resistivity * (1 + m.coefficient * (ambient + rise - 293.15))
    need = current**2 * hot / (2 * heat_transfer * rise)  # w t (w + t) must be at least this
    width = (sqrt(thickness**4 + 4 * thickness * need) - thickness**2) / (2 * thickness)
    if resistance_max is not None:
        width = max(width, hot * length / (resistance_max * thickness))
    width = ceil(width * 2000 - 1e-9) / 2000
    area = width * thickness
    # With the width rounded up, the rise follows from the same balance, now linear in dT.
    cold = m.resistivity * (1 + m.coefficient * (ambient - 293.15))
    give = 2 * heat_transfer * (width + thickness) * area
    actual = current**2 * cold / (give - current**2 * m.resistivity * m.coefficient)
    resistivity = m.resistivity * (1 + m.coefficient * (ambient + actual - 293.15))
    return Conductor(
        material, width, thickness, length, current, actual, resistivity * length / area
    )


def size_interconnects(
    series: int,
    parallel: int,
    current: float,
    pitch: float,
    cylindrical: bool,
    fuse_rating: float | None = None,
    link_resistance_max: float | None = None,
    joints_per_terminal: int = 1,
    imbalance: float = 1.2,
) -> InterconnectPlan:
    """Size links and cell tabs for a pack's continuous current and its fuse.

    Parameters
    ----------
    series, parallel : int
        Groups in series, cells in a group. [1]
    current : float
        Continuous current of the pack. [A]
    pitch : float
        Distance between neighbouring cells: length of a link and of a tab. [m]
    cylindrical : bool
        Nickel tabs of 0.2 mm on a copper link of 0.5 mm; else a copper link of 1.5 mm. [-]
    fuse_rating : float or None
        The link carries it without end, so that the fuse protects the link. [A]
    link_resistance_max : float or None
        Largest resistance that the design's losses allow a link. [Ohm]
    joints_per_terminal : int
        Joints counted and recorded on each terminal of a cell. [1]
    imbalance : float
        Current of the busiest cell of a group over the mean, for the tab. [1]

    Returns
    -------
    plan : InterconnectPlan
        Links, tabs, number of joints and heat. [-]

    Raises
    ------
    ValueError
        If a count or number is not above zero.

    References
    ----------
    The heat balance of `size_strip`. That a group's cells may differ by a fifth in current is a
    stated assumption until a simulation of the pack replaces it.

    Examples
    --------
    >>> plan = size_interconnects(13, 4, 30.0, 0.022, cylindrical=True)
    >>> plan.joints, plan.links, plan.cell_current, plan.tab.material
    (104, 14, 7.5, 'nickel')
    """
    if min(series, parallel, joints_per_terminal) < 1 or min(current, pitch, imbalance) <= 0:
        raise ValueError("counts, current, pitch and imbalance must be above zero")
    link = size_strip(
        max(current, fuse_rating or 0.0),
        0.5e-3 if cylindrical else 1.5e-3,
        pitch,
        resistance_max=link_resistance_max,
    )
    tab = None
    if cylindrical:
        tab = size_strip(imbalance * current / parallel, 0.2e-3, pitch / 2, "nickel")
    return InterconnectPlan(
        string_current=current,
        cell_current=current / parallel,
        link=link,
        tab=tab,
        links=series + 1,
        joints=series * parallel * 2 * joints_per_terminal,
        loss=(series + 1) * current**2 * link.resistance,
    )
