"""Parameter sets as TOML files: those that ship with the program, and those of a caller."""

from __future__ import annotations

import tomllib
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from packcalc.cell.parameters import CellParameters

__all__ = ["SHIPPED", "parameter_set", "read_parameters", "write_parameters"]

_SCALARS = (
    "capacity",
    "heat_capacity",
    "voltage_min",
    "voltage_max",
    "temperature_min",
    "temperature_max",
    "current_discharge_max",
    "current_charge_max",
    "reference_temperature",
    "coulombic_efficiency",
    "self_discharge",
)
_LINES = ("soc", "temperature", "ocv", "entropic")
_SURFACES = ("r0", "r1", "tau1", "r2", "tau2")
_UNITS = {
    "capacity": "A s",
    "heat_capacity": "J/K",
    "voltage_min": "V",
    "voltage_max": "V",
    "temperature_min": "K",
    "temperature_max": "K",
    "current_discharge_max": "A",
    "current_charge_max": "A",
    "reference_temperature": "K",
    "coulombic_efficiency": "1",
    "self_discharge": "1/s",
    "soc": "1",
    "temperature": "K",
    "ocv": "V",
    "entropic": "V/K",
    "r0": "Ohm",
    "r1": "Ohm",
    "tau1": "s",
    "r2": "Ohm",
    "tau2": "s",
}


_FOLDER = resources.files("packcalc.cell") / "library"

# Names of the parameter sets that ship with the program.
SHIPPED: tuple[str, ...] = tuple(
    sorted(item.name[:-5] for item in _FOLDER.iterdir() if item.name.endswith(".toml"))
)


def parameter_set(name: str) -> CellParameters:
    """Return a parameter set that ships with the program.

    Parameters
    ----------
    name : str
        Name of the set. [-]

    Returns
    -------
    cell : CellParameters
        The set. [-]

    Raises
    ------
    ValueError
        If there is none of that name.

    References
    ----------
    Each set names its own sources in its `provenance`.

    Examples
    --------
    >>> parameter_set("leaf-2013").name
    'leaf-2013'
    """
    if name not in SHIPPED:
        raise ValueError(f"no parameter set {name!r}; there are: {', '.join(SHIPPED)}")
    return read_parameters((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def read_parameters(text: str) -> CellParameters:
    """Read a parameter set from TOML.

    Parameters
    ----------
    text : str
        The file's text. [-]

    Returns
    -------
    cell : CellParameters
        The set. [-]

    Raises
    ------
    ValueError
        If a field is missing, unknown, no number, or the set cannot be used.

    References
    ----------
    TOML 1.0.0, https://toml.io/en/v1.0.0.

    Examples
    --------
    >>> again = read_parameters(write_parameters(parameter_set("leaf-2013")))
    >>> bool((again.r0 == parameter_set("leaf-2013").r0).all())
    True
    """
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"not TOML: {error}") from error
    known = {"name", "provenance", *_UNITS}
    optional = {"reference_temperature", "coulombic_efficiency", "self_discharge"}
    unknown, missing = sorted(set(found) - known), sorted(known - optional - set(found))
    if unknown or missing:
        parts = [f"unknown field {key!r}" for key in unknown]
        parts += [f"field {key!r} [{_UNITS.get(key, '-')}] is missing" for key in missing]
        raise ValueError("; ".join(parts))
    values: dict[str, float] = {}
    for key in _SCALARS:
        if key in found:
            if isinstance(found[key], bool) or not isinstance(found[key], int | float):
                raise ValueError(f"{key} = {found[key]!r} is not a number [{_UNITS[key]}]")
            values[key] = float(found[key])
    tables: dict[str, NDArray[np.float64]] = {}
    for key in (*_LINES, *_SURFACES):
        try:
            tables[key] = np.array(found[key], dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{key} is not a table of numbers [{_UNITS[key]}]") from error
    if not isinstance(found["name"], str) or not isinstance(found["provenance"], list):
        raise ValueError("name must be a text and provenance a list of texts")
    return _build(found["name"], tuple(str(line) for line in found["provenance"]), tables, values)


def _build(
    name: str,
    provenance: tuple[str, ...],
    tables: dict[str, NDArray[np.float64]],
    values: dict[str, float],
) -> CellParameters:
    return CellParameters(
        name=name,
        provenance=provenance,
        capacity=values["capacity"],
        heat_capacity=values["heat_capacity"],
        voltage_min=values["voltage_min"],
        voltage_max=values["voltage_max"],
        temperature_min=values["temperature_min"],
        temperature_max=values["temperature_max"],
        current_discharge_max=values["current_discharge_max"],
        current_charge_max=values["current_charge_max"],
        reference_temperature=values.get("reference_temperature", 298.15),
        coulombic_efficiency=values.get("coulombic_efficiency", 1.0),
        self_discharge=values.get("self_discharge", 0.0),
        soc=tables["soc"],
        temperature=tables["temperature"],
        ocv=tables["ocv"],
        entropic=tables["entropic"],
        r0=tables["r0"],
        r1=tables["r1"],
        tau1=tables["tau1"],
        r2=tables["r2"],
        tau2=tables["tau2"],
    )


def write_parameters(cell: CellParameters) -> str:
    """Write a parameter set as TOML.

    Parameters
    ----------
    cell : CellParameters
        The set. [-]

    Returns
    -------
    text : str
        TOML that `read_parameters` reads back to the same numbers. [-]

    References
    ----------
    TOML 1.0.0, https://toml.io/en/v1.0.0.

    Examples
    --------
    >>> write_parameters(parameter_set("leaf-2013")).splitlines()[0]
    'name = "leaf-2013"'
    """
    lines = [f"name = {_quoted(cell.name)}", "provenance = ["]
    lines += [f"  {_quoted(line)}," for line in cell.provenance]
    lines += ["]", ""]
    lines += [f"{key} = {getattr(cell, key)!r}  # [{_UNITS[key]}]" for key in _SCALARS]
    for key in _LINES:
        lines += ["", f"# [{_UNITS[key]}]", f"{key} = {_row(getattr(cell, key))}"]
    for key in _SURFACES:
        lines += ["", f"# [{_UNITS[key]}], one row per temperature", f"{key} = ["]
        lines += [f"  {_row(row)}," for row in getattr(cell, key)] + ["]"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'


def _row(row: NDArray[np.float64]) -> str:
    return "[" + ", ".join(repr(float(x)) for x in row) + "]"
