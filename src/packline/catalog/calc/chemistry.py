"""Conventions of a chemistry as a value, and what the BMS calculation takes from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from packcalc.bms import Conventions, VoltageConvention

__all__ = ["Chemistry", "CommonConventions", "conventions_of"]

Range = tuple[float, float]
ZERO_CELSIUS = 273.15


@dataclass(frozen=True, slots=True)
class Chemistry:
    """One chemistry with its customary voltages; a range is what the sources span."""

    key: str
    name: str
    confidence: str
    sources: tuple[str, ...]
    note: str
    figures: Mapping[str, Range]

    def pair(self, name: str) -> Range | None:
        """Return a range, or `None` if no convention was found."""
        return self.figures.get(name)

    @property
    def charge_limit_v(self) -> float:
        """Customary limit of charge."""
        return self.figures["charge_limit_v"][0]

    @property
    def cutoff_v(self) -> float:
        """Discharge limit for a cell whose sheet is silent: the strict end of the trips."""
        return self.figures["uv_trip_v"][1]


@dataclass(frozen=True, slots=True)
class CommonConventions:
    """What holds for every chemistry unless a cell's sheet is stricter."""

    confidence: str
    sources: tuple[str, ...]
    figures: Mapping[str, Range]


def conventions_of(chemistry: Chemistry, common: CommonConventions) -> Conventions:
    """Put the two tables together for the BMS calculation, in SI."""
    f = common.figures
    over_alarm, under_alarm = chemistry.pair("ov_alarm_v"), chemistry.pair("uv_alarm_v")
    return Conventions(
        voltage=VoltageConvention(
            chemistry=chemistry.key,
            charge_limit=chemistry.charge_limit_v,
            over_trip=chemistry.figures["ov_trip_v"],
            under_trip=chemistry.figures["uv_trip_v"],
            over_alarm=over_alarm[0] if over_alarm else None,
            under_alarm=under_alarm[0] if under_alarm else None,
            over_release=chemistry.pair("ov_release_v"),
            under_release=chemistry.pair("uv_release_v"),
            over_delay=chemistry.pair("ov_delay_s"),
            under_delay=chemistry.pair("uv_delay_s"),
        ),
        charge_temperature=_kelvin(f["charge_degc"]),
        discharge_temperature=_kelvin(f["discharge_degc"]),
        trip_high=_kelvin(f["trip_high_degc"]),
        temperature_release=f["release_below_trip_k"],
        discharge_trip=f["discharge_trip_over_continuous"][0],
        charge_trip=f["charge_trip_over_continuous"][0],
        second_trip=f["second_trip_over_continuous"][0],
        discharge_delay=f["discharge_delay_s"],
        second_delay=f["second_delay_s"],
        short_circuit_delay=f["short_circuit_delay_s"],
        voltage_delay=f["voltage_s"],
        temperature_delay=f["temperature_s"],
    )


def _kelvin(celsius: Range) -> Range:
    return celsius[0] + ZERO_CELSIUS, celsius[1] + ZERO_CELSIUS
