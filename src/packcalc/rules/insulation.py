"""Distances that insulate: clearance through air and creepage over a surface (IEC 60664-1)."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["clearance_distance", "creepage_distance", "rated_impulse_voltage"]

MATERIAL_GROUPS = ("I", "II", "III")
REINFORCED = 2.0  # creepage of reinforced insulation: twice that of basic insulation (5.3.5)


@cache
def _tables() -> dict[str, Any]:
    file = resources.files("packcalc.rules") / "iec60664.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _table(name: str, on: date) -> dict[str, Any]:
    """Give a table on a day; before its first day there is no answer."""
    tables = _tables()
    if on < tables["from"]:
        raise ValueError(f"{tables['title']}: on {on} these figures did not hold yet")
    found: dict[str, Any] = tables[name]
    return found


def _next(what: str, asked: float, steps: list[float]) -> int:
    """Index of the first step that is not below what is asked."""
    if not asked > 0:
        raise ValueError(f"{what} {asked:g} is not above zero")
    for k, step in enumerate(steps):
        if asked <= step * (1 + 1e-12):
            return k
    raise ValueError(f"{what} {asked:g} is above {steps[-1]:g}, where the table ends")


def _one_of(what: str, value: object, allowed: tuple[object, ...]) -> None:
    if value not in allowed:
        raise ValueError(f"{what} {value!r}: allowed are {', '.join(map(str, allowed))}")


def creepage_distance(
    voltage: float,
    *,
    pollution_degree: int,
    material_group: str,
    on: date,
    reinforced: bool = False,
) -> float:
    """Return the least creepage distance over an insulating surface.

    Parameters
    ----------
    voltage : float
        Working voltage, r.m.s. or DC: that of the full pack. [V]
    pollution_degree : int
        1: sealed or potted; 2: inside an enclosure; 3: where dust may get damp. [1]
    material_group : str
        By its tracking index: I (600 and more), II (400), III (100). FR-4 is III. [-]
    on : date
        Day for which the answer holds. [-]
    reinforced : bool
        Twice the distance of basic insulation. [-]

    Returns
    -------
    distance : float
        Least distance; the next step of voltage is taken, not a value in between. [m]

    Raises
    ------
    ValueError
        Outside of the table, or before its first day.

    References
    ----------
    IEC 60664-1, table F.5 (F.4 in 2007), and the public sources in `iec60664.toml`.

    Examples
    --------
    Fourteen groups of 4.2 V on FR-4 in an enclosure:

    >>> creepage_distance(58.8, pollution_degree=2, material_group="III", on=date(2026, 1, 1))
    0.00125
    """
    _one_of("pollution degree", pollution_degree, (1, 2, 3))
    _one_of("material group", material_group, MATERIAL_GROUPS)
    table = _table("creepage", on)
    k = _next("voltage [V]", voltage, table["voltage"])
    basic = float(table[f"degree_{pollution_degree}_group_{material_group}"][k])
    return (REINFORCED if reinforced else 1.0) * basic / 1000


def rated_impulse_voltage(voltage: float, category: int, on: date) -> float:
    """Return the impulse that insulation towards a supply has to withstand.

    Parameters
    ----------
    voltage : float
        Voltage from line to neutral of the supply, or of the DC system. [V]
    category : int
        Overvoltage category, 1 to 4; 2 for what is plugged in, 3 for fixed installations. [1]
    on : date
        Day for which the answer holds. [-]

    Returns
    -------
    impulse : float
        Rated impulse voltage. [V]

    Raises
    ------
    ValueError
        Outside of the table, or before its first day.

    References
    ----------
    IEC 60664-1, table F.1, and the public source in `iec60664.toml`.

    Examples
    --------
    >>> rated_impulse_voltage(230.0, 2, date(2026, 1, 1))
    2500.0
    """
    _one_of("overvoltage category", category, (1, 2, 3, 4))
    table = _table("impulse", on)
    return float(
        table[f"category_{category}"][_next("voltage [V]", voltage, table["line_voltage"])]
    )


def clearance_distance(
    impulse: float,
    *,
    pollution_degree: int,
    on: date,
    altitude: float = 2000.0,
    reinforced: bool = False,
) -> float:
    """Return the least clearance through air.

    Parameters
    ----------
    impulse : float
        Impulse voltage to withstand, from `rated_impulse_voltage`. [V]
    pollution_degree : int
        1, 2 or 3. [1]
    on : date
        Day for which the answer holds. [-]
    altitude : float
        Height above the sea; thin air insulates less. [m]
    reinforced : bool
        The next step of impulse voltage is taken. [-]

    Returns
    -------
    distance : float
        Least distance in an inhomogeneous field. [m]

    Raises
    ------
    ValueError
        Outside of the tables, or before their first day.

    References
    ----------
    IEC 60664-1, tables F.2 and A.2; reinforced insulation: 5.2.5; and the public sources in
    `iec60664.toml`.

    Examples
    --------
    >>> clearance_distance(2500.0, pollution_degree=2, on=date(2026, 1, 1))
    0.0015
    """
    _one_of("pollution degree", pollution_degree, (1, 2, 3))
    table = _table("clearance", on)
    steps = table["impulse_voltage"]
    asked = impulse
    if reinforced:
        preferred = sorted(set(_table("impulse", on)["category_4"]) | {330, 500, 800})
        k = _next("impulse [V]", impulse, preferred)
        if k + 1 == len(preferred):
            raise ValueError(f"impulse {impulse:g} V has no next step for reinforced insulation")
        asked = preferred[k + 1]
    basic = float(table[f"degree_{pollution_degree}"][_next("impulse [V]", asked, steps)])
    heights = _table("altitude", on)
    factor = 1.0
    if altitude > 0:
        factor = float(heights["factor"][_next("altitude [m]", altitude, heights["metres"])])
    return basic * factor / 1000
