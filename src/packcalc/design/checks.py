"""One pack held against what is asked of it: every constraint with value, limit and margin."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from packcalc.design.cell import CellSpec
from packcalc.design.joints import interconnect_resistance
from packcalc.design.layout import Layout, lay_out_cells
from packcalc.design.targets import DesignRules, DesignTargets

__all__ = ["Check", "PackFigures", "check_pack", "pack_figures"]

_CYCLES = "under the sheet's own condition"
ROUNDING = 1e-9  # 14 x 4.2 V is 58.8 V
TEMPERATURE_SCALE = 50.0  # K per unit of margin: a ratio of kelvins would say nothing


@dataclass(frozen=True, slots=True)
class Check:
    """One constraint on one pack.

    Parameters
    ----------
    name : str
        The quantity. [-]
    value : float or None
        What the pack has; `None` if the cell's sheet does not state it. [unit]
    limit : float
        What is asked. [unit]
    at_least : bool
        Whether the limit is a lower one. [-]
    unit : str
        Unit of value and limit. [-]
    note : str
        What the value rests on, where that is not obvious. [-]
    """

    name: str
    value: float | None
    limit: float
    at_least: bool
    unit: str
    note: str = ""

    @property
    def margin(self) -> float | None:
        """How far inside the limit, as a ratio; negative outside, `None` if not stated. [1]"""
        if self.value is None:
            return None
        inside = self.value - self.limit if self.at_least else self.limit - self.value
        scale = TEMPERATURE_SCALE if self.unit == "K" else abs(self.limit)
        margin = inside / scale if scale else inside
        return 0.0 if abs(margin) < ROUNDING else margin

    @property
    def passed(self) -> bool:
        """Whether the pack is shown to keep the limit; what is not stated is not shown."""
        return self.margin is not None and self.margin >= 0


@dataclass(frozen=True, slots=True)
class PackFigures:
    """What follows from cell, series and parallel count; `None` where a sheet is silent.

    Parameters
    ----------
    energy : float
        At the terminals, interconnect loss at the reference current taken off. [J]
    capacity : float
        Rated. [A s]
    nominal_voltage, max_voltage, min_voltage : float
        Pack voltages. [V]
    continuous_current, peak_current, charge_current : float or None
        Ratings at the terminals. [A]
    interconnect_resistance : float
        Joints and links, at their largest. [Ohm]
    mass : float or None
        Finished pack. [kg]
    layout : Layout or None
        Arrangement and outer dimensions. [-]
    cell_count : int
        Number of cells. [1]
    cost : float or None
        Cells only. [currency]
    peak_note : str
        How the peak rating was found. [-]
    """

    energy: float
    capacity: float
    nominal_voltage: float
    max_voltage: float
    min_voltage: float
    continuous_current: float | None
    peak_current: float | None
    charge_current: float | None
    interconnect_resistance: float
    mass: float | None
    layout: Layout | None
    cell_count: int
    cost: float | None
    peak_note: str


def pack_figures(
    cell: CellSpec,
    series: int,
    parallel: int,
    targets: DesignTargets,
    rules: DesignRules,
    with_layout: bool = True,
) -> PackFigures:
    """Work out a pack's figures from its cells.

    Parameters
    ----------
    cell : CellSpec
        The cell. [-]
    series, parallel : int
        Groups in series, cells in a group. [1]
    targets : DesignTargets
        Gives the reference current, the peak duration and the box to fit. [-]
    rules : DesignRules
        How cells become a pack. [-]
    with_layout : bool
        Whether to arrange the cells, which takes longest. [-]

    Returns
    -------
    figures : PackFigures
        Everything that is compared and shown. [-]

    Derivation
    ----------
    Energy = capacity (nominal voltage - reference current times interconnect resistance). The
    reference current is the continuous current asked for, else capacity over five hours. A peak
    counts only if the sheet states a duration at least as long; otherwise the continuous rating
    has to carry it.

    Examples
    --------
    >>> cell = CellSpec("x", "NMC", "cylindrical", 18e3, 3.6, 4.2, 2.5, continuous_current=10.0)
    >>> figures = pack_figures(cell, 13, 4, DesignTargets(), DesignRules())
    >>> round(figures.max_voltage, 1), figures.continuous_current, figures.mass
    (54.6, 40.0, None)
    """
    count = series * parallel
    capacity = parallel * cell.capacity
    nominal = series * cell.nominal_voltage
    resistance = interconnect_resistance(cell, series, parallel, rules)
    current = (
        capacity / 18000 if targets.continuous_current is None else targets.continuous_current
    )
    peak, note = _peak(cell, targets.peak_duration)
    return PackFigures(
        energy=capacity * max(nominal - current * resistance, 0.0),
        capacity=capacity,
        nominal_voltage=nominal,
        max_voltage=series * cell.charge_voltage,
        min_voltage=series * cell.cutoff_voltage,
        continuous_current=_times(cell.continuous_current, parallel),
        peak_current=_times(peak, parallel),
        charge_current=_times(cell.charge_current, parallel),
        interconnect_resistance=resistance,
        mass=_times(cell.mass, count / rules.cell_mass_share),
        layout=lay_out_cells(
            cell, count, rules, targets.length_max, targets.width_max, targets.height_max
        )
        if with_layout
        else None,
        cell_count=count,
        cost=_times(cell.cost, count),
        peak_note=note,
    )


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _peak(cell: CellSpec, duration: float | None) -> tuple[float | None, str]:
    if cell.peak_current is not None:
        if duration is None:
            return cell.peak_current, "the sheet's peak rating"
        if cell.peak_duration is not None and cell.peak_duration >= duration:
            return cell.peak_current, f"the sheet's peak rating for {cell.peak_duration:g} s"
        why = (
            "states its peak rating without a duration"
            if cell.peak_duration is None
            else f"allows its peak for {cell.peak_duration:g} s only"
        )
    else:
        why = "states no peak rating"
    return cell.continuous_current, f"the sheet {why}: the continuous rating has to carry the peak"


def check_pack(cell: CellSpec, figures: PackFigures, targets: DesignTargets) -> tuple[Check, ...]:
    """Hold a pack against every limit that is asked for.

    Parameters
    ----------
    cell : CellSpec
        The cell, for its temperatures and cycle life. [-]
    figures : PackFigures
        The pack. [-]
    targets : DesignTargets
        What is asked. [-]

    Returns
    -------
    checks : tuple of Check
        One for each limit that is asked for, in a fixed order. [-]

    Derivation
    ----------
    Plain comparison; a figure that the sheet does not state gives a check that is not passed.

    Examples
    --------
    >>> cell = CellSpec("x", "NMC", "cylindrical", 18e3, 3.6, 4.2, 2.5)
    >>> targets = DesignTargets(voltage_max=54.6, continuous_current=20.0)
    >>> figures = pack_figures(cell, 13, 4, targets, DesignRules())
    >>> [(c.name, c.passed) for c in check_pack(cell, figures, targets)]
    [('max_voltage', True), ('continuous_discharge_current', False)]
    """
    power = None
    if figures.continuous_current is not None:
        power = figures.continuous_current * figures.nominal_voltage
    t, f = targets, figures
    rows: list[tuple[str, float | None, float | None, bool, str, str]] = [
        ("max_voltage", f.max_voltage, t.voltage_max, False, "V", ""),
        ("min_voltage", f.min_voltage, t.voltage_min, True, "V", ""),
        ("nominal_voltage", f.nominal_voltage, t.nominal_voltage_min, True, "V", ""),
        ("nominal_voltage", f.nominal_voltage, t.nominal_voltage_max, False, "V", ""),
        ("energy", f.energy, t.energy_min, True, "J", ""),
        ("energy", f.energy, t.energy_max, False, "J", ""),
        ("capacity", f.capacity, t.capacity_min, True, "A s", ""),
        (
            "continuous_discharge_current",
            f.continuous_current,
            t.continuous_current,
            True,
            "A",
            "",
        ),
        ("continuous_discharge_power", power, t.continuous_power, True, "W", ""),
        ("peak_discharge_current", f.peak_current, t.peak_current, True, "A", f.peak_note),
        ("charge_current", f.charge_current, t.charge_current, True, "A", ""),
        ("mass", f.mass, t.mass_max, False, "kg", ""),
        ("volume", f.layout.volume if f.layout else None, t.volume_max, False, "m^3", ""),
        *_sides(f.layout, t),
        *_temperatures(cell, t),
        (
            "cycle_life",
            cell.cycle_life,
            t.cycle_life_min,
            True,
            "1",
            "under the sheet's condition",
        ),
    ]
    return tuple(
        Check(name, value, limit, at_least, unit, note)
        for name, value, limit, at_least, unit, note in rows
        if limit is not None
    )


def _sides(
    layout: Layout | None, t: DesignTargets
) -> list[tuple[str, float | None, float | None, bool, str, str]]:
    """Turn the block so that its longer side lies along the longer limit."""
    length = width = height = None
    if layout is not None:
        length, width, height = layout.length, layout.width, layout.height
        if (t.length_max or inf) < (t.width_max or inf):
            length, width = width, length
    return [
        ("length", length, t.length_max, False, "m", ""),
        ("width", width, t.width_max, False, "m", ""),
        ("height", height, t.height_max, False, "m", ""),
    ]


def _temperatures(
    cell: CellSpec, t: DesignTargets
) -> list[tuple[str, float | None, float | None, bool, str, str]]:
    rows: list[tuple[str, float | None, float | None, bool, str, str]] = []
    for name in (
        "charge_temperature_min",
        "charge_temperature_max",
        "discharge_temperature_min",
        "discharge_temperature_max",
    ):
        rows.append((name, getattr(cell, name), getattr(t, name), name.endswith("max"), "K", ""))
    return rows
