"""How cells lose capacity and gain resistance: published laws, each with the tests behind it."""

from __future__ import annotations

import numpy as np

__all__ = ["age_nmc_schmalstieg", "fade_lfp_wang"]

DAY = 86400.0
GAS = 8.314  # [J/(mol K)], as the sources wrote it


def _within(what: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise ValueError(f"{what} = {value:g} is outside {low:g} to {high:g}, what was tested")


def age_nmc_schmalstieg(
    time: float,
    temperature: float,
    storage_voltage: float,
    throughput: float = 0.0,
    cycle_voltage: float = 3.667,
    cycle_depth: float = 0.0,
    capacity: float = 2.05 * 3600,
) -> tuple[float, float]:
    """Return the capacity left and the resistance gained of an NMC/graphite 18650 cell.

    Parameters
    ----------
    time : float
        Age. [s]
    temperature : float
        Temperature of the cell, 308 to 328 K as tested. [K]
    storage_voltage : float
        Mean open-circuit voltage over its life. [V]
    throughput : float
        Charge moved in and out, of a cell of `capacity`. [A s]
    cycle_voltage : float
        Quadratic mean voltage of the cycles. [V]
    cycle_depth : float
        Depth of the cycles as a part of the capacity. [1]
    capacity : float
        Capacity of the cell asked about; the law is scaled from the 2.05 Ah tested. [A s]

    Returns
    -------
    capacity_ratio : float
        Capacity over that when new. [1]
    resistance_ratio : float
        Resistance over that when new. [1]

    Raises
    ------
    ValueError
        Outside of what was tested.

    References
    ----------
    J. Schmalstieg, S. Kaebitz, M. Ecker and D. U. Sauer, "A holistic aging model for Li(NiMnCo)O2
    based 18650 lithium-ion batteries," J. Power Sources 257 (2014) 325-334,
    doi:10.1016/j.jpowsour.2014.02.012: Sanyo UR18650E, 35 to 50 degC (calendar), 35 degC (cycles).

    Examples
    --------
    Three years at 35 degC and 3.7 V without use:

    >>> left, gained = age_nmc_schmalstieg(3 * 365 * 86400, 308.15, 3.7)
    >>> round(left, 3), round(gained, 3)
    (0.883, 1.222)
    """
    _within("temperature [K]", temperature, 308.0, 328.15)
    _within("storage_voltage [V]", storage_voltage, 3.2, 4.2)
    _within("cycle_voltage [V]", cycle_voltage, 3.0, 4.2)
    _within("cycle_depth", cycle_depth, 0.0, 1.0)
    _within("time [s]", time, 0.0, 25 * 365 * DAY)
    if not (np.isfinite(throughput) and throughput >= 0 and capacity > 0):
        raise ValueError("throughput and capacity must be finite and not negative")
    days = time / DAY
    amp_hours = throughput / 3600 * (2.05 * 3600 / capacity)
    loss = (7.543 * storage_voltage - 23.75) * 1e6 * np.exp(-6976 / temperature) * days**0.75
    gain = (5.270 * storage_voltage - 16.32) * 1e5 * np.exp(-5986 / temperature) * days**0.75
    if amp_hours > 0:
        by_loss = 7.348e-3 * (cycle_voltage - 3.667) ** 2 + 7.600e-4 + 4.081e-3 * cycle_depth
        by_gain = 2.153e-4 * (cycle_voltage - 3.725) ** 2 - 1.521e-5 + 2.798e-4 * cycle_depth
        loss += by_loss * np.sqrt(amp_hours)
        gain += max(by_gain, 0.0) * amp_hours
    return float(1 - loss), float(1 + gain)


def fade_lfp_wang(
    throughput: float, temperature: float, c_rate: float, capacity: float = 2.2 * 3600
) -> float:
    """Return the capacity left of an LFP/graphite cell after cycling.

    Parameters
    ----------
    throughput : float
        Charge discharged in all, of a cell of `capacity`. [A s]
    temperature : float
        Temperature of the cell, 258 to 333 K as tested. [K]
    c_rate : float
        Rate of discharge, 0.5 to 10; between those tested the factor is interpolated. [1/h]
    capacity : float
        Capacity of the cell asked about; the law is scaled from the 2.2 Ah tested. [A s]

    Returns
    -------
    capacity_ratio : float
        Capacity over that when new. [1]

    Raises
    ------
    ValueError
        Outside of what was tested.

    References
    ----------
    J. Wang et al., "Cycle-life model for graphite-LiFePO4 cells," J. Power Sources 196 (2011)
    3942-3948, doi:10.1016/j.jpowsour.2010.11.134: A123 26650 cells, -30 to 60 degC; factors 31630,
    21681, 12934 and 15512 at C/2, 2C, 6C and 10C, in percent and Ah.

    Examples
    --------
    Two thousand full cycles at 1C and 25 degC:

    >>> round(fade_lfp_wang(2000 * 2.2 * 3600, 298.15, 1.0), 3)
    0.907
    """
    _within("temperature [K]", temperature, 258.0, 333.15)
    _within("c_rate [1/h]", c_rate, 0.5, 10.0)
    if not (np.isfinite(throughput) and throughput >= 0 and capacity > 0):
        raise ValueError("throughput and capacity must be finite and not negative")
    factor = np.interp(c_rate, [0.5, 2.0, 6.0, 10.0], [31630.0, 21681.0, 12934.0, 15512.0])
    amp_hours = throughput / 3600 * (2.2 * 3600 / capacity)
    percent = factor * np.exp((-31700 + 370.3 * c_rate) / (GAS * temperature)) * amp_hours**0.55
    return float(1 - percent / 100)
