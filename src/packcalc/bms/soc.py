"""State of charge by counting and by an extended Kalman filter; state of health."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from packcalc.cell.parameters import CellParameters, circuit_at, open_circuit_voltage

__all__ = [
    "Estimate",
    "capacity_health",
    "count_charge",
    "estimate_soc",
    "first_estimate",
    "resistance_health",
]

Array = NDArray[np.float64]


def count_charge(
    soc: float, current: float, dt: float, capacity: float, efficiency: float = 1.0
) -> float:
    """Move a state of charge by the charge that flowed.

    Parameters
    ----------
    soc : float
        State of charge before. [1]
    current : float
        Current, positive on discharge. [A]
    dt : float
        For how long. [s]
    capacity : float
        Capacity. [A s]
    efficiency : float
        Part of the charge put in that is stored. [1]

    Returns
    -------
    soc : float
        State of charge after; not clipped, so that a wrong start is seen. [1]

    References
    ----------
    G. L. Plett, Battery Management Systems, vol. II, Artech House 2016, ch. 3.

    Examples
    --------
    >>> count_charge(0.5, 10.0, 360.0, 36000.0)
    0.4
    """
    return soc - (current if current > 0 else efficiency * current) * dt / capacity


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """What a filter believes of one cell or group.

    Parameters
    ----------
    state : ndarray, shape (3,)
        State of charge, and the voltages of the two RC pairs. [1, V, V]
    covariance : ndarray, shape (3, 3)
        How unsure it is. [state squared]
    refused : int
        Measurements in a row that did not fit and were left out. [1]
    """

    state: Array
    covariance: Array
    refused: int = 0

    @property
    def soc(self) -> float:
        """State of charge. [1]"""
        return float(self.state[0])

    @property
    def soc_error(self) -> float:
        """Standard deviation of the state of charge. [1]"""
        return float(np.sqrt(self.covariance[0, 0]))


def first_estimate(soc: float, soc_error: float) -> Estimate:
    """Start a filter at rest.

    Parameters
    ----------
    soc : float
        First guess, for instance from a rest voltage. [1]
    soc_error : float
        Its standard deviation. [1]

    Returns
    -------
    estimate : Estimate
        The start. [-]

    Raises
    ------
    ValueError
        If the guess is outside 0 to 1, or the deviation is not positive.

    Derivation
    ----------
    At rest both RC pairs are empty, known to a millivolt.

    Examples
    --------
    >>> first_estimate(0.5, 0.1).soc_error
    0.1
    """
    if not (0 <= soc <= 1 and soc_error > 0):
        raise ValueError(f"soc {soc:g} must be within 0 to 1, its error {soc_error:g} above zero")
    return Estimate(np.array([soc, 0.0, 0.0]), np.diag([soc_error**2, 1e-6, 1e-6]))


def estimate_soc(
    cell: CellParameters,
    estimate: Estimate,
    current: float,
    voltage: float,
    dt: float,
    temperature: float = 298.15,
    *,
    capacity_factor: float = 1.0,
    resistance_factor: float = 1.0,
    voltage_error: float = 5e-3,
    current_error: float = 0.05,
    gate: float = 4.0,
    give_in: int = 60,
) -> Estimate:
    """Take one more measured current and voltage into the estimate (extended Kalman filter).

    Parameters
    ----------
    cell : CellParameters
        The cell. [-]
    estimate : Estimate
        What was believed before. [-]
    current, voltage : float
        Current of the last `dt`, positive on discharge, and voltage at its end. [A, V]
    dt : float
        Time since the last measurement. [s]
    temperature : float
        Temperature of the cell. [K]
    capacity_factor, resistance_factor : float
        Health of this cell, as multiples of the set's. [1]
    voltage_error, current_error : float
        Standard deviations: voltage with the model's own error, current. [V, A]
    gate : float
        A voltage further off than this many standard deviations is left out. [1]
    give_in : int
        After so many in a row the filter takes the measurement and widens its doubt. [1]

    Returns
    -------
    estimate : Estimate
        What is believed now. [-]

    Raises
    ------
    ValueError
        If a figure is not finite, or the temperature is outside of the cell's set.

    References
    ----------
    G. L. Plett, "Extended Kalman filtering for battery management systems, part 3," J. Power
    Sources 134 (2004) 277-292, doi:10.1016/j.jpowsour.2004.02.033; innovation check: the same
    author, Battery Management Systems, vol. II, Artech House 2016, ch. 3.

    Examples
    --------
    A filter that starts 20 % off finds its way by the voltage.

    >>> from packcalc.cell import parameter_set
    >>> leaf, belief = parameter_set("leaf-2013"), first_estimate(0.7, 0.2)
    >>> for _ in range(30):
    ...     belief = estimate_soc(leaf, belief, 0.0, 3.9215, 1.0)
    >>> abs(belief.soc - float(np.interp(3.9215, leaf.ocv, leaf.soc))) < 0.01
    True
    """
    if not all(np.isfinite([current, voltage, dt, temperature])) or dt <= 0:
        raise ValueError("current, voltage, temperature and a positive time are needed")
    low, high = cell.soc_min, cell.soc_max
    z = min(max(estimate.soc, low), high)
    r0, r1, tau1, r2, tau2 = (
        float(x) for x in circuit_at(cell, np.array(z), np.array(temperature))
    )
    keep = np.array([1.0, np.exp(-dt / tau1), np.exp(-dt / tau2)])
    push = resistance_factor * np.array([r1, r2]) * (1 - keep[1:])
    stride = dt / (cell.capacity * capacity_factor)
    efficiency = 1.0 if current > 0 else cell.coulombic_efficiency
    by_current = np.array([-stride * efficiency, push[0], push[1]])
    state = keep * estimate.state + by_current * current
    noise = np.outer(by_current, by_current) * current_error**2 + np.diag([1e-10, 1e-8, 1e-8]) * dt
    covariance = keep[:, None] * estimate.covariance * keep[None, :] + noise
    here = min(max(float(state[0]), low), high)
    step = 1e-3
    sides = np.clip([here - step, here + step], low, high)
    volts = open_circuit_voltage(cell, sides, np.full(2, temperature))
    slope = float((volts[1] - volts[0]) / (sides[1] - sides[0]))
    expected = float(open_circuit_voltage(cell, here, temperature)) + slope * (state[0] - here)
    expected += -state[1] - state[2] - resistance_factor * r0 * current
    seen = np.array([slope, -1.0, -1.0])
    spread = float(seen @ covariance @ seen + voltage_error**2)
    surprise = voltage - expected
    if surprise**2 > gate**2 * spread:
        if estimate.refused + 1 < give_in:
            return Estimate(state, covariance, estimate.refused + 1)
        covariance = covariance + np.diag([0.1**2, 1e-4, 1e-4])  # it was wrong: doubt itself
        spread = float(seen @ covariance @ seen + voltage_error**2)
    gain = covariance @ seen / spread
    state = state + gain * surprise
    state[0] = min(max(float(state[0]), low), high)
    rest = np.eye(3) - np.outer(gain, seen)
    covariance = rest @ covariance @ rest.T + np.outer(gain, gain) * voltage_error**2
    return Estimate(state, covariance)


def capacity_health(
    charge: float, soc_start: float, soc_end: float, capacity: float
) -> tuple[float, float]:
    """Return the state of health by capacity, from a charge between two known states.

    Parameters
    ----------
    charge : float
        Charge drawn between the two. [A s]
    soc_start, soc_end : float
        States of charge before and after, from rest voltages. [1]
    capacity : float
        Capacity when new. [A s]

    Returns
    -------
    health : float
        Capacity over that when new. [1]
    swing : float
        Change of state of charge it rests on; the error grows with its inverse. [1]

    Raises
    ------
    ValueError
        If the swing is below 20 %, too little to tell.

    References
    ----------
    G. L. Plett, Battery Management Systems, vol. II, Artech House 2016, ch. 4.

    Examples
    --------
    >>> health, swing = capacity_health(18000.0, 0.9, 0.4, 40000.0)
    >>> round(health, 3), round(swing, 3)
    (0.9, 0.5)
    """
    swing = soc_start - soc_end
    if not abs(swing) >= 0.2:
        raise ValueError(f"a swing of {abs(swing):.0%} is too little; at least 20 %")
    if not (np.isfinite(charge) and capacity > 0):
        raise ValueError("charge must be finite and capacity above zero")
    return charge / swing / capacity, abs(swing)


def resistance_health(
    cell: CellParameters,
    voltage_before: float,
    voltage_after: float,
    current_step: float,
    soc: float,
    temperature: float,
) -> float:
    """Return how much the resistance has grown, from a step of current.

    Parameters
    ----------
    cell : CellParameters
        The cell when new. [-]
    voltage_before, voltage_after : float
        Voltage right before and right after the step. [V]
    current_step : float
        Rise of the current, positive on discharge. [A]
    soc : float
        State of charge. [1]
    temperature : float
        Temperature. [K]

    Returns
    -------
    ratio : float
        Series resistance over that of the set at this state. [1]

    Raises
    ------
    ValueError
        If there is no step, or the state is outside of the set.

    Derivation
    ----------
    Right after a step only the series resistance answers: ``R0 = -dU / dI``.

    Examples
    --------
    >>> from packcalc.cell import parameter_set
    >>> leaf = parameter_set("leaf-2013")
    >>> r0 = float(circuit_at(leaf, 0.5, 298.15)[0])
    >>> round(resistance_health(leaf, 3.9, 3.9 - 1.2 * r0 * 20, 20.0, 0.5, 298.15), 6)
    1.2
    """
    if not (np.isfinite(current_step) and abs(current_step) > 0):
        raise ValueError("a step of current is needed")
    new = float(circuit_at(cell, soc, temperature)[0])
    return (voltage_before - voltage_after) / current_step / new
