"""The welds of a unit: what each one is, and what the welder's log says about it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from packlink.virtual.chance import generator, normal
from packlink.virtual.facts import UnitFacts

__all__ = ["COLD_JOINT", "JointLog", "joint_log", "joint_resistance"]

Floats = NDArray[np.float64]

ENERGY_SPREAD = 0.02  # from weld to weld
RESISTANCE_SPREAD = 0.05  # beside what the energy explains
COLD_JOINT = 10.0  # times the nominal resistance, at about half the energy


@dataclass(frozen=True, slots=True)
class JointLog:
    """What the welder recorded: one row per joint, position 2 * cell + end.

    Attributes
    ----------
    resistance_mohm, energy_j, time_ms, force_n, displacement_mm : ndarray, shape (joint,)
        Resistance after welding, energy, pulse time, electrode force, set-down.
        [mOhm], [J], [ms], [N], [mm]
    """

    resistance_mohm: Floats
    energy_j: Floats
    time_ms: Floats
    force_n: Floats
    displacement_mm: Floats


def joint_resistance(seed: int, unit: UnitFacts, cold: int | None) -> Floats:
    """Return what each joint truly resists: shape (2 * series * parallel,). [mOhm]

    A joint that took more energy resists less: the logarithm of the resistance falls in
    proportion to the relative energy, with a remainder of its own. A rework changes the bad
    joint only: the others keep the resistance that they had.
    """
    energy, rest = _deviations(seed, unit)
    spread: Floats = np.exp(-ENERGY_SPREAD * energy + RESISTANCE_SPREAD * rest)
    resistance: Floats = unit.design.joint_resistance_mohm * spread
    if cold is not None:
        resistance[cold] = unit.design.joint_resistance_mohm * COLD_JOINT
    return resistance


def joint_log(seed: int, unit: UnitFacts, attempt: int, cold: int | None) -> JointLog:
    """Return the welder's log of one welding of this unit.

    The energy of a joint is that of `joint_resistance`; a cold joint took half of it in half the
    time and set down half as far. Each attempt has its own noise of the gauges.
    """
    resistance = joint_resistance(seed, unit, cold)
    n = len(resistance)
    noise = normal(generator(seed, unit.serial, "40-welding", attempt, "log"), (5, n))
    energy = 1 + ENERGY_SPREAD * _deviations(seed, unit)[0]
    if cold is not None:
        energy[cold] = 0.5
    design = unit.design
    return JointLog(
        resistance_mohm=np.round(resistance * (1 + 0.005 * noise[0]), 5),
        energy_j=np.round(design.weld_energy_j * energy * (1 + 0.002 * noise[1]), 3),
        time_ms=np.round(design.weld_time_ms * energy * (1 + 0.002 * noise[2]), 3),
        force_n=np.round(design.weld_force_n * (1 + 0.01 * noise[3]), 2),
        displacement_mm=np.round(design.weld_displacement_mm * energy * (1 + 0.03 * noise[4]), 4),
    )


def _deviations(seed: int, unit: UnitFacts) -> Floats:
    """Return the standard deviations of each joint's energy and remaining resistance."""
    joints = 2 * unit.series * unit.parallel
    return normal(generator(seed, unit.serial, "joints"), (2, joints))
