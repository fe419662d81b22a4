"""Heat: paths out of a pack, temperatures of a network, and a screening of propagation."""

from packcalc.thermal.block import block_network, facing_conductance
from packcalc.thermal.network import (
    grid_network,
    path_resistance,
    steady_temperatures,
    transient_temperatures,
)
from packcalc.thermal.screening import (
    Neighbours,
    PropagationScreening,
    screen_propagation,
    stacked_faces,
    standing_cylinders,
)

__all__ = [
    "Neighbours",
    "PropagationScreening",
    "block_network",
    "facing_conductance",
    "grid_network",
    "path_resistance",
    "screen_propagation",
    "stacked_faces",
    "standing_cylinders",
    "steady_temperatures",
    "transient_temperatures",
]
