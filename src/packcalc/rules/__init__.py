"""Dated limits of laws and standards: one TOML file each, a source per value."""

from packcalc.rules.insulation import (
    clearance_distance,
    creepage_distance,
    rated_impulse_voltage,
)

__all__ = ["clearance_distance", "creepage_distance", "rated_impulse_voltage"]
