"""Conventions of a chemistry and limits of protection, as values."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Conventions", "ProtectionLimit", "VoltageConvention"]

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class VoltageConvention:
    """What is customary for a chemistry; a range is what the sources span.

    Parameters
    ----------
    chemistry : str
        Key of the chemistry. [-]
    charge_limit : float
        Customary limit of charge. [V]
    over_trip, under_trip : tuple of float
        Over- and under-voltage trip, least and greatest. [V]
    over_alarm, under_alarm : float or None
        Alarm before the trip. [V]
    over_release, under_release : tuple of float or None
        Voltage at which protection lets go. [V]
    over_delay, under_delay : tuple of float or None
        Time over the limit before it trips. [s]
    """

    chemistry: str
    charge_limit: float
    over_trip: Range
    under_trip: Range
    over_alarm: float | None = None
    under_alarm: float | None = None
    over_release: Range | None = None
    under_release: Range | None = None
    over_delay: Range | None = None
    under_delay: Range | None = None


@dataclass(frozen=True, slots=True)
class Conventions:
    """The conventions of a chemistry with those that hold for all.

    Parameters
    ----------
    voltage : VoltageConvention
        Of the chemistry. [-]
    charge_temperature, discharge_temperature : tuple of float
        Customary cell temperatures, coldest and hottest. [K]
    trip_high : tuple of float
        Over-temperature trip. [K]
    temperature_release : tuple of float
        How far back before it lets go. [K]
    discharge_trip, charge_trip, second_trip : float
        Trip current over the continuous current. [1]
    discharge_delay, second_delay, short_circuit_delay : tuple of float
        Delays. [s]
    voltage_delay, temperature_delay : tuple of float
        Delays where the chemistry has none of its own. [s]
    """

    voltage: VoltageConvention
    charge_temperature: Range
    discharge_temperature: Range
    trip_high: Range
    temperature_release: Range
    discharge_trip: float
    charge_trip: float
    second_trip: float
    discharge_delay: Range
    second_delay: Range
    short_circuit_delay: Range
    voltage_delay: Range
    temperature_delay: Range


@dataclass(frozen=True, slots=True)
class ProtectionLimit:
    """One protection of the BMS.

    Parameters
    ----------
    code : str
        Key of the protection. [-]
    quantity : str
        What is watched, in words. [-]
    unit : str
        SI unit of the values. [-]
    alarm, trip, release : float or None
        Warning, cut-off and return; `None` where there is none. [unit]
    delay : float
        Time over the limit before it trips. [s]
    upper : bool
        Whether it trips above (else below). [-]
    reason : str
        Which source won, and why. [-]
    """

    code: str
    quantity: str
    unit: str
    alarm: float | None
    trip: float
    release: float | None
    delay: float
    upper: bool
    reason: str
