"""Fit one pulse test: the time constants by a search, everything else by least squares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import lsq_linear, minimize
from scipy.signal import lfilter

from packcalc.cell.records import CellTest

Array = NDArray[np.float64]

# Relaxation after a full charge goes on for hours, far beyond the two RC pairs: the rests of the
# Leaf cell fall from 4.191 to 4.172 V in 4.6 h. What is left of it when a test starts is fitted
# with this time constant, so that it does not pass for open-circuit voltage.
SLOW_RELAXATION = 5400.0
# Weight of curvature against the squared residuals: of open-circuit voltage, and of resistances.
# For the latter 0.1, 0.4 and 2 were tried; 0.4 is the middle way: residuals of 1 mV, and the 1C
# and 2C discharges of the Leaf cell, no part of the fit, within 7 and 9 mV rms above 10 % of
# charge.
SMOOTH_OCV, SMOOTH_CIRCUIT = 3e-4, 0.4
LONGEST_ROW = 60.0  # [s] a row stands for no more than this; longer gaps were not recorded
LEVEL_DISTANCE = 0.1  # where pulses are closer, resistances may bend more
OCV_NODES = np.r_[0, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, np.arange(0.1, 1.0001, 0.02)]


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """One test, fitted: nodes and their values."""

    test: CellTest
    soc: Array
    ocv: Array
    circuit: Array  # (3, k)
    tau: Array  # (2,)
    stderr: Array  # (3, k)
    error: Array
    rms: float  # of the rows, each with its weight


def charge_drawn(test: CellTest) -> Array:
    """Charge drawn since the first row; a row's current flowed since the row before. [A s]"""
    drawn: Array = np.cumsum(np.r_[0.0, test.current[1:] * np.diff(test.time)])
    return drawn


def weights_between(x: Array, nodes: Array) -> Array:
    """Weights of linear interpolation between nodes, one row per x."""
    k = np.clip(np.searchsorted(nodes, x) - 1, 0, nodes.size - 2)
    weight = np.clip((x - nodes[k]) / (nodes[k + 1] - nodes[k]), 0.0, 1.0)
    rows, row = np.zeros((x.size, nodes.size)), np.arange(x.size)
    rows[row, k], rows[row, k + 1] = 1 - weight, weight
    return rows


def _relaxed(drive: Array, dt: Array, tau: float) -> Array:
    """Voltage of an RC pair of 1 Ohm under `drive`, exact for steps of constant current."""
    out, state = np.zeros_like(drive), np.zeros((1, drive.shape[1]))
    edges = np.flatnonzero(np.diff(dt)) + 1
    for part in np.split(np.arange(1, dt.size), edges[edges > 1] - 1):
        if part.size == 0:
            continue
        decay = float(np.exp(-dt[part[0]] / tau))
        out[part], state = lfilter([1 - decay], [1.0, -decay], drive[part], axis=0, zi=state)
    return out


def _curvature(nodes: Array) -> Array:
    """Second differences between uneven nodes."""
    h = np.diff(nodes)
    rows = np.zeros((nodes.size - 2, nodes.size))
    for k in range(nodes.size - 2):
        span = h[k] + h[k + 1]
        rows[k, k : k + 3] = 2 / (h[k] * span), -2 / (h[k] * h[k + 1]), 2 / (h[k + 1] * span)
    return rows


def weights_of_rows(test: CellTest, by_time: bool) -> Array:
    """Weights with a mean of one: every row alike, or every second alike."""
    if not by_time:
        return np.ones(test.time.size)
    lasted = np.clip(np.diff(test.time, prepend=test.time[0]), 0.0, LONGEST_ROW)
    return np.asarray(lasted * (lasted.size / lasted.sum()))


