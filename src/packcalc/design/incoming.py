"""Limits at incoming inspection and at matching: what a cell must be to enter a pack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from packcalc.design.cell import SPREAD_OF_TYPICAL, CellSpec, dc_resistance
from packcalc.design.limit import Limit

__all__ = ["incoming_limits", "matching_limits"]

Stated = Mapping[str, tuple[float | None, float | None]]


def incoming_limits(
    cell: CellSpec, resistance_kind: str = "ac", stated: Stated | None = None
) -> tuple[Limit, ...]:
    """Derive the limits of capacity, open-circuit voltage and resistance of a delivered cell.

    Parameters
    ----------
    cell : CellSpec
        The cell as new. [-]
    resistance_kind : str
        ac (1 kHz) or dc: which of the two the lot file holds. They are never compared. [-]
    stated : mapping of str to tuple, or None
        Limits that the program states itself, by code: (low, high); they replace the sheet's,
        as retired cells need. [SI]

    Returns
    -------
    limits : tuple of Limit
        cell_capacity, cell_ocv, and cell_ac_ir or cell_dc_resistance; the last is left out when
        neither the sheet nor the program gives a figure. [-]

    Raises
    ------
    ValueError
        If the kind is unknown, or a limit is stated for a code that is not of incoming inspection.

    Derivation
    ----------
    A new cell has at least the capacity and at most the resistance of its sheet. Where the sheet
    gives a typical resistance only, a quarter more is allowed, and the reason says so. The
    voltage as delivered is the sheet's; where it is silent, a cell outside its own window is
    broken, and no more can be said.

    Examples
    --------
    >>> cell = CellSpec("x", "NMC", "pouch", 75600.0, 3.68, 4.2, 2.7, dc_resistance=0.00273)
    >>> limits = incoming_limits(cell, "dc", {"cell_capacity": (72000.0, None)})
    >>> [(x.code, x.low, x.high and round(x.high, 5)) for x in limits][::2]
    [('cell_capacity', 72000.0, None), ('cell_dc_resistance', None, 0.00341)]
    """
    if resistance_kind not in ("ac", "dc"):
        raise ValueError(f"resistance_kind {resistance_kind!r}: allowed are ac, dc")
    stated = stated or {}
    limits = [
        Limit(
            "cell_capacity",
            "incoming",
            "capacity of a cell",
            "A s",
            low=cell.capacity,
            target=cell.capacity,
            reason="capacity that the sheet warrants",
        ),
        _ocv(cell),
    ]
    resistance = _ac(cell) if resistance_kind == "ac" else _dc(cell)
    code = "cell_ac_ir" if resistance_kind == "ac" else "cell_dc_resistance"
    if resistance is None and code in stated:
        words = "AC resistance at 1 kHz" if resistance_kind == "ac" else "DC resistance"
        resistance = Limit(code, "incoming", f"{words} of a cell", "Ohm", *stated[code])
    if resistance is not None:
        limits.append(resistance)
    known = {limit.code for limit in limits}
    if foreign := stated.keys() - known:
        raise ValueError(f"no incoming limit is called {', '.join(sorted(foreign))}")
    return tuple(_replaced(limit, stated) for limit in limits)


def _replaced(limit: Limit, stated: Stated) -> Limit:
    if limit.code not in stated:
        return limit
    low, high = stated[limit.code]
    return replace(
        limit, low=low, high=high, target=None, reason="stated by the program for these cells"
    )


def _ocv(cell: CellSpec) -> Limit:
    low, high = cell.shipping_voltage_min, cell.shipping_voltage_max
    if low is None and high is None:
        reason = "the sheet states no voltage at delivery: outside its own window a cell is broken"
    else:
        reason = "voltage at delivery stated by the sheet"
    return Limit(
        "cell_ocv",
        "incoming",
        "open-circuit voltage of a cell",
        "V",
        low=cell.cutoff_voltage if low is None else low,
        high=cell.charge_voltage if high is None else high,
        reason=reason,
    )


def _ac(cell: CellSpec) -> Limit | None:
    if cell.ac_resistance_max is not None:
        high, reason = cell.ac_resistance_max, "largest AC resistance that the sheet allows"
    elif cell.ac_resistance is not None:
        high = SPREAD_OF_TYPICAL * cell.ac_resistance
        reason = "the sheet states a typical AC resistance only: 25 % more is allowed"
    else:
        return None
    return Limit(
        "cell_ac_ir",
        "incoming",
        "AC resistance at 1 kHz of a cell",
        "Ohm",
        high=high,
        target=cell.ac_resistance,
        reason=reason,
    )


def _dc(cell: CellSpec) -> Limit | None:
    if cell.dc_resistance is None and cell.dc_resistance_max is None:
        return None
    if cell.dc_resistance_max is not None:
        high, reason = cell.dc_resistance_max, "largest DC resistance that the sheet states"
    else:
        assert cell.dc_resistance is not None
        high = SPREAD_OF_TYPICAL * cell.dc_resistance
        reason = "the sheet states a typical DC resistance only: 25 % more is allowed"
    return Limit(
        "cell_dc_resistance",
        "incoming",
        "DC resistance of a cell",
        "Ohm",
        high=high,
        target=cell.dc_resistance,
        reason=reason,
    )


def matching_limits(
    cell: CellSpec,
    capacity_spread: float = 0.02,
    resistance_spread: float = 0.10,
    ocv_spread: float = 0.020,
) -> tuple[Limit, ...]:
    """Derive the limits of a pack's groups before they are joined.

    Parameters
    ----------
    cell : CellSpec
        The cell. [-]
    capacity_spread : float
        (Largest - smallest) / mean of the groups' capacities. [1]
    resistance_spread : float
        Largest deviation of a cell from the mean of its group. [1]
    ocv_spread : float
        Customary difference of voltages that are joined. [V]

    Returns
    -------
    limits : tuple of Limit
        group_capacity_spread, group_ocv_spread, group_resistance_spread. [-]

    Derivation
    ----------
    Two cells that are joined at a difference dV start with a current dV / 2R; it must stay below
    the charge current that the sheet allows, and the difference below what is customary for
    rested cells (5 to 20 mV). The capacity spread of 2 % is the mission's; the resistance spread
    is a share, because milliohms mean nothing across cell sizes.

    Examples
    --------
    >>> cell = CellSpec("x", "NMC", "pouch", 75600.0, 3.7, 4.2, 2.7, dc_resistance=0.0004,
    ...     charge_current=21.0)
    >>> [(x.code, round(x.high, 6)) for x in matching_limits(cell)][1]
    ('group_ocv_spread', 0.0168)
    """
    known = dc_resistance(cell)
    high, reason = ocv_spread, f"customary for rested cells, {ocv_spread * 1000:g} mV"
    if known is not None and cell.charge_current is not None:
        balanced = 2 * known[0] * cell.charge_current
        if balanced < high:
            high = balanced
            reason = "the equalising current dV/2R stays below the charge current of the sheet"
    return (
        Limit(
            "group_capacity_spread",
            "matching",
            "spread of group capacities, (largest - smallest) / mean",
            "1",
            high=capacity_spread,
            reason="parallel groups of a string end together",
        ),
        Limit(
            "group_ocv_spread",
            "matching",
            "spread of open-circuit voltages in a group at joining",
            "V",
            high=high,
            reason=reason,
        ),
        Limit(
            "group_resistance_spread",
            "matching",
            "worst deviation of a cell's resistance from its group's mean",
            "1",
            high=resistance_spread,
            reason="parallel cells share current by their resistance",
        ),
    )
