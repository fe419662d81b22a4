"""The circuit of a cell as even tables, the form in which a simulation reads it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from packcalc.cell.parameters import CellParameters, circuit_at, open_circuit_voltage

__all__ = ["Tables", "tabulate"]

Array = NDArray[np.float64]

# Rows of `Tables.circuit`.
R0, R1, R2, DECAY1, DECAY2, MEAN1, MEAN2 = range(7)
ROWS = 7


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """Even tables of one cell for one length of step.

    Parameters
    ----------
    dt : float
        Length of a step. [s]
    soc_low, soc_step : float
        First node of state of charge and distance of nodes. [1]
    temperature_low, temperature_step : float
        First node of temperature and distance of nodes. [K]
    source : ndarray, shape (n, 2)
        Open-circuit voltage and entropic coefficient. [V, V/K]
    circuit : ndarray, shape (7, m, n)
        R0, R1, R2, then for each RC pair what is left of its voltage after a step, then its mean
        over the step (both for no current, as a ratio of the voltage before). [Ohm, 1]
    """

    dt: float
    soc_low: float
    soc_step: float
    temperature_low: float
    temperature_step: float
    source: Array
    circuit: Array


def tabulate(
    cell: CellParameters, dt: float, soc_nodes: int = 401, temperature_step: float = 2.5
) -> Tables:
    """Lay a cell out as even tables for a step of constant current.

    Parameters
    ----------
    cell : CellParameters
        The cell. [-]
    dt : float
        Length of a step. [s]
    soc_nodes : int
        Nodes of state of charge. [1]
    temperature_step : float
        Largest distance of nodes of temperature. [K]

    Returns
    -------
    tables : Tables
        The tables. [-]

    Raises
    ------
    ValueError
        If `dt` is not positive or there are fewer than two nodes.

    Derivation
    ----------
    Under constant current `i` the voltage of an RC pair is exactly
    ``v(t) = R i + (v0 - R i) exp(-t/tau)``; after a step ``exp(-dt/tau)`` of the difference is
    left, and its mean over the step is ``(1 - exp(-dt/tau)) tau / dt`` of it.

    Examples
    --------
    >>> from packcalc.cell import parameter_set
    >>> tables = tabulate(parameter_set("leaf-2013"), 10.0)
    >>> tables.source.shape, len(tables.circuit)
    ((401, 2), 7)
    """
    if not (np.isfinite(dt) and dt > 0):
        raise ValueError(f"step of {dt:g} s is not above zero")
    if soc_nodes < 2:
        raise ValueError(f"{soc_nodes} nodes of state of charge are fewer than two")
    soc = np.linspace(cell.soc_min, cell.soc_max, soc_nodes)
    span = cell.temperature_max - cell.temperature_min
    rows = max(int(np.ceil(span / temperature_step)), 1) + 1
    temperature = np.linspace(cell.temperature_min, cell.temperature_max, rows)
    grid_t, grid_soc = np.meshgrid(temperature, soc, indexing="ij")
    r0, r1, tau1, r2, tau2 = circuit_at(cell, grid_soc, grid_t)
    circuit = np.zeros((ROWS, rows, soc_nodes))
    circuit[R0], circuit[R1], circuit[R2] = r0, r1, r2
    for tau, decay, mean in ((tau1, DECAY1, MEAN1), (tau2, DECAY2, MEAN2)):
        circuit[decay] = np.exp(-dt / tau)
        circuit[mean] = -np.expm1(-dt / tau) * tau / dt
    reference = np.full(soc_nodes, cell.reference_temperature)
    voltage = open_circuit_voltage(cell, soc, reference)
    source = np.column_stack([voltage, np.interp(soc, cell.soc, cell.entropic)])
    return Tables(
        dt=float(dt),
        soc_low=cell.soc_min,
        soc_step=float(soc[1] - soc[0]),
        temperature_low=cell.temperature_min,
        temperature_step=float(temperature[1] - temperature[0]),
        source=source,
        circuit=circuit,
    )
