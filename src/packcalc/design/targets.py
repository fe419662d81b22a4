"""What a pack is asked to do, and the rules by which a design is drawn from cells."""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import isfinite

__all__ = ["OBJECTIVES", "DesignRules", "DesignTargets"]

OBJECTIVES = ("mass", "volume", "cell_count", "energy", "cost")


@dataclass(frozen=True, slots=True)
class DesignTargets:
    """Limits that a pack has to keep. `None` means: nobody asked.

    Parameters
    ----------
    voltage_max, voltage_min : float or None
        Every cell at its charge limit stays below, at its discharge limit above. [V]
    nominal_voltage_min, nominal_voltage_max : float or None
        Bounds of series count times nominal cell voltage. [V]
    energy_min, energy_max : float or None
        Energy at the terminals at the reference current, interconnect loss taken off. [J]
    capacity_min : float or None
        Rated capacity. [A s]
    continuous_current, peak_current, charge_current : float or None
        Currents at the terminals. [A]
    peak_duration : float or None
        Time for which the peak flows. [s]
    continuous_power : float or None
        Power at nominal voltage. [W]
    mass_max : float or None
        Mass of the finished pack. [kg]
    volume_max : float or None
        Outer volume of the finished pack. [m^3]
    length_max, width_max, height_max : float or None
        Outer dimensions; the height is upright, the other two may be exchanged. [m]
    charge_temperature_min, charge_temperature_max : float or None
        Cell temperatures at which charging is wanted. [K]
    discharge_temperature_min, discharge_temperature_max : float or None
        Cell temperatures at which discharging is wanted. [K]
    cycle_life_min : float or None
        Cycles; compared with the sheet's own count, whose condition may differ. [1]
    series, parallel : tuple of int or None
        Least and largest count, when the program fixes or bounds them. [1]
    also : tuple of (str, float or None, float or None)
        Further bounds on a figure, from the side that is not usual: (figure, low, high). [SI]

    Raises
    ------
    ValueError
        If a number is not finite, or a lower bound lies above its upper bound.
    """

    voltage_max: float | None = None
    voltage_min: float | None = None
    nominal_voltage_min: float | None = None
    nominal_voltage_max: float | None = None
    energy_min: float | None = None
    energy_max: float | None = None
    capacity_min: float | None = None
    continuous_current: float | None = None
    peak_current: float | None = None
    peak_duration: float | None = None
    charge_current: float | None = None
    continuous_power: float | None = None
    mass_max: float | None = None
    volume_max: float | None = None
    length_max: float | None = None
    width_max: float | None = None
    height_max: float | None = None
    charge_temperature_min: float | None = None
    charge_temperature_max: float | None = None
    discharge_temperature_min: float | None = None
    discharge_temperature_max: float | None = None
    cycle_life_min: float | None = None
    series: tuple[int, int] | None = None
    parallel: tuple[int, int] | None = None
    also: tuple[tuple[str, float | None, float | None], ...] = ()

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, float | int) and not isfinite(value):
                raise ValueError(f"{field.name} = {value} is not a finite number")
        for name in ("voltage", "nominal_voltage", "energy"):
            low, high = getattr(self, f"{name}_min"), getattr(self, f"{name}_max")
            if low is not None and high is not None and low > high:
                raise ValueError(f"{name}: lower bound {low:g} lies above upper bound {high:g}")
        for name in ("series", "parallel"):
            bounds = getattr(self, name)
            if bounds is not None and not 1 <= bounds[0] <= bounds[1]:
                raise ValueError(f"{name}: {bounds[0]} to {bounds[1]} is no range of counts")


@dataclass(frozen=True, slots=True)
class DesignRules:
    """How cells become a pack: stated assumptions, each replaceable by a measured figure.

    Parameters
    ----------
    cell_mass_share : float
        Cells' part of the pack's mass; the rest is enclosure, conductors, BMS. [1]
    gap : float
        Free space between neighbouring cells. [m]
    wall : float
        Enclosure wall, insulation and clearance on every side. [m]
    electronics_height : float
        Room above the cells for BMS, conductors and connectors. [m]
    joint_share : float
        Expected resistance of one joint, as a share of the cell's DC resistance. [1]
    joint_floor : float
        Resistance below which no joint is expected to come. [Ohm]
    joint_ceiling : float
        Resistance that a sound joint has at most, however resistive the cell; also expected when
        the sheet states no resistance. [Ohm]
    joint_spread : float
        Largest joint resistance that may be passed over the expected one. [1]
    link_share : float
        Conductor between two groups, as a share of a group's DC resistance. [1]
    link_floor : float
        Resistance below which no link is expected to come. [Ohm]
    parallel_limit : int
        Largest parallel count that is tried when nothing bounds it. [1]
    oversize : float
        Strings beyond the least sufficient number that are still listed, as a factor. [1]

    Raises
    ------
    ValueError
        If a rule has a value that cannot be.
    """

    cell_mass_share: float = 0.75
    gap: float = 0.001
    wall: float = 0.006
    electronics_height: float = 0.015
    joint_share: float = 0.01
    joint_floor: float = 0.02e-3
    joint_ceiling: float = 0.2e-3
    joint_spread: float = 2.0
    link_share: float = 0.02
    link_floor: float = 0.02e-3
    parallel_limit: int = 200
    oversize: float = 1.25

    def __post_init__(self) -> None:
        if not 0 < self.cell_mass_share <= 1:
            raise ValueError(f"cell_mass_share = {self.cell_mass_share:g} is no share")
        sizes = (self.gap, self.wall, self.electronics_height, self.joint_share, self.link_share)
        if min(sizes) < 0 or min(self.joint_floor, self.joint_ceiling, self.link_floor) <= 0:
            raise ValueError("sizes and shares are not negative, floors are above zero")
        if self.parallel_limit < 1 or self.oversize < 1 or self.joint_spread < 1:
            raise ValueError("parallel_limit, oversize and joint_spread must be at least 1")
