"""What a BPX file (Battery Parameter eXchange) says that an equivalent circuit can use."""

from __future__ import annotations

import ast
import json
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from packcalc.cell.parameters import CellParameters

__all__ = ["BpxCell", "parameters_from_bpx", "read_bpx"]

Array = NDArray[np.float64]
SOC = np.linspace(0.0, 1.0, 201)

_BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_CALLS: dict[str, Callable[[Any], Any]] = {
    "exp": np.exp,
    "tanh": np.tanh,
    "cosh": np.cosh,
    "sinh": np.sinh,
    "log": np.log,
    "sqrt": np.sqrt,
    "sin": np.sin,
    "cos": np.cos,
}


@dataclass(frozen=True, slots=True, eq=False)
class BpxCell:
    """The part of a BPX file that an equivalent circuit can use, and what was left.

    Parameters
    ----------
    title : str
        Title of the file. [-]
    capacity : float
        Nominal capacity. [A s]
    voltage_min, voltage_max : float
        Cut-off voltages. [V]
    reference_temperature : float
        Temperature of the open-circuit voltage. [K]
    heat_capacity : float or None
        Of the whole cell, if the file has heat capacity, density and volume. [J/K]
    soc : ndarray, shape (n,)
        States of charge, by the electrodes' stoichiometries. [1]
    ocv, entropic : ndarray, shape (n,)
        Open-circuit voltage and its change with temperature. [V, V/K]
    dropped : tuple of str
        Fields that an equivalent circuit cannot use. [-]
    """

    title: str
    capacity: float
    voltage_min: float
    voltage_max: float
    reference_temperature: float
    heat_capacity: float | None
    soc: Array
    ocv: Array
    entropic: Array
    dropped: tuple[str, ...]


def _number(table: dict[str, Any], key: str, where: str) -> float:
    value = table.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
        raise ValueError(f"{where}: {key!r} = {value!r} is not a number")
    return float(value)


def _evaluate(node: ast.AST, x: Array, where: str) -> Any:
    """Evaluate the arithmetic of a BPX function: numbers, x, + - * / **, and a few functions."""
    if isinstance(node, ast.Expression):
        return _evaluate(node.body, x, where)
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return node.value
    if isinstance(node, ast.Name) and node.id == "x":
        return x
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        sides = _evaluate(node.left, x, where), _evaluate(node.right, x, where)
        return _BINARY[type(node.op)](*sides)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        value = _evaluate(node.operand, x, where)
        return -value if isinstance(node.op, ast.USub) else value
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in _CALLS
        and len(node.args) == 1
        and not node.keywords
    ):
        return _CALLS[node.func.id](_evaluate(node.args[0], x, where))
    raise ValueError(f"{where}: {ast.unparse(node)!r} is no arithmetic that BPX allows")


