"""What a design has to know about a cell, in SI; an absent figure stays absent."""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import isfinite, pi

__all__ = ["AC_TO_DC", "SPREAD_OF_TYPICAL", "CellSpec", "cell_box", "dc_resistance"]

# DC (1 s to 10 s) over AC (1 kHz) resistance, as makers' sheets state both for one cell: LG
# M50LT 23/15, Molicel P42A 16/10, P50B 12.8/6.5, P45B 15/7 mOhm.
AC_TO_DC = (1.5, 2.15)
SPREAD_OF_TYPICAL = 1.25  # largest over typical where a sheet states the typical only


@dataclass(frozen=True, slots=True)
class CellSpec:
    """A cell as its sheet states it. `None` means: the sheet does not say.

    Parameters
    ----------
    code : str
        Key of the cell in its catalogue. [-]
    chemistry : str
        LFP, NMC, NCA, LTO or Na-ion. [-]
    format : str
        cylindrical, prismatic or pouch. [-]
    capacity : float
        Least capacity that the sheet warrants (or the rated one, see `assumptions`). [A s]
    nominal_voltage, charge_voltage, cutoff_voltage : float
        Nominal voltage; limits of charge and discharge. [V]
    continuous_current, peak_current, charge_current : float or None
        Discharge ratings and the largest continuous charge current. [A]
    peak_duration : float or None
        Time for which `peak_current` may flow. [s]
    ac_resistance, dc_resistance : float or None
        Typical resistance at 1 kHz, and of a pulse of some seconds. [Ohm]
    ac_resistance_max, dc_resistance_max : float or None
        Largest resistance at delivery. [Ohm]
    mass : float or None
        Mass of one cell. [kg]
    diameter, width, thickness, height : float or None
        Outer dimensions; a cylinder has a diameter, the others width and thickness. [m]
    charge_temperature_min, charge_temperature_max : float or None
        Cell temperatures between which it may be charged. [K]
    discharge_temperature_min, discharge_temperature_max : float or None
        Cell temperatures between which it may be discharged. [K]
    shipping_voltage_min, shipping_voltage_max : float or None
        Open-circuit voltage as delivered. [V]
    protection_voltage_min, protection_voltage_max : float or None
        Voltages at which the sheet itself wants protection to act. [V]
    cycle_life : float or None
        Cycles that the sheet warrants under its own condition. [1]
    cost : float or None
        Price of one cell in `currency`. [currency]
    currency : str
        Code of the currency of `cost`. [-]
    assumptions : tuple of str
        Where a figure is not the maker's own but a convention or a derivation. [-]

    Raises
    ------
    ValueError
        If a figure is not finite, not positive where it must be, or limits are out of order.
    """

    code: str
    chemistry: str
    format: str
    capacity: float
    nominal_voltage: float
    charge_voltage: float
    cutoff_voltage: float
    continuous_current: float | None = None
    peak_current: float | None = None
    peak_duration: float | None = None
    charge_current: float | None = None
    ac_resistance: float | None = None
    ac_resistance_max: float | None = None
    dc_resistance: float | None = None
    dc_resistance_max: float | None = None
    mass: float | None = None
    diameter: float | None = None
    width: float | None = None
    thickness: float | None = None
    height: float | None = None
    charge_temperature_min: float | None = None
    charge_temperature_max: float | None = None
    discharge_temperature_min: float | None = None
    discharge_temperature_max: float | None = None
    shipping_voltage_min: float | None = None
    shipping_voltage_max: float | None = None
    protection_voltage_min: float | None = None
    protection_voltage_max: float | None = None
    cycle_life: float | None = None
    cost: float | None = None
    currency: str = ""
    assumptions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, float | int) and not (isfinite(value) and value > 0):
                raise ValueError(f"{self.code}: {field.name} = {value:g} is not above zero")
        if not self.cutoff_voltage < self.nominal_voltage < self.charge_voltage:
            raise ValueError(
                f"{self.code}: voltages out of order: cut-off {self.cutoff_voltage:g}, "
                f"nominal {self.nominal_voltage:g}, charge {self.charge_voltage:g} V"
            )

    @property
    def energy(self) -> float:
        """Rated capacity times nominal voltage. [J]"""
        return self.capacity * self.nominal_voltage

    @property
    def volume(self) -> float | None:
        """Volume of the bare cell, not of the box around it. [m^3]"""
        if self.height is None:
            return None
        if self.format == "cylindrical":
            return None if self.diameter is None else pi / 4 * self.diameter**2 * self.height
        if self.width is None or self.thickness is None:
            return None
        return self.width * self.thickness * self.height


def cell_box(cell: CellSpec) -> tuple[float, float, float] | None:
    """Return the sides of the smallest box around a cell.

    Parameters
    ----------
    cell : CellSpec
        The cell. [-]

    Returns
    -------
    sides : tuple of float, or None
        Two sides of the footprint and the height; `None` if the sheet leaves one out. [m]

    Derivation
    ----------
    A standing cylinder needs the square around its circle; prismatic and pouch cells are boxes.

    Examples
    --------
    >>> size = {"diameter": 0.021, "height": 0.07}
    >>> cell = CellSpec("x", "NMC", "cylindrical", 18e3, 3.6, 4.2, 2.5, **size)
    >>> cell_box(cell)
    (0.021, 0.021, 0.07)
    """
    if cell.format == "cylindrical":
        sides = (cell.diameter, cell.diameter, cell.height)
    else:
        sides = (cell.thickness, cell.width, cell.height)
    first, second, third = sides
    if first is None or second is None or third is None:
        return None
    return first, second, third


def dc_resistance(cell: CellSpec) -> tuple[float, float, str] | None:
    """Return the typical and largest DC resistance of a cell, and what they rest on.

    Parameters
    ----------
    cell : CellSpec
        The cell. [-]

    Returns
    -------
    resistance : tuple of float, float and str, or None
        Typical and largest resistance and their basis; `None` if the sheet states none. Where it
        states a largest value only, that stands for the typical one too. [Ohm]

    References
    ----------
    The factors from AC to DC are the span of four sheets that state both: LG 2021-LSD-MBD-b00002
    (23/15 mOhm), Molicel INR-21700-P42A V4 (16/10), P50B 1.1 (12.8/6.5), P45B 1.4 (15/7).

    Examples
    --------
    >>> cell = CellSpec("x", "NMC", "pouch", 18e3, 3.6, 4.2, 2.5, ac_resistance_max=0.010)
    >>> typical, largest, basis = dc_resistance(cell)
    >>> round(typical, 4), round(largest, 4)
    (0.015, 0.0215)
    """
    typical, largest = cell.dc_resistance, cell.dc_resistance_max
    if typical is not None or largest is not None:
        known = typical if typical is not None else largest
        assert known is not None
        basis = "the sheet's DC resistance"
        if largest is None:
            basis += f", times {SPREAD_OF_TYPICAL:g} because it states no largest value"
        return known, SPREAD_OF_TYPICAL * known if largest is None else largest, basis
    ac, ac_largest = cell.ac_resistance, cell.ac_resistance_max
    known = ac if ac is not None else ac_largest
    if known is None:
        return None
    low, high = AC_TO_DC
    basis = f"the sheet's AC resistance times {low:g} (typical) and {high:g} (largest)"
    return low * known, high * (known if ac_largest is None else ac_largest), basis