def fit_test(
    test: CellTest,
    start: float,
    capacity: float,
    levels: Array,
    full_voltage: float | None,
    by_time: bool = False,
) -> Fit:
    """Fit one test: time constants outside, everything linear inside."""
    weight = weights_of_rows(test, by_time)
    soc = start - charge_drawn(test) / capacity
    dt = np.round(np.diff(test.time, prepend=test.time[0]), 3)
    source, resist = weights_between(soc, OCV_NODES), weights_between(soc, levels)
    drive = resist * test.current[:, None]
    n, k = OCV_NODES.size, levels.size
    slow = np.exp(-test.time / SLOW_RELAXATION)[:, None] * float(full_voltage is not None)
    penalty = np.zeros((n + 3 * k + 1, n + 3 * k + 1))
    bend = SMOOTH_OCV * _curvature(OCV_NODES)
    penalty[:n, :n] = bend.T @ bend
    wide = (levels[2:] - levels[:-2]) / (2 * LEVEL_DISTANCE)
    bend = SMOOTH_CIRCUIT * wide[:, None] ** 2 * _curvature(levels)
    for part in range(3):
        at = n + part * k
        penalty[at : at + k, at : at + k] = bend.T @ bend
    target = np.zeros(n + 3 * k + 1)
    if full_voltage is not None:
        penalty[n - 1, n - 1] += 1e6
        target[n - 1] = 1e6 * full_voltage
    penalty[-1, -1] += 1e-6 + 1e6 * (full_voltage is None)

    still = np.hstack([source, -drive, slow])  # what the time constants leave alone
    fixed, moving = np.r_[0 : n + k, n + 3 * k], np.arange(n + k, n + 3 * k)
    weighted = (still * weight[:, None]).T
    base, wanted = penalty, target
    base[np.ix_(fixed, fixed)] += weighted @ still
    wanted[fixed] += weighted @ test.voltage

    def normal(log_tau: Array) -> tuple[Array, Array, Array]:
        pairs = np.hstack([-_relaxed(drive, dt, float(tau)) for tau in np.exp(log_tau)])
        own = (pairs * weight[:, None]).T
        matrix, right = base.copy(), wanted.copy()
        cross = weighted @ pairs
        matrix[np.ix_(fixed, moving)] += cross
        matrix[np.ix_(moving, fixed)] += cross.T
        matrix[np.ix_(moving, moving)] += own @ pairs
        right[moving] += own @ test.voltage
        matrix[np.diag_indices_from(matrix)] += 1e-12 * matrix.trace() / len(matrix)
        return pairs, matrix, right

    def left_over(pairs: Array, x: Array) -> Array:
        return np.asarray(still @ x[fixed] + pairs @ x[moving] - test.voltage)

    def misfit(log_tau: Array) -> float:
        if not 0 < log_tau[0] < log_tau[1] < 10:
            return 1e3
        pairs, matrix, right = normal(log_tau)
        error = left_over(pairs, np.asarray(np.linalg.solve(matrix, right), dtype=np.float64))
        return float(np.sqrt(np.mean(weight * error**2)))

    found = minimize(
        misfit,
        np.log([20.0, 300.0]),
        method="Nelder-Mead",
        options={"maxiter": 60, "xatol": 0.01, "fatol": 1e-7},
    )
    pairs, matrix, right = normal(found.x)
    lower = np.r_[np.full(n, -np.inf), np.full(3 * k, 1e-7), -np.inf]
    factor = np.linalg.cholesky(matrix)
    x = lsq_linear(factor.T, np.linalg.solve(factor, right), bounds=(lower, np.inf)).x
    error = left_over(pairs, x)
    return Fit(
        test=test,
        soc=soc,
        ocv=x[:n],
        circuit=x[n:-1].reshape(3, k),
        tau=np.exp(found.x),
        stderr=standard_errors(matrix, error, weight)[n:-1].reshape(3, k),
        error=error,
        rms=float(np.sqrt(np.mean(weight * error**2))),
    )


def standard_errors(matrix: Array, error: Array, weight: Array | float = 1.0) -> Array:
    """Standard errors, with fewer independent rows where residuals follow each other."""
    rho = float(np.corrcoef(error[1:], error[:-1])[0, 1]) if np.ptp(error) > 0 else 0.0
    rho = min(max(rho, 0.0), 0.999)
    inflate = np.mean(weight * error**2) * (1 + rho) / (1 - rho)
    return np.asarray(np.sqrt(inflate * np.diag(np.linalg.inv(matrix))))
