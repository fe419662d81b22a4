"""Protection limits of a pack from its cell's sheet and the conventions of the chemistry."""

from __future__ import annotations

from collections.abc import Mapping

from packcalc.bms.conventions import Conventions, ProtectionLimit
from packcalc.design.cell import CellSpec

__all__ = ["protection_limits"]

CHARGER_TOLERANCE = 0.03  # V per cell: a charger at its limit and a gauge error must not trip
ALARM_SHARE = 0.05  # of the cell's voltage window, where a chemistry has no alarm convention
RELEASE_SHARE = 0.10  # likewise for the release
TEMPERATURE_ALARM = 5.0  # K before the trip


def protection_limits(
    cell: CellSpec,
    conventions: Conventions,
    parallel: int,
    continuous_current: float,
    peak_current: float | None = None,
    charge_current: float | None = None,
    temperatures: Mapping[str, tuple[float | None, float | None]] | None = None,
) -> tuple[ProtectionLimit, ...]:
    """Derive alarm, trip, delay and release of every protection; the stricter source wins.

    Parameters
    ----------
    cell : CellSpec
        The cell and what its sheet allows. [-]
    conventions : Conventions
        Of its chemistry. [-]
    parallel : int
        Cells in a group. [1]
    continuous_current : float
        Discharge current that the pack must carry. [A]
    peak_current : float or None
        Largest current that must not trip. [A]
    charge_current : float or None
        Charge current asked for; else what the cells allow. [A]
    temperatures : mapping of str to tuple, or None
        What is asked of charge_temperature_min and so on, (low, high). Where work outside the
        convention is asked for and the sheet allows it, the convention gives way. [K]

    Returns
    -------
    limits : tuple of ProtectionLimit
        Cell voltages, currents, short circuit and cell temperatures. [-]

    Raises
    ------
    ValueError
        If the current that must not trip exceeds what the cells are rated for.

    References
    ----------
    Ranges: the conventions handed in, each with its own source (vendor sheets, foxBMS 2 levels
    of limits, IEC 62133-2 upper limit charging voltage). The choice within them is ours and
    stated in each reason.

    Examples
    --------
    >>> from packcalc.bms.conventions import VoltageConvention
    >>> voltage = VoltageConvention("NMC", 4.2, (4.25, 4.30), (2.5, 2.8))
    >>> rules = Conventions(voltage, (273.15, 318.15), (253.15, 333.15), (333.15, 343.15),
    ...     (5.0, 15.0), 2.0, 1.25, 10.0, (0.05, 1.5), (0.005, 0.015), (1e-4, 4e-4),
    ...     (0.5, 4.0), (1.0, 5.0))
    >>> cell = CellSpec("x", "NMC", "pouch", 18e3, 3.6, 4.15, 2.7, continuous_current=10.0)
    >>> limits = {p.code: p for p in protection_limits(cell, rules, 4, 30.0)}
    >>> round(limits["cell_overvoltage"].trip, 3), limits["cell_undervoltage"].trip
    (4.2, 2.7)
    """
    return (
        *_voltage_limits(cell, conventions),
        *_current_limits(
            cell, conventions, parallel, continuous_current, peak_current, charge_current
        ),
        *_temperature_limits(cell, conventions, temperatures or {}),
    )


def _voltage_limits(cell: CellSpec, conventions: Conventions) -> tuple[ProtectionLimit, ...]:
    c = conventions.voltage
    window = cell.charge_voltage - cell.cutoff_voltage
    offset = c.over_trip[0] - c.charge_limit
    trip, why = _strictest(
        [
            (c.over_trip[0], f"{c.chemistry} convention {c.over_trip[0]:g} V"),
            (
                cell.charge_voltage + offset,
                f"charge limit of the sheet {cell.charge_voltage:g} V plus the convention's "
                f"distance of {offset:g} V",
            ),
            (cell.protection_voltage_max, "protection voltage of the sheet"),
        ],
        upper=True,
    )
    floor = cell.charge_voltage + CHARGER_TOLERANCE
    if trip < floor:
        trip = min(floor, cell.protection_voltage_max or floor)
        why += f"; raised by {CHARGER_TOLERANCE:g} V so that a charger at its limit does not trip"
    alarm = c.over_alarm or trip - ALARM_SHARE * window
    if not cell.charge_voltage < alarm < trip:  # it would sound at every charge, or never
        alarm = (cell.charge_voltage + trip) / 2
    release = (c.over_release or (trip - RELEASE_SHARE * window,) * 2)[0]
    over = ProtectionLimit(
        "cell_overvoltage",
        "cell voltage, upper",
        "V",
        alarm,
        trip,
        min(release, trip - CHARGER_TOLERANCE),
        (c.over_delay or conventions.voltage_delay)[0],
        True,
        why,
    )
    trip, why = _strictest(
        [
            (c.under_trip[0], f"{c.chemistry} convention {c.under_trip[0]:g} V"),
            (cell.cutoff_voltage, f"discharge limit of the sheet {cell.cutoff_voltage:g} V"),
            (cell.protection_voltage_min, "protection voltage of the sheet"),
        ],
        upper=False,
    )
    alarm = max(c.under_alarm or 0.0, trip + ALARM_SHARE * window)
    release = (c.under_release or (trip + RELEASE_SHARE * window,) * 2)[1]
    under = ProtectionLimit(
        "cell_undervoltage",
        "cell voltage, lower",
        "V",
        alarm,
        trip,
        max(release, trip + CHARGER_TOLERANCE),
        (c.under_delay or conventions.voltage_delay)[0],
        False,
        why,
    )
    return over, under


