"""What the joints and links between the cells add to a pack's resistance."""

from __future__ import annotations

from packcalc.design.cell import CellSpec, dc_resistance
from packcalc.design.targets import DesignRules

__all__ = ["interconnect_resistance", "joint_resistance", "link_resistance"]


def joint_resistance(cell: CellSpec, rules: DesignRules) -> tuple[float, float]:
    """Return the expected and the largest resistance of one joint between cell and conductor.

    Parameters
    ----------
    cell : CellSpec
        The cell. [-]
    rules : DesignRules
        Share of the cell's resistance, floor, ceiling and spread. [-]

    Returns
    -------
    expected, largest : float
        Resistance of one joint. [Ohm]

    Derivation
    ----------
    Parallel cells share current by their resistance with that of their joints. A joint worth one
    percent of the cell, and never more than twice that, keeps the share of a cell within a few
    percent; below the floor neither process nor gauge can tell joints apart, above the ceiling a
    joint is cold, whatever the cell.

    Examples
    --------
    >>> cell = CellSpec("x", "NMC", "cylindrical", 18e3, 3.6, 4.2, 2.5, dc_resistance=0.025)
    >>> joint_resistance(cell, DesignRules())
    (0.0002, 0.0004)
    """
    known = dc_resistance(cell)
    expected = rules.joint_ceiling if known is None else rules.joint_share * known[0]
    expected = min(max(expected, rules.joint_floor), rules.joint_ceiling)
    return expected, rules.joint_spread * expected


def link_resistance(cell: CellSpec, parallel: int, rules: DesignRules) -> float:
    """Return the largest resistance that the conductor between two groups may have.

    Parameters
    ----------
    cell : CellSpec
        The cell. [-]
    parallel : int
        Cells in a group. [1]
    rules : DesignRules
        Share of the group's resistance and floor. [-]

    Returns
    -------
    resistance : float
        Resistance of one link. [Ohm]

    Derivation
    ----------
    The link may cost `link_share` of what the group itself loses.

    Examples
    --------
    >>> cell = CellSpec("x", "NMC", "cylindrical", 18e3, 3.6, 4.2, 2.5, dc_resistance=0.025)
    >>> link_resistance(cell, 4, DesignRules())
    0.000125
    """
    known = dc_resistance(cell)
    if known is None:
        return rules.joint_ceiling
    return max(rules.link_share * known[0] / parallel, rules.link_floor)


def interconnect_resistance(
    cell: CellSpec, series: int, parallel: int, rules: DesignRules
) -> float:
    """Return the resistance that joints and links put in series with the cells of a pack.

    Parameters
    ----------
    cell : CellSpec
        The cell. [-]
    series, parallel : int
        Groups in series, cells in a group. [1]
    rules : DesignRules
        How good joints and links are. [-]

    Returns
    -------
    resistance : float
        With every joint at the largest value that may be passed. [Ohm]

    Derivation
    ----------
    Each of `series` groups has two joints per cell, `parallel` cells side by side; `series + 1`
    links connect the groups with each other and with the terminals.

    Examples
    --------
    >>> cell = CellSpec("x", "NMC", "cylindrical", 18e3, 3.6, 4.2, 2.5, dc_resistance=0.025)
    >>> round(interconnect_resistance(cell, 13, 4, DesignRules()) * 1000, 3)
    4.35
    """
    _, joint = joint_resistance(cell, rules)
    links = (series + 1) * link_resistance(cell, parallel, rules)
    return series * 2 * joint / parallel + links
