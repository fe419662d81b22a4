"""Find the circuit of a cell from pulse tests (HPPC), with residuals and confidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from packcalc.cell.fit import OCV_NODES, Fit, charge_drawn, fit_test
from packcalc.cell.parameters import CellParameters
from packcalc.cell.records import CellTest

__all__ = ["Identification", "Residual", "identify"]

Array = NDArray[np.float64]

REGAINED = 0.1  # charge that pulses may give back on the way down, as a part of all that is drawn
UNEXPLAINED = 0.05  # [V] rms that no pulse test of a cell leaves


@dataclass(frozen=True, slots=True, eq=False)
class Residual:
    """What the circuit leaves unexplained of one test.

    Parameters
    ----------
    name : str
        Name of the test. [-]
    temperature : float
        Its temperature. [K]
    soc : ndarray, shape (n,)
        State of charge of each row. [1]
    error : ndarray, shape (n,)
        Modelled minus measured voltage. [V]
    rms, largest : float
        Root mean square of `error`, with the weights of the fit, and its largest magnitude. [V]
    tau1, tau2 : float
        Time constants found. [s]
    """

    name: str
    temperature: float
    soc: Array
    error: Array
    rms: float
    largest: float
    tau1: float
    tau2: float


@dataclass(frozen=True, slots=True, eq=False)
class Identification:
    """A parameter set and how well it is known.

    Parameters
    ----------
    parameters : CellParameters
        The set. [-]
    residuals : tuple of Residual
        One per test, by rising temperature. [-]
    levels : ndarray, shape (k,)
        States of charge at which the circuit was found, by the pulses. [1]
    r0_error, r1_error, r2_error : ndarray, shape (m, k)
        Standard errors at `levels`, with the autocorrelation of the residuals. [Ohm]
    entropic_error : ndarray, shape (k,)
        Standard error of the entropic coefficient at `levels`; NaN below three temperatures. [V/K]
    """

    parameters: CellParameters
    residuals: tuple[Residual, ...]
    levels: Array
    r0_error: Array
    r1_error: Array
    r2_error: Array
    entropic_error: Array


def identify(
    tests: Sequence[CellTest],
    *,
    name: str,
    heat_capacity: float,
    voltage_min: float,
    voltage_max: float,
    relaxed_full_voltage: float | None = None,
    temperature_range: tuple[float, float] | None = None,
    provenance: tuple[str, ...] = (),
    by_time: bool = False,
) -> Identification:
    """Find the equivalent circuit of a cell from pulse tests that start full.

    Parameters
    ----------
    tests : sequence of CellTest
        Each: a full charge, a rest, then discharge pulses down to empty; temperatures differ. [-]
    name : str
        Name of the set. [-]
    heat_capacity : float
        Heat to warm the cell by 1 K, from another measurement. [J/K]
    voltage_min, voltage_max : float
        Limits of use. [V]
    relaxed_full_voltage : float or None
        Voltage of the full cell after hours of rest, if it was measured. [V]
    temperature_range : tuple of float, or None
        Temperatures for which the set may be used; `None`: those of the tests. [K]
    provenance : tuple of str
        Where the tests come from. [-]
    by_time : bool
        Whether every second counts alike in the fit, instead of every row. Testers write pulses
        densely and rests sparsely: by rows the pulses decide, by time the rests and the long
        discharges between. [-]

    Returns
    -------
    found : Identification
        Parameter set, residuals and standard errors. [-]

    Raises
    ------
    ValueError
        If a test has fewer than three pulses, is charged again on its way, or is explained by no
        circuit; if two tests have the same temperature.

    References
    ----------
    .. [1] G. H. Golub and V. Pereyra, "The differentiation of pseudo-inverses and nonlinear least
           squares problems whose variables separate," SIAM J. Numer. Anal. 10 (1973) 413-432:
           voltage is linear in all but the two time constants.
    .. [2] Battery Test Manual For Electric Vehicles, INL/EXT-15-34184 (2015): the HPPC test.

    Examples
    --------
    A cell of 1 mOhm without relaxation is found from its own pulses.

    >>> import numpy as np
    >>> beat = np.r_[np.zeros(60), np.full(60, 10.0), np.zeros(60), np.full(180, 5.0)]
    >>> i = np.r_[0.0, np.tile(beat, 12)]
    >>> q = np.cumsum(i)
    >>> test = CellTest("made", np.arange(i.size) * 1.0, i, 4 - q / q[-1] - 1e-3 * i, 298.15)
    >>> found = identify([test], name="x", heat_capacity=40.0, voltage_min=2.9, voltage_max=4.1)
    >>> bool(abs(found.parameters.r0 - 1e-3).max() < 2e-5)
    True
    """
    ordered = sorted(tests, key=lambda test: test.temperature)
    if not ordered:
        raise ValueError("no test to identify a cell from")
    temperature = np.array([test.temperature for test in ordered])
    if np.any(np.diff(temperature) < 1e-9):
        raise ValueError("two tests have the same temperature; give one per temperature")
    cut = [_from_full(test) for test in ordered]
    capacity = max(float(charge_drawn(test)[-1]) for test in cut)
    reference = int(np.argmin(np.abs(temperature - 298.15)))
    levels = _levels(cut[reference], capacity)
    first = fit_test(cut[reference], 1.0, capacity, levels, relaxed_full_voltage, by_time)
    slope = (first.ocv[-1] - first.ocv[-2]) / (OCV_NODES[-1] - OCV_NODES[-2])
    fits = []
    for k, test in enumerate(cut):
        if k == reference:
            fits.append(first)
            continue
        less = (test.voltage[0] - cut[reference].voltage[0]) / slope
        start = min(1.0 + float(less), 1.0)  # charged in the cold, a cell is not quite full
        fits.append(fit_test(test, start, capacity, levels, relaxed_full_voltage, by_time))
    for fit in fits:
        left = fit.rms
        if left > UNEXPLAINED:
            raise ValueError(
                f"{fit.test.name}: {1e3 * left:.0f} mV rms are explained by no circuit; is "
                "it a pulse test of one cell at one temperature, its sign of current as said?"
            )
    entropic, entropic_error = _entropic(fits, levels)
    low, high = temperature_range or (float(temperature[0]), float(temperature[-1]))
    if low == high:
        low, high = low - 5.0, high + 5.0
    cell = _assemble(fits, levels, capacity, entropic, first.ocv, name, heat_capacity,
                     (voltage_min, voltage_max), (low, high), provenance)  # fmt: skip
    return Identification(
        parameters=cell,
        residuals=tuple(_residual(fit) for fit in fits),
        levels=levels,
        r0_error=np.array([fit.stderr[0] for fit in fits]),
        r1_error=np.array([fit.stderr[1] for fit in fits]),
        r2_error=np.array([fit.stderr[2] for fit in fits]),
        entropic_error=entropic_error,
    )


def _from_full(test: CellTest) -> CellTest:
    """Cut a test to what follows the last rest after its full charge."""
    quiet = 0.005 * float(np.abs(test.current).max())
    full = int(np.argmin(charge_drawn(test)))
    busy = np.flatnonzero(np.abs(test.current[full + 1 :]) > quiet)
    if busy.size == 0:
        raise ValueError(
            f"{test.name}: nothing is drawn after the full charge; is the current's sign right?"
        )
    k = full + int(busy[0])
    drawn = charge_drawn(test)[k:]
    back = np.maximum.accumulate(drawn) - drawn
    if back.max() > REGAINED * (drawn.max() - drawn[0]):
        when = float(test.time[k + int(np.argmax(back > REGAINED * (drawn.max() - drawn[0])))])
        raise ValueError(
            f"{test.name}: it is charged again (at {when:.0f} s); a pulse test goes from full to "
            "empty once"
        )
    return CellTest(
        test.name,
        test.time[k:] - test.time[k],
        np.r_[0.0, test.current[k + 1 :]],
        test.voltage[k:],
        test.temperature,
    )


def _levels(test: CellTest, capacity: float) -> Array:
    """Return the states of charge at which pulses start, with both ends of the range."""
    current, top = test.current, float(test.current.max())
    starts = (current[1:] > 0.5 * top) & (np.abs(current[:-1]) < 0.005 * top)
    soc = 1.0 - charge_drawn(test)[1:][starts] / capacity
    if soc.size < 3:
        raise ValueError(f"{test.name}: {soc.size} discharge pulses after a rest; needs three")
    middle = soc[(soc > 0.04) & (soc < 0.98)]
    return np.unique(np.r_[0.0, 0.03, np.round(middle, 4), 1.0])


def _entropic(fits: list[Fit], levels: Array) -> tuple[Array, Array]:
    """Slope of open-circuit voltage over temperature at the levels that rested."""
    none = np.full(levels.size, np.nan)
    if len(fits) < 2:
        return np.zeros(levels.size), none
    temperature = np.array([fit.test.temperature for fit in fits])
    voltage = np.array([np.interp(levels, OCV_NODES, fit.ocv) for fit in fits])
    away = temperature - temperature.mean()
    slope = away @ voltage / (away @ away)
    # Ends: fullness and emptiness differ by temperature, so the nearest rested level is taken.
    rested = (levels > 0.1) & (levels < 0.99)
    slope = np.interp(levels, levels[rested], slope[rested])
    if len(fits) < 3:
        return slope, none
    left = voltage - voltage.mean(0) - away[:, None] * slope
    error = np.sqrt((left**2).sum(0) / (len(fits) - 2) / (away @ away))
    return slope, np.where(rested, error, np.nan)


def _assemble(
    fits: list[Fit],
    levels: Array,
    capacity: float,
    entropic: Array,
    ocv: Array,
    name: str,
    heat_capacity: float,
    voltages: tuple[float, float],
    temperatures: tuple[float, float],
    provenance: tuple[str, ...],
) -> CellParameters:
    """Put the fits of all temperatures on common nodes."""
    soc = np.unique(np.r_[OCV_NODES, levels].round(6))
    soc = soc[np.r_[True, np.diff(soc) > 1e-4]]
    soc[-1] = 1.0
    on_nodes = [
        np.array([np.interp(soc, levels, fit.circuit[part]) for fit in fits]) for part in range(3)
    ]
    taus = [
        np.repeat(np.array([[fit.tau[part]] for fit in fits]), soc.size, axis=1)
        for part in range(2)
    ]
    rising = np.maximum.accumulate(np.interp(soc, OCV_NODES, ocv) + 1e-9 * np.arange(soc.size))
    tested = np.array([fit.test.temperature for fit in fits])
    notes = [
        *provenance,
        "identified from "
        + ", ".join(f"{fit.test.name} ({fit.test.temperature - 273.15:g} degC)" for fit in fits),
    ]
    if len(fits) == 1:
        notes.append("one temperature only: resistances and voltage taken as not depending on it")
    elif temperatures[0] < tested[0] or temperatures[1] > tested[-1]:
        notes.append(
            f"tests span {tested[0] - 273.15:g} to {tested[-1] - 273.15:g} degC; beyond, up to "
            f"{temperatures[0] - 273.15:g} and {temperatures[1] - 273.15:g} degC, the Arrhenius "
            "line of the outer two is carried on and was not measured"
        )
    strip = np.r_[True, np.diff(rising) > 0]
    return CellParameters(
        name=name,
        capacity=capacity,
        soc=soc[strip],
        temperature=tested,
        ocv=rising[strip],
        entropic=np.interp(soc, levels, entropic)[strip],
        r0=on_nodes[0][:, strip],
        r1=on_nodes[1][:, strip],
        tau1=taus[0][:, strip],
        r2=on_nodes[2][:, strip],
        tau2=taus[1][:, strip],
        heat_capacity=heat_capacity,
        voltage_min=voltages[0],
        voltage_max=voltages[1],
        temperature_min=temperatures[0],
        temperature_max=temperatures[1],
        current_discharge_max=max(float(fit.test.current.max()) for fit in fits),
        current_charge_max=max(max(float(-fit.test.current.min()), 1e-9) for fit in fits),
        provenance=tuple(notes),
    )


def _residual(fit: Fit) -> Residual:
    return Residual(
        name=fit.test.name,
        temperature=fit.test.temperature,
        soc=fit.soc,
        error=fit.error,
        rms=fit.rms,
        largest=float(np.abs(fit.error).max()),
        tau1=float(fit.tau[0]),
        tau2=float(fit.tau[1]),
    )
