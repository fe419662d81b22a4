"""Tolerances of line and gauges that limits are drawn with."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LineRules"]


@dataclass(frozen=True, slots=True)
class LineRules:
    """Tolerances of line and gauges: stated assumptions, each replaceable.

    Parameters
    ----------
    self_discharge : float
        Largest loss of charge of a sound cell per 30 days. CATL 302Ah specification, 2.1.6: at
        most 3.5 % a month at 25 degC and 50 % SoC. [1]
    ageing_days : float
        Days between incoming inspection and the pack's voltage reading that are allowed for. [1]
    sense_error : float
        Error of a group voltage that the BMS reports. [V]
    group_delta : float
        Difference of group voltages in a rested pack; customary are 5 to 20 mV. [V]
    temperature_spread : float
        Between the sensors of a rested pack; customary are 2 to 3 K. [K]
    trip_voltage_error, trip_current_error : float
        Tolerance of a measured trip. [V, 1]
    capacity_error : float
        Gauge error of a capacity measurement. [1]
    mass_error : float
        Spread of the finished pack's mass. [1]
    insulation_per_volt : float
        Safety floor; UN R100 and ISO 6469-3: 100 Ohm per volt DC. [Ohm/V]
    insulation_production : float
        Production limit, set far above the floor to find contamination. [Ohm]
    hipot_from : float
        DC voltage from which a dielectric test is made (voltage class B). [V]
    leak_flow : float
        Leak at one atmosphere difference that still keeps water out; to be correlated. [m^3/s]
    free_volume : float
        Air in the enclosure, as a share of its volume. [1]
    ship_soc : tuple of float
        State of charge at shipment; the upper end is the air transport limit. [1]
    """

    self_discharge: float = 0.035
    ageing_days: float = 30.0
    sense_error: float = 0.005
    group_delta: float = 0.020
    temperature_spread: float = 3.0
    trip_voltage_error: float = 0.025
    trip_current_error: float = 0.10
    capacity_error: float = 0.01
    mass_error: float = 0.05
    insulation_per_volt: float = 100.0
    insulation_production: float = 1e6
    hipot_from: float = 60.0
    leak_flow: float = 1e-6 / 60
    free_volume: float = 0.3
    ship_soc: tuple[float, float] = (0.10, 0.30)
