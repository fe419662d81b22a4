"""Units in which the virtual gauges can show a reading, and which quantity each of them measures.

A handful of factors, because a gauge knows its own scales; programs and files, which may say any
unit, are read with pint elsewhere.
"""

from __future__ import annotations

__all__ = ["shown"]

_SCALES: dict[str, tuple[str, float]] = {
    "1": ("number", 1.0),
    "%": ("number", 1e-2),
    "ppm": ("number", 1e-6),
    "V": ("voltage", 1.0),
    "mV": ("voltage", 1e-3),
    "A": ("current", 1.0),
    "mA": ("current", 1e-3),
    "uA": ("current", 1e-6),
    "Ohm": ("resistance", 1.0),
    "uOhm": ("resistance", 1e-6),
    "mOhm": ("resistance", 1e-3),
    "kOhm": ("resistance", 1e3),
    "MOhm": ("resistance", 1e6),
    "Ah": ("charge", 3600.0),
    "mAh": ("charge", 3.6),
    "J": ("energy", 1.0),
    "N.m": ("torque", 1.0),
    "cN.m": ("torque", 1e-2),
    "Pa/s": ("leak rate", 1.0),
    "mbar/min": ("leak rate", 100 / 60),
    "s": ("time", 1.0),
    "min": ("time", 60.0),
    "h": ("time", 3600.0),
    "d": ("time", 86400.0),
    "mV/d": ("voltage drift", 1e-3 / 86400),
    "mV/h": ("voltage drift", 1e-3 / 3600),
    "K": ("temperature difference", 1.0),
    "kg": ("mass", 1.0),
    "g": ("mass", 1e-3),
}


def shown(value: float, unit: str, wanted: str) -> float:
    """Return a value given in `unit` as a gauge shows it in `wanted`.

    Raises
    ------
    ValueError
        If a unit is unknown, or the two measure different quantities.
    """
    if unit == wanted:
        return value
    for name in (unit, wanted):
        if name not in _SCALES:
            raise ValueError(f"no virtual gauge shows {name!r}; known: {', '.join(_SCALES)}")
    (quantity, factor), (other, divisor) = _SCALES[unit], _SCALES[wanted]
    if quantity != other:
        raise ValueError(f"{unit} ({quantity}) cannot be shown in {wanted} ({other})")
    return value * factor / divisor
