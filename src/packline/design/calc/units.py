"""How SI values are shown and stored: one unit per quantity, six digits."""

from __future__ import annotations

__all__ = ["ROOT", "as_shown", "shown_unit"]

ROOT = {  # unit code -> (SI = (shown + offset) * factor)
    "V": (1.0, 0.0),
    "mV": (1e-3, 0.0),
    "mV/d": (1e-3 / 86400, 0.0),
    "A": (1.0, 0.0),
    "mA": (1e-3, 0.0),
    "A2.s": (1.0, 0.0),
    "Ah": (3600.0, 0.0),
    "Wh": (3600.0, 0.0),
    "W": (1.0, 0.0),
    "J": (1.0, 0.0),
    "mOhm": (1e-3, 0.0),
    "kOhm": (1e3, 0.0),
    "kg": (1.0, 0.0),
    "l": (1e-3, 0.0),
    "mm": (1e-3, 0.0),
    "mm2": (1e-6, 0.0),
    "degC": (1.0, 273.15),
    "K": (1.0, 0.0),
    "N.m": (1.0, 0.0),
    "Pa/s": (1.0, 0.0),
    "s": (1.0, 0.0),
    "h": (3600.0, 0.0),
    "%": (0.01, 0.0),
    "1": (1.0, 0.0),
}
_SHOWN = {  # SI unit -> unit code in which figures of a design are shown
    "J": "Wh",
    "A s": "Ah",
    "m^3": "l",
    "m": "mm",
    "K": "degC",
    "Ohm": "mOhm",
}


def shown_unit(si_unit: str) -> str:
    """Return the unit code in which a figure of this SI unit is shown."""
    return _SHOWN.get(si_unit, si_unit)


def as_shown(value: float | None, unit_code: str) -> float | None:
    """Express an SI value in a unit code, to six digits: no figure of a design is better."""
    if value is None:
        return None
    factor, offset = ROOT[unit_code]
    return float(f"{value / factor - offset:.6g}")
