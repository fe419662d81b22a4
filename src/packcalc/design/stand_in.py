"""A circuit that stands in for a cell nobody has identified: its sheet and a published curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from packcalc.cell.parameters import CellParameters
from packcalc.design.cell import CellSpec, dc_resistance

__all__ = ["CURVES", "OpenCircuitCurve", "stand_in_circuit"]

Array = NDArray[np.float64]

SPECIFIC_HEAT = 820.0  # [J/(kg K)]
SPECIFIC_HEAT_SOURCE = (
    "heat capacity: 820 J/(kg K) times the sheet's mass, an 18650 NCA cell at 25 degC (K. A. "
    "Murashko 2020); a 12.5 Ah NMC pouch in the BPX examples has 913"
)
NODES = 101
NOTHING = 1e-9  # Ohm; an RC pair that does nothing
BEYOND = 0.05  # how far the curve may be carried on to a sheet's voltage, as a part of its charge


@dataclass(frozen=True, slots=True)
class OpenCircuitCurve:
    """Two electrodes against each other.

    Parameters
    ----------
    negative_empty, negative_full : float
        Lithium in the negative electrode at 0 and 100 %. [1]
    positive_empty, positive_full : float
        Lithium in the positive electrode at 0 and 100 %. [1]
    positive : str
        Which positive electrode: "nmc811" or "lfp". [-]
    source : str
        Where it was published. [-]
    """

    negative_empty: float
    negative_full: float
    positive_empty: float
    positive_full: float
    positive: str
    source: str

    def voltage(self, charge: Array) -> Array:
        """Voltage at a state of charge; 0 and 1 are the ends of the published cell. [V]"""
        x = self.negative_empty + charge * (self.negative_full - self.negative_empty)
        y = self.positive_empty + charge * (self.positive_full - self.positive_empty)
        return _POSITIVE[self.positive](y) - _graphite(x)


def _graphite(x: Array) -> Array:
    """Graphite with a little silicon oxide against lithium. [V]"""
    return np.asarray(
        1.9793 * np.exp(-39.3631 * x)
        + 0.2482
        - 0.0909 * np.tanh(29.8538 * (x - 0.1234))
        - 0.04478 * np.tanh(14.9159 * (x - 0.2769))
        - 0.0205 * np.tanh(30.4444 * (x - 0.6103))
    )


def _nmc811(y: Array) -> Array:
    """LiNi0.8Mn0.1Co0.1O2 against lithium. [V]"""
    return np.asarray(
        -0.8090 * y
        + 4.4875
        - 0.0428 * np.tanh(18.5138 * (y - 0.5542))
        - 17.7326 * np.tanh(15.7890 * (y - 0.3117))
        + 17.5842 * np.tanh(15.9308 * (y - 0.3120))
    )


def _lfp(y: Array) -> Array:
    """LiFePO4 against lithium. [V]"""
    return np.asarray(3.4077 - 0.020269 * y + 0.5 * np.exp(-150 * y) - 0.9 * np.exp(-30 * (1 - y)))


_POSITIVE = {"nmc811": _nmc811, "lfp": _lfp}
_CHEN = "C.-H. Chen et al., J. Electrochem. Soc. 167 (2020) 080534 (LG M50: NMC811, graphite-SiOx)"
_M50 = OpenCircuitCurve(0.0279, 29866 / 33133, 0.9084, 17038 / 63104, "nmc811", _CHEN)

# Chemistry -> the curve of one published cell of it; the others have none, and are not simulated.
CURVES: dict[str, OpenCircuitCurve] = {
    "NMC": _M50,
    "NCA": OpenCircuitCurve(
        0.0279,
        29866 / 33133,
        0.9084,
        17038 / 63104,
        "nmc811",
        f"{_CHEN}; a nickel-rich stand-in, its positive electrode is not NCA",
    ),
    # The lithium given up by the positive electrode per that of the negative follows from the
    # thicknesses, volume fractions and concentrations that PyBaMM states for Prada 2013.
    "LFP": OpenCircuitCurve(
        0.017594,
        0.81,
        0.661043,
        0.0038,
        "lfp",
        "S. Afshar, K. Morris, A. Khajepour, arXiv:1709.03970 (LFP) against the graphite of "
        f"{_CHEN}; balanced as an A123 2.3 Ah cell (E. Prada et al., J. Electrochem. Soc. 160 "
        "(2013) A616) between 2.0 and 3.6 V",
    ),
}


def stand_in_circuit(cell: CellSpec) -> CellParameters:
    """Return a circuit made of a cell's sheet and a published open-circuit curve.

    Parameters
    ----------
    cell : CellSpec
        The cell. [-]

    Returns
    -------
    circuit : CellParameters
        The circuit; `provenance` says what is the sheet's and what is not. [-]

    Raises
    ------
    ValueError
        If there is no curve for the chemistry, the curve does not reach the sheet's voltages, or
        the sheet states neither resistance nor mass.

    References
    ----------
    The curves' sources are in `CURVES`.

    Notes
    -----
    The curve is cut to the sheet's voltages and stretched to its capacity. All of the sheet's DC
    resistance is in one resistor that depends on nothing: what builds up over minutes is not in
    it, so energy at high rates comes out too high and sag after minutes too small. A circuit
    that was identified from the cell's own pulse tests replaces it.

    Examples
    --------
    >>> size = {"mass": 0.069, "dc_resistance": 0.030}
    >>> cell = CellSpec("x", "NMC", "cylindrical", 18e3, 3.63, 4.2, 2.5, **size)
    >>> circuit = stand_in_circuit(cell)
    >>> circuit.capacity, round(circuit.heat_capacity, 2), round(float(circuit.ocv[50]), 2)
    (18000.0, 56.58, 3.71)
    """
    curve = CURVES.get(cell.chemistry)
    if curve is None:
        known = ", ".join(sorted(CURVES))
        raise ValueError(f"no open-circuit curve for {cell.chemistry}; there are: {known}")
    known_resistance = dc_resistance(cell)
    if known_resistance is None or cell.mass is None:
        lacking = "resistance" if known_resistance is None else "mass"
        raise ValueError(f"the sheet of {cell.code} states no {lacking}")
    charge = _part_between(curve, cell)
    soc = np.linspace(0.0, 1.0, NODES)
    ocv = curve.voltage(charge[0] + soc * (charge[1] - charge[0]))
    resistance, _, basis = known_resistance
    flat = np.ones((1, NODES))
    low = cell.discharge_temperature_min or 263.15
    return CellParameters(
        name=f"{cell.code} (stand-in)",
        provenance=(
            f"open-circuit voltage: {curve.source}, cut to {cell.cutoff_voltage:g} to "
            f"{cell.charge_voltage:g} V and stretched to the sheet's capacity",
            f"resistance: {basis.partition(',')[0]}, at every state of charge and temperature",
            "no relaxation: what builds up over minutes is left out",
            SPECIFIC_HEAT_SOURCE,
            "no entropic heat",
        ),
        capacity=cell.capacity,
        soc=soc,
        temperature=np.array([298.15]),
        ocv=ocv,
        entropic=np.zeros(NODES),
        r0=resistance * flat,
        r1=NOTHING * flat,
        tau1=10.0 * flat,
        r2=NOTHING * flat,
        tau2=100.0 * flat,
        heat_capacity=SPECIFIC_HEAT * cell.mass,
        voltage_min=cell.cutoff_voltage,
        voltage_max=cell.charge_voltage,
        temperature_min=min(low, 298.15),
        temperature_max=373.15,
        current_discharge_max=cell.peak_current or cell.continuous_current or cell.capacity / 3600,
        current_charge_max=cell.charge_current or cell.capacity / 7200,
    )


def _part_between(curve: OpenCircuitCurve, cell: CellSpec) -> tuple[float, float]:
    """Return the part of the curve between a sheet's voltages, in the curve's own charge."""
    charge = np.linspace(-BEYOND, 1 + BEYOND, 2201)
    voltage = curve.voltage(charge)
    if not voltage[0] <= cell.cutoff_voltage < cell.charge_voltage <= voltage[-1]:
        raise ValueError(
            f"{cell.code}: the curve of {cell.chemistry} reaches from {voltage[0]:.2f} to "
            f"{voltage[-1]:.2f} V, not from {cell.cutoff_voltage:g} to {cell.charge_voltage:g}"
        )
    low, high = np.interp([cell.cutoff_voltage, cell.charge_voltage], voltage, charge)
    return float(low), float(high)
