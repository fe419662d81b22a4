"""What is asked of a pack, step by step: current, power, or a charge at constant voltage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Load", "charge_cccv", "constant_current", "follow_current", "follow_power"]

Array = NDArray[np.float64]

CURRENT, POWER, VOLTAGE = 0, 1, 2


@dataclass(frozen=True, slots=True, eq=False)
class Load:
    """A load of even steps.

    Parameters
    ----------
    kind : int
        0: `value` is a current; 1: a power; 2: a voltage to be held. [-]
    dt : float
        Length of a step. [s]
    value : ndarray, shape (k,)
        Current or power out of the pack (positive on discharge), or voltage. [A, W or V]
    charge_max : float
        Largest charging current where a voltage is held. [A]
    cutoff : float
        The run ends when the charging current falls to this. [A]
    """

    kind: int
    dt: float
    value: Array
    charge_max: float = np.inf
    cutoff: float = 0.0

    def __post_init__(self) -> None:
        if not (np.isfinite(self.dt) and self.dt > 0):
            raise ValueError(f"step of {self.dt:g} s is not above zero")
        if self.value.ndim != 1 or self.value.size < 1:
            raise ValueError("a load needs at least one step")
        bad = np.flatnonzero(~np.isfinite(self.value))
        if bad.size:
            raise ValueError(f"load at step {int(bad[0])} is not a finite number")


def constant_current(current: float, duration: float, dt: float) -> Load:
    """Draw one current for a time.

    Parameters
    ----------
    current : float
        Current out of the pack; negative charges. [A]
    duration : float
        How long; rounded up to whole steps. [s]
    dt : float
        Length of a step. [s]

    Returns
    -------
    load : Load
        The load. [-]

    Raises
    ------
    ValueError
        If a time is not positive.

    Derivation
    ----------
    None: it only fills a table.

    Examples
    --------
    >>> constant_current(5.0, 3600.0, 10.0).value.size
    360
    """
    return Load(CURRENT, dt, np.full(_steps(duration, dt), float(current)))


def charge_cccv(
    current: float, voltage: float, cutoff: float, dt: float, duration: float = 24 * 3600.0
) -> Load:
    """Charge at constant current, then at constant voltage until the current falls to a cutoff.

    Parameters
    ----------
    current : float
        Charging current, positive. [A]
    voltage : float
        Voltage of the pack to hold. [V]
    cutoff : float
        Current at which the charge is complete. [A]
    dt : float
        Length of a step. [s]
    duration : float
        Longest time. [s]

    Returns
    -------
    load : Load
        The load. [-]

    Raises
    ------
    ValueError
        If a figure is not positive or the cutoff is not below the current.

    Derivation
    ----------
    None: it only fills a table; the current of a step follows from the pack's own source voltage
    and resistance.

    Examples
    --------
    >>> charge_cccv(30.0, 25.2, 1.0, 10.0).cutoff
    1.0
    """
    if not (np.isfinite(current) and 0 < cutoff < current):
        raise ValueError(
            f"cutoff {cutoff:g} A must lie between zero and the current {current:g} A"
        )
    steps = _steps(duration, dt)
    return Load(VOLTAGE, dt, np.full(steps, float(voltage)), float(current), float(cutoff))


def follow_current(time: ArrayLike, current: ArrayLike, dt: float) -> Load:
    """Follow a record of current.

    Parameters
    ----------
    time : array_like, shape (n,)
        Times, rising. [s]
    current : array_like, shape (n,)
        Current from each time until the next, positive on discharge; the last is not used. [A]
    dt : float
        Length of a step. [s]

    Returns
    -------
    load : Load
        Steps of the record's mean current, so that its charge is kept. [-]

    Raises
    ------
    ValueError
        If times do not rise.

    Derivation
    ----------
    The mean over a step is the difference of the record's integral at the step's ends.

    Examples
    --------
    >>> follow_current([0, 10, 20], [1.0, 3.0, 0.0], 20.0).value.tolist()
    [2.0]
    """
    return Load(CURRENT, dt, _means(time, current, dt))


def follow_power(time: ArrayLike, power: ArrayLike, dt: float) -> Load:
    """Follow a record of power.

    Parameters
    ----------
    time : array_like, shape (n,)
        Times, rising. [s]
    power : array_like, shape (n,)
        Power from each time until the next, positive on discharge; the last is not used. [W]
    dt : float
        Length of a step. [s]

    Returns
    -------
    load : Load
        Steps of the record's mean power, so that its energy is kept. [-]

    Raises
    ------
    ValueError
        If times do not rise.

    Derivation
    ----------
    The mean over a step is the difference of the record's integral at the step's ends.

    Examples
    --------
    >>> follow_power([0, 10, 20], [100.0, -50.0, 0.0], 10.0).value.tolist()
    [100.0, -50.0]
    """
    return Load(POWER, dt, _means(time, power, dt))


def _steps(duration: float, dt: float) -> int:
    if not (np.isfinite(dt) and dt > 0 and np.isfinite(duration) and duration > 0):
        raise ValueError(f"duration {duration:g} s and step {dt:g} s must be above zero")
    return max(int(np.ceil(duration / dt - 1e-9)), 1)


def _means(time: ArrayLike, value: ArrayLike, dt: float) -> Array:
    t, x = np.asarray(time, float), np.asarray(value, float)
    if t.ndim != 1 or t.size < 2 or t.shape != x.shape:
        raise ValueError("a record needs at least two times, and a value for each")
    if np.any(~np.isfinite(t)) or np.any(np.diff(t) <= 0):
        raise ValueError("the times of a record must rise")
    total = np.r_[0.0, np.cumsum(x[:-1] * np.diff(t))]
    edges = t[0] + dt * np.arange(_steps(float(t[-1] - t[0]), dt) + 1)
    means: Array = np.diff(np.interp(edges, t, total)) / dt
    return means
