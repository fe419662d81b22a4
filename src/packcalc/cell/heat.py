"""Find how a cell warms: heat capacity, loss and entropic coefficient, from its temperature."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize_scalar
from scipy.signal import lfilter

from packcalc.cell.fit import charge_drawn, standard_errors, weights_between
from packcalc.cell.parameters import CellParameters, open_circuit_voltage
from packcalc.cell.records import CellTest

__all__ = ["HeatIdentification", "identify_heat"]

Array = NDArray[np.float64]

NODES = np.linspace(0.0, 1.0, 11)


@dataclass(frozen=True, slots=True, eq=False)
class HeatIdentification:
    """How a cell warms, and how well that is known.

    Parameters
    ----------
    heat_capacity, heat_capacity_error : float
        Heat to warm the cell by 1 K, and its standard error. [J/K]
    loss, loss_error : float
        Conductance from the cell to what was around it in this test, and its error. [W/K]
    soc : ndarray, shape (k,)
        Nodes of state of charge. [1]
    entropic, entropic_error : ndarray, shape (k,)
        Change of open-circuit voltage with temperature at the nodes, and its error. [V/K]
    time : ndarray, shape (n,)
        Times of the fit. [s]
    error : ndarray, shape (n,)
        Modelled minus measured temperature. [K]
    rms : float
        Root mean square of `error`. [K]
    """

    heat_capacity: float
    heat_capacity_error: float
    loss: float
    loss_error: float
    soc: Array
    entropic: Array
    entropic_error: Array
    time: Array
    error: Array
    rms: float


def identify_heat(
    test: CellTest,
    temperature: ArrayLike,
    ambient: ArrayLike,
    cell: CellParameters,
    soc: float,
    dt: float = 10.0,
) -> HeatIdentification:
    """Find heat capacity, loss and entropic coefficient of a cell from charges and discharges.

    Parameters
    ----------
    test : CellTest
        Current and voltage; it should reach both ends of the state of charge. [-]
    temperature : array_like, shape (n,)
        Temperature of the cell's surface at the times of `test`. [K]
    ambient : array_like, shape (n,)
        Temperature around it. [K]
    cell : CellParameters
        Its open-circuit voltage and capacity. [-]
    soc : float
        State of charge at the first row. [1]
    dt : float
        Step to which the record is brought. [s]

    Returns
    -------
    found : HeatIdentification
        Heat capacity, loss, entropic coefficient, standard errors and what is left. [-]

    Raises
    ------
    ValueError
        If lengths differ, a figure is not finite, the record is too short, or no heat capacity
        above zero explains it.

    Notes
    -----
    ``C dT/dt = I (U - V) - I T dU/dT - g (T - T_ambient)`` [1]_. For one time constant ``C / g``
    the temperature is linear in the first temperature, in ``1 / g`` and in ``dU/dT / g`` at the
    nodes: linear least squares inside a search over one number [2]_. Charge and discharge tell
    both heats apart, for only the second changes its sign with the current.

    References
    ----------
    .. [1] D. Bernardi, E. Pawlikowski and J. Newman, J. Electrochem. Soc. 132 (1985) 5-12,
           doi:10.1149/1.2113792.
    .. [2] G. H. Golub and V. Pereyra, SIAM J. Numer. Anal. 10 (1973) 413-432.

    Examples
    --------
    A resistor of 10 mOhm with 50 J/K that loses 0.1 W/K, made and found again:

    >>> from packcalc.cell import parameter_set
    >>> leaf = parameter_set("leaf-2013")
    >>> t = np.arange(0.0, 5400.0, 10.0)
    >>> i = np.where(t < 2700, 30.0, -30.0) * (t > 0)
    >>> z = 0.95 - np.cumsum(i * 10.0) / leaf.capacity
    >>> kelvin = 298.15 + 9.0 / 0.1 * (1 - np.exp(-t * 0.1 / 50))
    >>> u = open_circuit_voltage(leaf, z, np.full(t.size, 298.15))
    >>> made = CellTest("made", t, i, u - 0.01 * i, 298.15)
    >>> found = identify_heat(made, kelvin, np.full(t.size, 298.15), leaf, 0.95)
    >>> bool(abs(found.heat_capacity - 50) < 2), bool(abs(found.loss - 0.1) < 0.003)
    (True, True)
    """
    warm, around = np.asarray(temperature, float), np.asarray(ambient, float)
    for name, column in (("temperature", warm), ("ambient", around)):
        if column.shape != test.time.shape:
            raise ValueError(f"{test.name}: {name} has shape {column.shape}, not that of the time")
        if not (np.isfinite(column).all() and column.min() > 0):
            raise ValueError(
                f"{test.name}: {name} is not a finite temperature above 0 K throughout"
            )
    steps = int((test.time[-1] - test.time[0]) / dt)
    if steps < 10 * NODES.size:
        raise ValueError(f"{test.name}: {steps} steps of {dt:g} s are too few to find heat from")
    time = test.time[0] + dt * np.arange(steps)
    ends = np.r_[time, time[-1] + dt]
    drawn: Array = np.asarray(np.interp(ends, test.time, charge_drawn(test)))
    current = np.diff(drawn) / dt
    middle = np.clip(soc - 0.5 * (drawn[1:] + drawn[:-1]) / cell.capacity, 0.0, 1.0)
    at = time + 0.5 * dt
    volts, outside = np.interp(at, test.time, test.voltage), np.interp(at, test.time, around)
    there = np.interp(time, test.time, warm)
    reference = np.full(steps, cell.reference_temperature)
    made = current * (open_circuit_voltage(cell, middle, reference) - volts)
    carried: Array = current * np.interp(at, test.time, warm)
    turned = -carried[:, None] * weights_between(middle, NODES)

    def rows_at(log_tau: float) -> tuple[Array, Array]:
        keep = float(np.exp(-dt / np.exp(log_tau)))
        follow = np.column_stack([outside, made, turned])
        after = lfilter([1 - keep], [1.0, -keep], follow, axis=0)
        before = np.vstack([np.zeros(after.shape[1]), after[:-1]])
        fade = keep ** np.arange(steps)
        return np.column_stack([fade, before[:, 1:]]), there - before[:, 0]

    def misfit(log_tau: float) -> float:
        rows, target = rows_at(log_tau)
        x = np.linalg.lstsq(rows, target, rcond=None)[0]
        return float(np.mean((rows @ x - target) ** 2))

    span = np.log([5 * dt, max(float(time[-1] - time[0]), 50 * dt)])
    best = float(minimize_scalar(misfit, bounds=tuple(span), method="bounded").x)
    rows, target = rows_at(best)
    x = np.linalg.lstsq(rows, target, rcond=None)[0]
    if not x[1] > 0:
        raise ValueError(f"{test.name}: its temperature does not follow the heat of its current")
    error = rows @ x - target
    # Errors of all parameters at once, the time constant with them.
    slope = (rows_at(best + 1e-3)[0] - rows_at(best - 1e-3)[0]) @ x / 2e-3
    slope -= (rows_at(best + 1e-3)[1] - rows_at(best - 1e-3)[1]) / 2e-3
    whole = np.column_stack([rows, slope])
    normal = whole.T @ whole
    normal[np.diag_indices_from(normal)] += 1e-12 * np.diag(normal).max()
    spread = standard_errors(normal, error)
    tau, loss = float(np.exp(best)), 1 / float(x[1])
    relative = float(spread[1]) * loss
    return HeatIdentification(
        heat_capacity=tau * loss,
        heat_capacity_error=tau * loss * float(np.hypot(relative, spread[-1])),
        loss=loss,
        loss_error=loss * relative,
        soc=NODES.copy(),
        entropic=np.asarray(x[2:] * loss, dtype=np.float64),
        entropic_error=np.hypot(spread[2:-1] * loss, x[2:] * loss * relative),
        time=time,
        error=error,
        rms=float(np.sqrt(np.mean(error**2))),
    )
