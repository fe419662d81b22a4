"""Limits of joining, closing and ageing: what follows from cell, joint, screw and seal."""

from __future__ import annotations

from collections.abc import Mapping

from packcalc.design.cell import CellSpec
from packcalc.design.joints import joint_resistance
from packcalc.design.limit import Limit
from packcalc.design.line_rules import LineRules
from packcalc.design.targets import DesignRules
from packcalc.design.weld import screw_for_current, tightening_torque, weld_energy

DAY = 86400.0
ATMOSPHERE = 101325.0


def weld_limits(cell: CellSpec, rules: DesignRules) -> tuple[Limit, ...]:
    """Return the limits of a joint: its resistance and its energy."""
    expected, largest = joint_resistance(cell, rules)
    thickness = 0.2e-3 if cell.format == "cylindrical" else 0.3e-3
    energy = weld_energy(thickness)
    return (
        Limit(
            "joint_resistance",
            "weld",
            "resistance of a joint",
            "Ohm",
            high=largest,
            target=expected,
            reason=f"{rules.joint_spread:g} times a sound joint of {expected * 1e3:.3g} mOhm "
            f"({rules.joint_share:.0%} of the cell, at most {rules.joint_ceiling * 1e3:g} mOhm); "
            "the design's losses are computed with it",
        ),
        Limit(
            "weld_energy",
            "weld",
            "energy of a joint's weld",
            "J",
            low=0.85 * energy,
            high=1.15 * energy,
            target=energy,
            reason=f"melts the nugget of a {thickness * 1e3:g} mm strip, +/- 15 %: a starting "
            "window until the machine is qualified",
        ),
    )


def enclosure_limits(current: float, volume: float | None, line: LineRules) -> tuple[Limit, ...]:
    """Return the limits of torque, tightness and cure."""
    screw = screw_for_current(current)
    torque = tightening_torque(screw)
    limits = [
        Limit(
            "fastener_torque",
            "torque",
            f"torque of a terminal screw {screw.name}",
            "N m",
            low=0.9 * torque,
            high=1.1 * torque,
            target=torque,
            reason=f"half the proof load of {screw.name} 8.8 (T = 0.2 d F), +/- 10 %",
        )
    ]
    if volume is not None:
        rate = line.leak_flow * ATMOSPHERE / (line.free_volume * volume)
        limits.append(
            Limit(
                "leak_rate",
                "eol",
                "pressure decay of the closed enclosure",
                "Pa/s",
                high=rate,
                reason=f"a leak of {line.leak_flow * 6e7:g} cm^3/min into the free air of the "
                "enclosure; to be correlated with immersion",
            )
        )
    limits.append(
        Limit(
            "cure_time",
            "eol",
            "cure of the seal before testing",
            "s",
            low=DAY,
            target=DAY,
            reason="one day for a one-part silicone seal, unless its sheet says otherwise",
        )
    )
    return tuple(limits)


def voltage_drop(cell: CellSpec, line: LineRules) -> float:
    """Return the fall of voltage per second of a cell that loses charge as fast as allowed."""
    per_second = line.self_discharge / (30 * DAY)
    return per_second * (cell.charge_voltage - cell.cutoff_voltage)


def ageing_limits(
    cell: CellSpec, parallel: int, known: Mapping[str, Limit], line: LineRules
) -> tuple[Limit, ...]:
    """Return the limits of self-discharge and of the capacity after ageing."""
    capacity = known["cell_capacity"].low
    least = cell.capacity if capacity is None else capacity
    return (
        Limit(
            "ocv_drop",
            "ageing",
            "fall of a group's open-circuit voltage",
            "V/s",
            high=voltage_drop(cell, line),
            target=0.0,
            reason=f"{line.self_discharge:.1%} a month over the cell's mean slope of voltage",
        ),
        Limit(
            "baseline_capacity",
            "ageing",
            "capacity of the pack",
            "A s",
            low=parallel * least * (1 - line.capacity_error),
            target=parallel * max(least, cell.capacity),
            reason=f"least accepted cell times {parallel}, less the gauge's error of "
            f"{line.capacity_error:.0%}",
        ),
    )
