"""Which groups a passive balancer bleeds, and for how long."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["bleed_time", "groups_to_bleed"]


def groups_to_bleed(
    voltage: ArrayLike, start: float, stop: float, only_above: float, bleeding: ArrayLike
) -> NDArray[np.bool_]:
    """Choose the groups whose bleed resistor is on, with hysteresis.

    Parameters
    ----------
    voltage : array_like, shape (s,)
        Group voltages; one that is not finite is never bled. [V]
    start, stop : float
        Above the lowest group by `start` a resistor goes on, below `stop` off. [V]
    only_above : float
        No group is bled below this. [V]
    bleeding : array_like of bool, shape (s,)
        Which are on now. [-]

    Returns
    -------
    bleeding : ndarray of bool, shape (s,)
        Which are on from now. [-]

    Raises
    ------
    ValueError
        If `stop` is not below `start`.

    Derivation
    ----------
    Two thresholds, so that a resistor does not chatter at one.

    Examples
    --------
    >>> groups_to_bleed([4.10, 4.12, 4.105], 0.010, 0.003, 4.0, [False, False, True]).tolist()
    [False, True, True]
    """
    if not 0 <= stop < start:
        raise ValueError(f"stop {stop:g} V must be at least zero and below start {start:g} V")
    volts, on = np.asarray(voltage, float), np.asarray(bleeding, bool)
    good = np.isfinite(volts)
    if not good.any():
        return np.zeros(volts.shape, dtype=bool)
    above = np.where(good, volts, -np.inf) - volts[good].min()
    return np.asarray(good & (volts > only_above) & np.where(on, above > stop, above > start))


def bleed_time(
    soc: ArrayLike, capacity: float, voltage: float, resistance: float
) -> NDArray[np.float64]:
    """Return for how long each group must be bled to come down to the lowest.

    Parameters
    ----------
    soc : array_like, shape (s,)
        State of charge of each group. [1]
    capacity : float
        Capacity of a group. [A s]
    voltage : float
        Mean voltage of a group meanwhile. [V]
    resistance : float
        Bleed resistor. [Ohm]

    Returns
    -------
    time : ndarray, shape (s,)
        Time for each group; the longest is that of the pack. [s]

    Raises
    ------
    ValueError
        If a figure is not positive.

    Derivation
    ----------
    The surplus charge over the bleed current: ``(z - min z) Q R / U``.

    Examples
    --------
    One percent of 10 Ah through 40 Ohm at 4 V takes an hour.

    >>> bleed_time([0.90, 0.91], 36000.0, 4.0, 40.0).round(6).tolist()
    [0.0, 3600.0]
    """
    if not (capacity > 0 and voltage > 0 and resistance > 0):
        raise ValueError("capacity, voltage and resistance must be above zero")
    z = np.asarray(soc, float)
    return np.asarray((z - z.min()) * capacity * resistance / voltage)
