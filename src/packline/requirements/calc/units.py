"""Units of measure: which there are, what they measure, and conversion to coherent SI by pint."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import lru_cache
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pint

__all__ = [
    "UnitProblem",
    "convert",
    "from_si",
    "is_offset",
    "same_dimension",
    "suggest_units",
    "to_si",
]

_FACTOR = r"(?:[A-Za-zµμΩ°_]+|%)(?:(?:\^|\*\*)-?[1-9])?"
_WRITTEN = re.compile(rf"(?:1|{_FACTOR})(?:(?: *[*/.·] *| +){_FACTOR})*")
_EXAMPLES = {
    "V": ("V", "mV"),
    "A": ("A", "mA", "uA"),
    "Wh": ("Wh", "kWh", "J"),
    "Ah": ("Ah", "mAh"),
    "W": ("W", "kW"),
    "Ohm": ("Ohm", "mOhm", "kOhm", "MOhm"),
    "degC": ("degC", "K", "degF"),
    "s": ("s", "ms", "min", "h", "d", "a"),
    "kg": ("kg", "g", "lb"),
    "m": ("mm", "cm", "m", "in"),
    "l": ("l", "cm^3", "m^3"),
    "1": ("1", "%", "ppm"),
    "1/h": ("1/h", "1/min"),
    "V/s": ("mV/d", "mV/h"),
    "m/s^2": ("m/s^2", "g_n"),
    "Wh/kg": ("Wh/kg",),
    "N.m": ("N.m",),
    "Pa/s": ("Pa/s",),
    "K/W": ("K/W",),
}


class UnitProblem(ValueError):
    """A unit that does not exist, cannot be read, or measures something else."""


@lru_cache(maxsize=1)
def _registry() -> pint.UnitRegistry[Any]:
    """Make the one registry on first use: pint takes a third of a second to import."""
    import pint

    return pint.UnitRegistry(
        str(Path(__file__).with_name("units.txt")), autoconvert_offset_to_baseunit=False
    )


def _spelled(unit: str) -> str:
    """Write dot, middle dot and space ("N.m", "A s") as a product."""
    return re.sub(r" *([*/.·]| ) *", _product, unit)


def _product(sign: re.Match[str]) -> str:
    return "/" if sign[1] == "/" else "*"


@lru_cache(maxsize=512)
def _parsed(unit: str) -> pint.Unit:
    import pint

    if len(unit) > 40 or not _WRITTEN.fullmatch(unit):
        raise UnitProblem(f"{unit!r} is not a unit")
    try:
        parsed = _registry().parse_units(_spelled(unit))
        _registry().Quantity(1.0, parsed).to_root_units()
    except (pint.PintError, ValueError) as error:
        raise UnitProblem(f"{unit!r} is not a unit") from error
    return parsed


@lru_cache(maxsize=512)
def is_offset(unit: str) -> bool:
    """Say whether zero in this unit is not zero in SI, as in degrees Celsius."""
    return bool(_registry().Quantity(0.0, _parsed(unit)).to_root_units().magnitude != 0.0)


def same_dimension(unit: str, other: str) -> bool:
    """Say whether two units measure the same dimension.

    Raises
    ------
    UnitProblem
        If one of them is not a unit.
    """
    return bool(_parsed(unit).dimensionality == _parsed(other).dimensionality)


def to_si(value: float, unit: str) -> float:
    """Express a value in the coherent SI unit of its dimension (V, A s, J, K, m^3, 1, ...).

    Temperatures in degC and degF are taken as points on the scale, not as differences.

    Raises
    ------
    UnitProblem
        If the unit cannot be read, or the value is not finite in SI.
    """
    converted = float(_registry().Quantity(float(value), _parsed(unit)).to_root_units().magnitude)
    if not isfinite(converted):
        raise UnitProblem(f"{value} {unit} is not a finite number")
    return converted


def from_si(value: float, unit: str) -> float:
    """Express a value given in coherent SI in `unit`; the inverse of `to_si`."""
    parsed = _parsed(unit)
    root = _registry().Quantity(1.0, parsed).to_root_units().units
    return float(_registry().Quantity(float(value), root).to(parsed).magnitude)


def convert(value: float, unit: str, to: str) -> float:
    """Convert between two units of the same dimension.

    Raises
    ------
    UnitProblem
        If one cannot be read, or they measure different things.
    """
    if unit == to:
        return float(value)
    if not same_dimension(unit, to):
        raise UnitProblem(f"{unit} cannot be expressed in {to}")
    return from_si(to_si(value, unit), to)


def suggest_units(canonical: str, written: str = "") -> tuple[str, ...]:
    """Return units in which a quantity may be written, the likely one first."""
    examples = _EXAMPLES.get(canonical, (canonical,))
    near = get_close_matches(written, examples, n=1, cutoff=0.3)
    return (*near, *(e for e in examples if e not in near))