def _function(value: object, x: Array, where: str) -> Array:
    """Read a BPX quantity: a number, a formula of x, or a table of x and y."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return np.full(x.size, float(value))
    if isinstance(value, str):
        try:
            tree = ast.parse(value.strip(), mode="eval")
        except SyntaxError as error:
            raise ValueError(f"{where}: {value[:60]!r} is not a formula") from error
        found: Array = np.broadcast_to(np.asarray(_evaluate(tree, x, where), float), x.shape)
        return found
    if isinstance(value, dict) and {"x", "y"} <= set(value):
        nodes, values = np.asarray(value["x"], float), np.asarray(value["y"], float)
        if nodes.shape != values.shape or nodes.size < 2 or np.any(np.diff(nodes) <= 0):
            raise ValueError(f"{where}: x and y need the same length and x must rise")
        return np.asarray(np.interp(x, nodes, values))
    raise ValueError(f"{where}: {value!r} is neither number, formula nor table")


_USED_CELL = (
    "Nominal cell capacity [A.h]",
    "Lower voltage cut-off [V]",
    "Upper voltage cut-off [V]",
    "Reference temperature [K]",
    "Specific heat capacity [J.K-1.kg-1]",
    "Density [kg.m-3]",
    "Volume [m3]",
)
_USED_ELECTRODE = (
    "Minimum stoichiometry",
    "Maximum stoichiometry",
    "OCP [V]",
    "Entropic change coefficient [V.K-1]",
)


def read_bpx(text: str) -> BpxCell:
    """Read what a BPX file says of open-circuit voltage, capacity and heat.

    BPX describes electrochemistry (particles, porous electrodes); it has no resistance of a cell
    and no time constants. Those must come from a test.

    Parameters
    ----------
    text : str
        The JSON text of the file. [-]

    Returns
    -------
    cell : BpxCell
        What can be used, and the names of what was dropped. [-]

    Raises
    ------
    ValueError
        If the file is not BPX, or a field that is needed is missing or no number; it is named.

    References
    ----------
    BPX standard 0.1 to 0.4, Faraday Institution, https://bpxstandard.com.

    Examples
    --------
    >>> electrode = {"Minimum stoichiometry": 0.1, "Maximum stoichiometry": 0.9}
    >>> cell = {"Nominal cell capacity [A.h]": 5, "Lower voltage cut-off [V]": 2.5,
    ...         "Upper voltage cut-off [V]": 4.2, "Electrode area [m2]": 0.1}
    >>> found = read_bpx(json.dumps({"Header": {"Title": "made"}, "Parameterisation": {
    ...     "Cell": cell, "Negative electrode": {**electrode, "OCP [V]": "0.3 - 0.2*x"},
    ...     "Positive electrode": {**electrode, "OCP [V]": "4.4 - 0.9*x"}}}))
    >>> found.ocv[[0, -1]].round(3).tolist(), found.dropped
    ([3.31, 4.19], ('Cell: Electrode area [m2]',))
    """
    try:
        whole = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: line {error.lineno}: {error.msg}") from error
    body = whole.get("Parameterisation") if isinstance(whole, dict) else None
    if not isinstance(body, dict):
        raise ValueError("not BPX: there is no 'Parameterisation'")
    parts = {}
    for name in ("Cell", "Negative electrode", "Positive electrode"):
        if not isinstance(body.get(name), dict):
            raise ValueError(f"not BPX: 'Parameterisation' has no {name!r}")
        parts[name] = body[name]
    cell = parts["Cell"]
    sides, slopes = {}, {}
    for name, rising in (("Negative electrode", True), ("Positive electrode", False)):
        table = parts[name]
        if "Particle" in table:
            raise ValueError(f"{name}: blended electrodes have no single stoichiometry")
        low = _number(table, "Minimum stoichiometry", name)
        high = _number(table, "Maximum stoichiometry", name)
        x = low + SOC * (high - low) if rising else high - SOC * (high - low)
        sides[name] = _function(table.get("OCP [V]"), x, f"{name}: 'OCP [V]'")
        key = "Entropic change coefficient [V.K-1]"
        slopes[name] = _function(table.get(key, 0.0), x, f"{name}: {key!r}")
    heat = [cell.get(key) for key in _USED_CELL[4:]]
    heat_capacity = float(np.prod([_number(cell, key, "Cell") for key in _USED_CELL[4:]])) if all(
        value is not None for value in heat
    ) else None  # fmt: skip
    dropped = [f"Cell: {key}" for key in cell if key not in _USED_CELL]
    for name in ("Negative electrode", "Positive electrode"):
        dropped += [f"{name}: {key}" for key in parts[name] if key not in _USED_ELECTRODE]
    dropped += [f"{name} (whole section)" for name in body if name not in parts]
    return BpxCell(
        title=str(whole.get("Header", {}).get("Title", "untitled")),
        capacity=3600 * _number(cell, "Nominal cell capacity [A.h]", "Cell"),
        voltage_min=_number(cell, "Lower voltage cut-off [V]", "Cell"),
        voltage_max=_number(cell, "Upper voltage cut-off [V]", "Cell"),
        reference_temperature=float(cell.get("Reference temperature [K]", 298.15)),
        heat_capacity=heat_capacity,
        soc=SOC,
        ocv=sides["Positive electrode"] - sides["Negative electrode"],
        entropic=slopes["Positive electrode"] - slopes["Negative electrode"],
        dropped=tuple(dropped),
    )


def parameters_from_bpx(
    cell: BpxCell,
    resistance: float,
    *,
    heat_capacity: float | None = None,
    current_max: float,
    temperature_range: tuple[float, float] = (288.15, 308.15),
) -> CellParameters:
    """Make a parameter set of a BPX cell and a resistance measured elsewhere.

    Parameters
    ----------
    cell : BpxCell
        What the BPX file says. [-]
    resistance : float
        DC resistance of the cell; it stands for the whole circuit, at all states. [Ohm]
    heat_capacity : float or None
        Of the cell, if the file does not say. [J/K]
    current_max : float
        Largest current for which the resistance was measured. [A]
    temperature_range : tuple of float
        Temperatures for which that resistance may be used. [K]

    Returns
    -------
    parameters : CellParameters
        One resistor; the RC pairs are as good as absent. [-]

    Raises
    ------
    ValueError
        If the heat capacity is known from nowhere, or the set cannot be used.

    Derivation
    ----------
    Open-circuit voltage is the difference of the electrodes' potentials at one state of charge.

    Examples
    --------
    >>> found = BpxCell("made", 18000.0, 2.5, 4.2, 298.15, 70.0, SOC, 3.0 + SOC, 0 * SOC, ())
    >>> parameters_from_bpx(found, 0.02, current_max=10.0).r0.max()
    np.float64(0.02)
    """
    heat = cell.heat_capacity if heat_capacity is None else heat_capacity
    if heat is None:
        raise ValueError(f"{cell.title}: the BPX file has no heat capacity of the cell; give it")
    shape = (1, cell.soc.size)
    return CellParameters(
        name=cell.title,
        capacity=cell.capacity,
        soc=cell.soc,
        temperature=np.array([cell.reference_temperature]),
        ocv=cell.ocv,
        entropic=cell.entropic,
        r0=np.full(shape, resistance),
        r1=np.full(shape, 1e-9),
        tau1=np.full(shape, 1.0),
        r2=np.full(shape, 1e-9),
        tau2=np.full(shape, 100.0),
        heat_capacity=heat,
        voltage_min=cell.voltage_min,
        voltage_max=cell.voltage_max,
        temperature_min=temperature_range[0],
        temperature_max=temperature_range[1],
        current_discharge_max=current_max,
        current_charge_max=current_max,
        reference_temperature=cell.reference_temperature,
        provenance=(
            f"open-circuit voltage, capacity, limits from BPX: {cell.title}",
            f"one resistance of {resistance:g} Ohm from the caller; no relaxation, no dependence",
            f"dropped: {len(cell.dropped)} fields of BPX that an equivalent circuit cannot use",
        ),
    )
