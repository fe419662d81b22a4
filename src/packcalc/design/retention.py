"""What is left of a cell after its life, by a published law of ageing where one was tested."""

from __future__ import annotations

from packcalc.cell.ageing import age_nmc_schmalstieg, fade_lfp_wang
from packcalc.design.cell import CellSpec

__all__ = ["retention_after"]

AGED_AT = 308.15  # K, the coolest at which both laws of ageing were tested
DAY = 86400.0


def retention_after(cell: CellSpec, cycles: float | None) -> tuple[float | None, str]:
    """Return the capacity left after full cycles, one a day at 35 degC, where a law was tested.

    Parameters
    ----------
    cell : CellSpec
        The cell. [-]
    cycles : float or None
        How many; `None`: nobody asked. [1]

    Returns
    -------
    retention : float or None
        Capacity left over that when new. [1]
    why : str
        Which law it is, or why nothing can be said. [-]

    References
    ----------
    J. Schmalstieg et al., J. Power Sources 257 (2014) 325-334 (NMC); J. Wang et al., J. Power
    Sources 196 (2011) 3942-3948 (LFP). Each is a law of the cell that was tested.

    Examples
    --------
    >>> cell = CellSpec("x", "LFP", "prismatic", 360e3, 3.2, 3.65, 2.5)
    >>> left, why = retention_after(cell, 1000)
    >>> round(left, 3), why.split(":")[0]
    (0.901, 'retention')
    """
    if cycles is None:
        return None, "no cycle life is asked for, so no retention is worked out"
    try:
        if cell.chemistry == "LFP":
            left = fade_lfp_wang(cycles * cell.capacity, AGED_AT, 0.5, cell.capacity)
            law = "Wang 2011, an LFP 26650 cell, C/2"
        elif cell.chemistry == "NMC":
            throughput = 2 * cycles * cell.capacity
            left, _ = age_nmc_schmalstieg(
                cycles * DAY, AGED_AT, 3.7, throughput, 3.7, 1.0, cell.capacity
            )
            law = "Schmalstieg 2014, an NMC 18650 cell"
        else:
            return None, f"retention: no published law of ageing for {cell.chemistry} is on file"
    except ValueError as error:
        return None, f"retention: {error}"
    if not 0 < left <= 1:
        return None, f"retention: {law} gives {left:.2f}, beyond what it was tested for"
    return left, f"retention: {law}, one full cycle a day at 35 degC; another cell differs"
