"""Packs: groups of cells, joints, rails and heat, simulated exactly and fast."""

from packcalc.pack.batch import BatchRun, simulate_batch
from packcalc.pack.endings import ENDINGS
from packcalc.pack.load import Load, charge_cccv, constant_current, follow_current, follow_power
from packcalc.pack.model import (
    Bleed,
    Limits,
    Pack,
    Rails,
    ThermalNetwork,
    build_pack,
    even_rails,
)
from packcalc.pack.simulate import EnergyLedger, PackRun, simulate

__all__ = [
    "ENDINGS",
    "BatchRun",
    "Bleed",
    "EnergyLedger",
    "Limits",
    "Load",
    "Pack",
    "PackRun",
    "Rails",
    "ThermalNetwork",
    "build_pack",
    "charge_cccv",
    "constant_current",
    "even_rails",
    "follow_current",
    "follow_power",
    "simulate",
    "simulate_batch",
]
