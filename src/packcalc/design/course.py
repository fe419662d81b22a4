"""What a pack does under load, simulated: energy, sag, warmth and what is left after its life."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from packcalc.cell.parameters import CellParameters
from packcalc.design.cell import CellSpec
from packcalc.design.joints import joint_resistance, link_resistance
from packcalc.design.layout import Layout
from packcalc.design.retention import retention_after
from packcalc.design.targets import DesignRules, DesignTargets
from packcalc.pack import Pack, PackRun, build_pack, constant_current, simulate
from packcalc.pack.load import CURRENT, Load
from packcalc.thermal.block import block_network

__all__ = ["DesignCourse", "design_pack", "simulate_design"]

Array = NDArray[np.float64]

AMBIENT = 298.15  # K
FILM = 10.0  # W/(m2 K): still air and radiation, as for the links
FILM_MOST = (
    250.0  # W/(m2 K): forced convection of a gas, upper end (Bergman et al. 2011, table 1.1)
)
HALVINGS = 7  # of a range in which a current or a film is looked for
SAG_AT = 0.5  # state of charge at which the peak is drawn


@dataclass(frozen=True, slots=True, eq=False)
class DesignCourse:
    """A pack of equal cells under load; `None` where it was not asked for or cannot be said.

    Parameters
    ----------
    energy_c5, energy_c1 : float
        At the terminals from full to the discharge limit, at C/5 and at 1C. [J]
    sag : float or None
        Fall of the pack's voltage under the peak at half charge, at its end. [V]
    peak_voltage : float or None
        Voltage then. [V]
    rise, spread : float or None
        Largest rise of a cell above the ambient, and largest difference between two cells, under
        the continuous current from full to the discharge limit. [K]
    limit_after : float or None
        When the warmest cell passes the sheet's limit for discharge; `None`: it does not. [s]
    retention : float or None
        Capacity left after the cycles asked for, one full cycle a day at 35 degC. [1]
    charge, voltage_c5, voltage_c1 : ndarray, shape (k,)
        Discharge curves: charge taken out, and the pack's voltages. [A s, V, V]
    time, warmest, coolest : ndarray, shape (n,)
        Under the continuous current: time, and temperatures; empty if none is asked for. [s, K, K]
    notes : tuple of str
        What the circuit is made of, and what could not be said. [-]
    """

    energy_c5: float
    energy_c1: float
    sag: float | None
    peak_voltage: float | None
    rise: float | None
    spread: float | None
    limit_after: float | None
    retention: float | None
    charge: Array
    voltage_c5: Array
    voltage_c1: Array
    time: Array
    warmest: Array
    coolest: Array
    notes: tuple[str, ...]


def design_pack(
    cell: CellSpec,
    circuit: CellParameters,
    series: int,
    parallel: int,
    layout: Layout | None,
    rules: DesignRules,
    film: float = FILM,
) -> Pack:
    """Return a design as a pack of equal cells with its joints, links and its block in air.

    Parameters
    ----------
    cell : CellSpec
        The cell. [-]
    circuit : CellParameters
        What it does. [-]
    series, parallel : int
        Groups in series, cells in a group. [1]
    layout : Layout or None
        How the cells stand; `None`: no heat leaves a cell. [-]
    rules : DesignRules
        Joints, links and gaps. [-]
    film : float
        Heat given off by the faces of the block; still air by default. [W/(m^2 K)]

    Returns
    -------
    pack : Pack
        The pack. [-]

    Derivation
    ----------
    Joints are at their expected value. The links, which carry the current of a whole group, are
    counted with the cells: `parallel` times a link's resistance in series with each.

    Examples
    --------
    >>> from packcalc.design import lay_out_cells
    >>> from packcalc.design.stand_in import stand_in_circuit
    >>> size = {"mass": 0.069, "diameter": 0.021, "height": 0.07, "dc_resistance": 0.030}
    >>> cell = CellSpec("x", "NMC", "cylindrical", 18e3, 3.63, 4.2, 2.5, **size)
    >>> layout = lay_out_cells(cell, 52, DesignRules())
    >>> pack = design_pack(cell, stand_in_circuit(cell), 13, 4, layout, DesignRules())
    >>> pack.series, round(float(pack.joint_resistance[0, 0]) * 1e3, 2)
    (13, 1.05)
    """
    joint, _ = joint_resistance(cell, rules)
    link = link_resistance(cell, parallel, rules) * (series + 1) / series * parallel
    thermal = None
    if layout is not None:
        axis = None
        if cell.format == "cylindrical":
            axis = int(np.argmin([abs(side - (cell.height or 0.0)) for side in layout.sides]))
        thermal = block_network(
            (layout.columns, layout.rows, layout.layers),
            series * parallel,
            layout.sides,
            circuit.heat_capacity,
            gap=max(rules.gap, 1e-4),
            film=film,
            axis=axis,
        )
    return build_pack(
        circuit, series, parallel, joint_resistance=2 * joint + link, thermal=thermal
    )


def simulate_design(
    cell: CellSpec,
    circuit: CellParameters,
    series: int,
    parallel: int,
    layout: Layout | None,
    targets: DesignTargets,
    rules: DesignRules,
) -> DesignCourse:
    """Discharge a design in five hours and in one, draw its peak, and run it warm.

    Parameters
    ----------
    cell : CellSpec
        The cell. [-]
    circuit : CellParameters
        What it does: identified, or a stand-in. [-]
    series, parallel : int
        Groups in series, cells in a group. [1]
    layout : Layout or None
        How the cells stand; without it nothing is said about warmth. [-]
    targets : DesignTargets
        Continuous current, peak and cycles asked for. [-]
    rules : DesignRules
        Joints, links and gaps. [-]

    Returns
    -------
    course : DesignCourse
        What came of it. [-]

    Derivation
    ----------
    `packcalc.pack.simulate`, from full at 25 degC, in 360 steps to empty; in steps of 1 s at the
    peak.

    Examples
    --------
    >>> from packcalc.design import lay_out_cells
    >>> from packcalc.design.stand_in import stand_in_circuit
    >>> size = {"mass": 0.069, "diameter": 0.021, "height": 0.07, "dc_resistance": 0.030}
    >>> cell = CellSpec("x", "NMC", "cylindrical", 18e3, 3.63, 4.2, 2.5, **size)
    >>> layout = lay_out_cells(cell, 52, DesignRules())
    >>> wish = DesignTargets(continuous_current=25.0)
    >>> course = simulate_design(
    ...     cell, stand_in_circuit(cell), 13, 4, layout, wish, DesignRules())
    >>> round(course.energy_c5 / 3600), course.energy_c1 < course.energy_c5
    (953, True)
    """
    pack = design_pack(cell, circuit, series, parallel, layout, rules)
    capacity = parallel * circuit.capacity
    slow, hour = (_discharge(pack, capacity / s, s) for s in (5 * 3600.0, 3600.0))
    charge = np.linspace(0.0, capacity, 101)
    notes = list(circuit.provenance)
    sag = peak_voltage = None
    if targets.peak_current is not None:
        sag, peak_voltage = _peak(pack, targets.peak_current, targets.peak_duration or 10.0)
    time = warmest = coolest = np.empty(0)
    limit_after = None
    if targets.continuous_current is None:
        notes.append("no continuous current is asked for, so nothing is said about warmth")
    elif layout is None:
        notes.append("the sheet leaves out a dimension, so nothing is said about warmth")
    else:
        run = _discharge(pack, targets.continuous_current, capacity / targets.continuous_current)
        hottest = run.temperature.reshape(len(run.time), -1).max(1)
        over = np.flatnonzero(hottest > (cell.discharge_temperature_max or np.inf))
        limit_after = float(run.time[over[0]]) if over.size else None
        notes.append("no heat leaves along busbars and holders: warmth is an upper estimate")
        if over.size:
            notes.append(_bearable(cell, circuit, series, parallel, layout, targets, rules))
        keep = np.unique(np.linspace(0, len(run.time) - 1, 61).astype(int))
        kelvin = run.temperature.reshape(len(run.time), -1)
        time, warmest, coolest = run.time[keep], kelvin[keep].max(1), kelvin[keep].min(1)
        if run.because.startswith("temperature"):
            notes.append(f"the continuous current ends early: {run.because}")
    retention, why = retention_after(cell, targets.cycle_life_min)
    notes += [why] if why else []
    return DesignCourse(
        energy_c5=slow.energy.electric,
        energy_c1=hour.energy.electric,
        sag=sag,
        peak_voltage=peak_voltage,
        rise=float(warmest.max() - AMBIENT) if warmest.size else None,
        spread=float((warmest - coolest).max()) if warmest.size else None,
        limit_after=limit_after,
        retention=retention,
        charge=charge,
        voltage_c5=_curve(slow, charge),
        voltage_c1=_curve(hour, charge),
        time=time,
        warmest=warmest,
        coolest=coolest,
        notes=tuple(notes),
    )


def _discharge(pack: Pack, current: float, time: float) -> PackRun:
    load = constant_current(current, 1.05 * time, time / 360)
    return simulate(pack, load, soc=1.0, temperature=AMBIENT, beyond_current=True)


def _bearable(
    cell: CellSpec,
    circuit: CellParameters,
    series: int,
    parallel: int,
    layout: Layout,
    targets: DesignTargets,
    rules: DesignRules,
) -> str:
    """Say what current still air carries off, and what cooling the current asked for needs."""
    limit, asked = cell.discharge_temperature_max or np.inf, targets.continuous_current or 0.0

    def too_warm(current: float, film: float) -> bool:
        pack = design_pack(cell, circuit, series, parallel, layout, rules, film)
        time = parallel * circuit.capacity / current
        return float(_discharge(pack, current, time).temperature.max()) > limit

    low, high = 0.0, asked
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if too_warm(middle, FILM) else (middle, high)
    said = (
        f"{cell.code} {series}S{parallel}P: from full to empty in still air of 25 degC its "
        f"warmest cell stays below {limit - 273.15:.0f} degC up to {low:.3g} A"
    )
    if too_warm(asked, FILM_MOST):
        return f"{said}; for {asked:.4g} A no air on the faces of the block is enough"
    least, most = np.log(FILM), np.log(FILM_MOST)
    for _ in range(HALVINGS):
        middle = (least + most) / 2
        least, most = (middle, most) if too_warm(asked, float(np.exp(middle))) else (least, middle)
    return (
        f"{said}; {asked:.4g} A needs {np.exp(most):.2g} W/(m2 K) on the faces of the block "
        f"(still air: {FILM:.0f}; forced air: 25 to 250, Bergman et al. 2011, table 1.1)"
    )


def _curve(run: PackRun, charge: Array) -> Array:
    """Return the pack's voltage over the charge taken out; NaN beyond the end."""
    taken = run.time * run.current[-1]
    return np.interp(charge, taken, run.voltage, right=np.nan)


def _peak(pack: Pack, current: float, duration: float) -> tuple[float | None, float | None]:
    """Return the fall of the voltage under the peak and the voltage at its end."""
    steps = max(int(np.ceil(duration)), 1)
    load = Load(CURRENT, duration / steps, np.full(steps, float(current)))
    run = simulate(pack, load, soc=SAG_AT, temperature=AMBIENT, beyond_current=True)
    if run.steps < steps:
        return None, None
    return float(run.voltage[0] - run.voltage[-1]), float(run.voltage[-1])
