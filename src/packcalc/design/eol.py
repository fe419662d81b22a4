"""Limits of a pack on the line, from kitting to shipping, each with what it follows from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from packcalc.design.assembly import (
    DAY,
    ageing_limits,
    enclosure_limits,
    voltage_drop,
    weld_limits,
)
from packcalc.design.cell import AC_TO_DC, CellSpec, dc_resistance
from packcalc.design.joints import interconnect_resistance, link_resistance
from packcalc.design.limit import Limit
from packcalc.design.line_rules import LineRules
from packcalc.design.targets import DesignRules

if TYPE_CHECKING:
    from packcalc.bms.conventions import ProtectionLimit

__all__ = ["end_of_line_limits"]


def end_of_line_limits(
    cell: CellSpec,
    series: int,
    parallel: int,
    continuous_current: float,
    incoming: Sequence[Limit],
    protection: Iterable[ProtectionLimit],
    mass: float | None = None,
    volume: float | None = None,
    rules: DesignRules | None = None,
    line: LineRules | None = None,
) -> tuple[Limit, ...]:
    """Derive every limit of the line from kitting to shipping.

    Parameters
    ----------
    cell : CellSpec
        The cell. [-]
    series, parallel : int
        Groups in series, cells in a group. [1]
    continuous_current : float
        Of the pack. [A]
    incoming : sequence of Limit
        Limits at incoming inspection: what a pack may be made of. [-]
    protection : iterable of ProtectionLimit
        The BMS's trips, which are tried at end of line. [-]
    mass, volume : float or None
        Of the finished pack; no limit where the design does not know it. [kg, m^3]
    rules : DesignRules or None
        How good joints and links are. [-]
    line : LineRules or None
        Tolerances of the line. [-]

    Returns
    -------
    limits : tuple of Limit
        In the order of the line. [-]

    Derivation
    ----------
    A pack made only of accepted cells and accepted joints has to pass: capacity at least that of
    its least group, resistance at most that of its largest cells and joints, voltage within the
    window that the cells came in with, less self-discharge. Everything else is a tolerance of
    `LineRules` or a floor of a standard, named in the reason.

    Examples
    --------
    >>> cell = CellSpec("x", "NMC", "pouch", 75600.0, 3.68, 4.2, 2.7, dc_resistance=0.00273)
    >>> from packcalc.design.incoming import incoming_limits
    >>> limits = end_of_line_limits(cell, 14, 1, 20.0, incoming_limits(cell, "dc"), ())
    >>> {x.code: x.low for x in limits}["kit_cell_count"]
    14
    """
    rules, line = rules or DesignRules(), line or LineRules()
    known = {limit.code: limit for limit in incoming}
    return (
        _exactly("kit_cell_count", "matching", "cells in the kit", series * parallel),
        *weld_limits(cell, rules),
        _yes("bms_paired", "weld", "BMS paired with the unit's serial"),
        _within("sense_voltage_error", "eol", "error of a group voltage", "V", line.sense_error),
        *enclosure_limits(continuous_current, volume, line),
        *ageing_limits(cell, parallel, known, line),
        *_voltages(cell, series, known, line),
        *_resistance(cell, series, parallel, known, rules),
        *_isolation(cell, series, line),
        _yes("bms_communication", "eol", "BMS answers on its interface"),
        _yes("firmware_match", "eol", "firmware is the released version"),
        _yes("self_test", "eol", "BMS passes its self-test"),
        _within(
            "current_zero",
            "eol",
            "current reported while none flows",
            "A",
            max(0.05, 0.002 * continuous_current),
            "0.2 % of the continuous current, at least 50 mA",
        ),
        Limit(
            "temperature_spread",
            "eol",
            "spread of the pack's sensors at rest",
            "K",
            high=line.temperature_spread,
            reason=f"customary for a rested pack, {line.temperature_spread:g} K",
        ),
        *_trips(protection, line),
        *_shipping(mass, line),
    )


def _exactly(code: str, kind: str, quantity: str, value: float) -> Limit:
    return Limit(code, kind, quantity, "1", value, value, value, "series times parallel")


def _yes(code: str, kind: str, quantity: str) -> Limit:
    return Limit(code, kind, quantity, "1", low=1, target=1, reason="1 is good, 0 is not")


def _within(
    code: str, kind: str, quantity: str, unit: str, value: float, reason: str = ""
) -> Limit:
    why = reason or f"tolerance of the line, +/- {value:g} {unit}"
    return Limit(code, kind, quantity, unit, -value, value, 0.0, why)


def _voltages(
    cell: CellSpec, series: int, known: Mapping[str, Limit], line: LineRules
) -> tuple[Limit, ...]:
    ocv = known["cell_ocv"]
    drop = voltage_drop(cell, line) * line.ageing_days * DAY
    low = cell.cutoff_voltage if ocv.low is None else max(ocv.low - drop, cell.cutoff_voltage)
    high = cell.charge_voltage if ocv.high is None else ocv.high
    return (
        Limit(
            "pack_ocv",
            "eol",
            "open-circuit voltage of the pack",
            "V",
            low=series * low,
            high=series * high,
            reason=f"{series} times the window of the accepted cells, less self-discharge over "
            f"{line.ageing_days:g} days",
        ),
        Limit(
            "group_ocv_delta",
            "eol",
            "largest difference of group voltages",
            "V",
            high=line.group_delta,
            reason=f"customary for a rested pack, at most {line.group_delta * 1000:g} mV",
        ),
    )


def _resistance(
    cell: CellSpec, series: int, parallel: int, known: Mapping[str, Limit], rules: DesignRules
) -> tuple[Limit, ...]:
    """Return the limits of the DC resistance of groups and pack, as accepted cells allow."""
    found = dc_resistance(cell)
    joints = interconnect_resistance(cell, series, parallel, rules)
    groups = series / parallel
    dc, ac = known.get("cell_dc_resistance"), known.get("cell_ac_ir")
    least = target = None
    if dc is not None and dc.high is not None:
        largest, basis = dc.high, "the largest accepted DC resistance"
        least = dc.low
        target = dc.target
    elif ac is not None and ac.high is not None:
        largest = AC_TO_DC[1] * ac.high
        basis = f"the largest accepted AC resistance times {AC_TO_DC[1]:g} (DC over AC)"
        target = None if ac.target is None else AC_TO_DC[0] * ac.target
    elif found is not None:
        _, largest, basis = found
    else:
        return ()
    aim = None if target is None else groups * target + joints / rules.joint_spread
    low = 0.95 * groups * least if least is not None else aim and 0.6 * aim
    reason = f"{series}S{parallel}P of {basis}, plus joints and links at their largest"
    if low is not None:
        reason += "; below the lower limit the measurement is wrong"
    high = groups * largest + joints
    words = "DC resistance of the pack"
    pack = Limit("pack_dc_resistance", "eol", words, "Ohm", low, high, aim, reason)
    # Each group has its cells, their joints and one link; one link more is the pack's alone.
    alone = joints - link_resistance(cell, parallel, rules)
    one = Limit(
        "group_dc_resistance",
        "eol",
        "DC resistance of a group between its sense taps",
        "Ohm",
        None if low is None else low / series,
        (groups * largest + alone) / series,
        None if aim is None else aim / series,
        f"{parallel} cells side by side of {basis}, plus joints and one link at their largest",
    )
    return one, pack


def _isolation(cell: CellSpec, series: int, line: LineRules) -> tuple[Limit, ...]:
    full, nominal = series * cell.charge_voltage, series * cell.nominal_voltage
    floor = line.insulation_per_volt * nominal
    low = max(floor, line.insulation_production)
    limits = [
        Limit(
            "insulation_resistance",
            "eol",
            "insulation resistance, pole to enclosure",
            "Ohm",
            low=low,
            reason=f"floor {line.insulation_per_volt:g} Ohm/V x {nominal:.4g} V = "
            f"{floor / 1000:.3g} kOhm; the production limit lies above it to find contamination",
        )
    ]
    if full > line.hipot_from:
        test = 2**0.5 * (2 * full + 1000)
        leak = min(max(test / low, 0.5e-3), 10e-3)
        limits.append(
            Limit(
                "leakage_current",
                "eol",
                "leakage in the dielectric test",
                "A",
                high=leak,
                reason=f"dielectric test at {test:.0f} V DC (1.414 x (2 U + 1000 V)) over the "
                "insulation limit, kept within the customary 0.5 to 10 mA",
            )
        )
    return tuple(limits)


def _trips(protection: Iterable[ProtectionLimit], line: LineRules) -> list[Limit]:
    names = {
        "cell_overvoltage": ("overvoltage_trip", "cell voltage at which charging is cut off"),
        "cell_undervoltage": ("undervoltage_trip", "cell voltage at which discharge is cut off"),
        "discharge_overcurrent": ("overcurrent_trip", "current at which discharge is cut off"),
    }
    limits = []
    for p in protection:
        if p.code not in names:
            continue
        code, quantity = names[p.code]
        current = p.unit == "A"
        error = line.trip_current_error * p.trip if current else line.trip_voltage_error
        limits.append(
            Limit(
                code,
                "eol",
                quantity,
                p.unit,
                p.trip - error,
                p.trip + error,
                p.trip,
                f"trip of the BMS +/- {error:.3g} {p.unit}",
            )
        )
    return limits


def _shipping(mass: float | None, line: LineRules) -> list[Limit]:
    limits = []
    if mass is not None:
        error = line.mass_error
        reason = f"mass of the design +/- {error:.0%}: something is missing or too much"
        low, high = mass * (1 - error), mass * (1 + error)
        limits.append(Limit("pack_mass", "eol", "mass of the pack", "kg", low, high, mass, reason))
    low, high = line.ship_soc
    limits.append(_yes("label_readable", "eol", "label is read by a scanner"))
    limits.append(
        Limit(
            "ship_soc",
            "eol",
            "state of charge at shipment",
            "1",
            low,
            high,
            (low + high) / 2,
            f"at most {high:.0%} for air transport, at least {low:.0%} for storage",
        )
    )
    return limits