def _current_limits(
    cell: CellSpec,
    conventions: Conventions,
    parallel: int,
    continuous: float,
    peak: float | None,
    charge: float | None,
) -> tuple[ProtectionLimit, ...]:
    c = conventions
    must_carry = max(continuous, peak or 0.0)
    rated = cell.peak_current or cell.continuous_current
    trip, why = _strictest(
        [
            (c.discharge_trip * continuous, f"{c.discharge_trip:g} times the continuous current"),
            (rated and rated * parallel, f"rating of {parallel} cells"),
        ],
        upper=True,
    )
    if rated is not None and rated * parallel < must_carry * (1 - 1e-9):
        raise ValueError(
            f"{must_carry:g} A must flow but {parallel} cells are rated {rated * parallel:g} A"
        )
    if trip < must_carry:
        trip, why = must_carry, f"raised to the peak of {must_carry:g} A that must not trip"
    discharge = ProtectionLimit(
        "discharge_overcurrent",
        "discharge current",
        "A",
        min(1.05 * continuous, trip),
        trip,
        None,
        c.discharge_delay[1] if peak else c.discharge_delay[0],
        True,
        f"{why}; lets go when the load is removed",
    )
    short = ProtectionLimit(
        "short_circuit",
        "discharge current, short circuit",
        "A",
        None,
        max(c.second_trip * continuous, 2 * trip),
        None,
        c.short_circuit_delay[0],
        True,
        f"{c.second_trip:g} times the continuous current; lets go when the load is removed",
    )
    allowed = None if cell.charge_current is None else cell.charge_current * parallel
    wanted = charge if charge is not None else allowed
    if wanted is None:
        return discharge, short
    trip, why = _strictest(
        [
            (c.charge_trip * wanted, f"{c.charge_trip:g} times the charge current {wanted:g} A"),
            (allowed and 1.05 * allowed, f"what {parallel} cells accept, plus 5 %"),
        ],
        upper=True,
    )
    over = ProtectionLimit(
        "charge_overcurrent",
        "charge current",
        "A",
        min(1.05 * wanted, trip),
        trip,
        None,
        c.discharge_delay[1],
        True,
        f"{why}; lets go when the charger is removed",
    )
    return discharge, over, short


def _temperature_limits(
    cell: CellSpec,
    conventions: Conventions,
    asked: Mapping[str, tuple[float | None, float | None]],
) -> tuple[ProtectionLimit, ...]:
    c = conventions
    back = c.temperature_release[0]
    limits = []
    directions = (("charge", c.charge_temperature), ("discharge", c.discharge_temperature))
    for verb, customary in directions:
        for upper in (True, False):
            side = "max" if upper else "min"
            stated = getattr(cell, f"{verb}_temperature_{side}")
            low, high = asked.get(f"{verb}_temperature_{side}", (None, None))
            reach, bound = (low, high) if upper else (high, low)
            customary_side = min(customary[1], c.trip_high[0]) if upper else customary[0]
            conventional, said = _give_way(customary_side, stated, reach, upper)
            trip, why = _strictest(
                [
                    (conventional, said),
                    (stated, f"the sheet's limit {_celsius(stated)}"),
                    (bound, f"asked by the program, {_celsius(bound)}"),
                ],
                upper=upper,
            )
            if stated is None:
                why += "; the sheet states none"
            sign = 1 if upper else -1
            limits.append(
                ProtectionLimit(
                    f"{verb}_{'over' if upper else 'under'}temperature",
                    f"cell temperature on {verb}, {'upper' if upper else 'lower'}",
                    "K",
                    trip - sign * min(TEMPERATURE_ALARM, back),
                    trip,
                    trip - sign * back,
                    c.temperature_delay[0],
                    upper,
                    why,
                )
            )
    return tuple(limits)


def _give_way(
    customary: float, stated: float | None, reach: float | None, upper: bool
) -> tuple[float, str]:
    """Move a convention out to where work is asked for, if the sheet allows it."""
    sign = 1 if upper else -1
    if stated is None or reach is None or sign * (reach - customary) <= 0:
        return customary, f"convention {_celsius(customary)}"
    if sign * (stated - reach) < 0:
        return customary, f"convention {_celsius(customary)}"
    said = f"asked to work to {_celsius(reach)}, beyond the convention of {_celsius(customary)}"
    return reach, said


def _celsius(kelvin: float | None) -> str:
    return "not stated" if kelvin is None else f"{kelvin - 273.15:.0f} degC"


def _strictest(options: list[tuple[float | None, str]], upper: bool) -> tuple[float, str]:
    """Pick the lowest of upper limits (the highest of lower ones); the first wins a tie."""
    stated = [(value, why) for value, why in options if value is not None]
    value, why = (min if upper else max)(stated, key=lambda option: option[0])
    others = [w for _, w in stated if w != why]
    return value, f"stricter: {why}" + (f" (against {', '.join(others)})" if others else "")
