"""Cells that the tests draw packs from; figures are made up, so no sheet is misquoted."""

from packcalc.design import CellSpec

ROUND = CellSpec(
    code="round",
    chemistry="NMC",
    format="cylindrical",
    capacity=18000.0,
    nominal_voltage=3.6,
    charge_voltage=4.2,
    cutoff_voltage=2.5,
    continuous_current=10.0,
    peak_current=20.0,
    peak_duration=10.0,
    charge_current=5.0,
    ac_resistance=0.015,
    dc_resistance=0.025,
    mass=0.07,
    diameter=0.021,
    height=0.07,
    charge_temperature_min=273.15,
    charge_temperature_max=318.15,
    discharge_temperature_min=253.15,
    discharge_temperature_max=333.15,
    cycle_life=500.0,
)
BARE = CellSpec(  # a sheet that states next to nothing
    code="bare",
    chemistry="LFP",
    format="prismatic",
    capacity=360000.0,
    nominal_voltage=3.2,
    charge_voltage=3.65,
    cutoff_voltage=2.5,
)
