"""Packs as built, put through their end-of-line test by the simulator."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from packcalc.cell.parameters import CellParameters, open_circuit_voltage
from packcalc.pack.batch import BatchRun, simulate_batch
from packcalc.pack.endings import EMPTY, ENDINGS, UNDERVOLTAGE
from packcalc.pack.load import constant_current
from packcalc.pack.model import Limits, build_pack

__all__ = ["EndOfLineTest", "SimulatedPacks", "simulate_as_built"]

Array = NDArray[np.float64]

COMPLETE = (UNDERVOLTAGE, EMPTY)  # how a discharge must end to have shown the capacity


@dataclass(frozen=True, slots=True)
class EndOfLineTest:
    """What a tester does with a finished pack.

    Parameters
    ----------
    pulse_rate : float
        Current of the resistance pulse over the cell's capacity. [1/h]
    pulse_time : float
        Duration of the pulse. [s]
    pulse_soc : float
        State of charge at which it is taken. [1]
    discharge_rate : float
        Current of the capacity test over the cell's capacity. [1/h]
    temperature : float
        Of the cells at the start, and of the room. [K]
    """

    pulse_rate: float = 0.5
    pulse_time: float = 5.0
    pulse_soc: float = 0.5
    discharge_rate: float = 0.2
    temperature: float = 298.15


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedPacks:
    """What the test must show of each pack.

    Parameters
    ----------
    capacity : ndarray, shape (n,)
        Charge from full until the first group is at its least voltage. [A s]
    group_resistance : ndarray, shape (n, s)
        Fall of each group's voltage in the pulse over its current. [Ohm]
    temperature_rise : ndarray, shape (n,)
        Of the warmest cell in the capacity test, when none gives heat away. [K]
    """

    capacity: Array
    group_resistance: Array
    temperature_rise: Array


def simulate_as_built(
    cell: CellParameters,
    capacity: ArrayLike,
    resistance: ArrayLike,
    joint: ArrayLike,
    test: EndOfLineTest | None = None,
) -> SimulatedPacks:
    """Put packs through their end-of-line test, each with its own cells and joints.

    Parameters
    ----------
    cell : CellParameters
        The identified cell, of which each cell of a pack is a multiple. [-]
    capacity : array_like, shape (n, s, p)
        Measured capacity of each cell. [A s]
    resistance : array_like, shape (n, s, p)
        Measured pulse resistance of each cell. [Ohm]
    joint : array_like, shape (n, s, p)
        Joints of each cell, both ends together. [Ohm]
    test : EndOfLineTest or None
        The test; `None`: its usual values. [-]

    Returns
    -------
    packs : SimulatedPacks
        What the test must show. [-]

    Raises
    ------
    ValueError
        If shapes do not fit, or the test leaves what the cell's parameters hold for.

    Derivation
    ----------
    The identified cell is put through the same test alone. A cell of a pack has the multiple of
    its capacity and of its resistances at which that test would have shown what was measured of
    it. The packs then differ from their cells only by what joins them.

    Examples
    --------
    >>> from packcalc.cell import parameter_set
    >>> leaf = parameter_set("leaf-2013")
    >>> ones = np.ones((1, 6, 2))
    >>> packs = simulate_as_built(leaf, 30.7 * 3600 * ones, 2.5e-3 * ones, 0.1e-3 * ones)
    >>> (packs.group_resistance[0, 0] * 1e3).round(2)
    np.float64(1.3)
    """
    t = test or EndOfLineTest()
    charge = np.asarray(capacity, float)
    if charge.ndim != 3:
        raise ValueError(f"capacity has shape {charge.shape}, not (packs, groups, cells)")
    ohms = np.broadcast_to(np.asarray(resistance, float), charge.shape)
    joints = np.broadcast_to(np.asarray(joint, float), charge.shape)
    one = np.ones((1, 1, 1))
    own_charge, own_ohms, _ = _test(cell, one, one, 0 * one, t)
    found = _test(cell, charge / own_charge[0], ohms / own_ohms[0, 0], joints, t)
    return SimulatedPacks(*found)


def _test(
    cell: CellParameters, capacity: Array, resistance: Array, joint: Array, test: EndOfLineTest
) -> tuple[Array, Array, Array]:
    """Return charge, group resistances and warming of packs whose cells are these multiples."""
    _, s, p = capacity.shape
    lowest = Limits(voltage_min=cell.voltage_min, voltage_max=cell.voltage_max + 0.05)
    pack = build_pack(cell, s, p, limits=lowest)
    nominal = cell.capacity / 3600
    current = test.pulse_rate * nominal * p
    pulse = simulate_batch(
        pack,
        constant_current(current, test.pulse_time, min(test.pulse_time, 1.0)),
        soc=test.pulse_soc,
        capacity_factor=capacity,
        resistance_factor=resistance,
        joint_resistance=joint,
        temperature=test.temperature,
    )
    rest = float(open_circuit_voltage(cell, test.pulse_soc, test.temperature))
    ohms = (rest - pulse.group_voltage) / current
    drawn = test.discharge_rate * nominal * p
    longest = 1.5 * 3600 / test.discharge_rate * float(capacity.max())
    run = simulate_batch(
        pack,
        constant_current(drawn, longest, 10.0),
        soc=cell.soc_max,
        capacity_factor=capacity,
        resistance_factor=resistance,
        joint_resistance=joint,
        temperature=test.temperature,
    )
    _check(pulse, (0,), "the resistance pulse")
    _check(run, COMPLETE, "the capacity test")
    return run.charge, ohms, run.hottest - test.temperature


def _check(run: BatchRun, wanted: tuple[int, ...], what: str) -> None:
    """Refuse a result that the parameters of the cell do not carry."""
    strange = ~np.isin(run.ended, wanted)
    if strange.any():
        k = int(np.flatnonzero(strange)[0])
        raise ValueError(f"{what} of pack {k} cannot be simulated: {ENDINGS[int(run.ended[k])]}")
