"""The fuse that protects a pack's conductors, and the short circuit that it has to interrupt."""

from __future__ import annotations

from dataclasses import dataclass

from packcalc.design.cell import CellSpec

__all__ = ["RATINGS", "FusePlan", "short_circuit_current", "size_fuse"]

# Preferred current ratings of fuse-links, IEC 60269-1, 5.3.1 (R10 series).
RATINGS = (
    *(2, 4, 6, 8, 10, 12, 16, 20, 25, 32, 40, 50, 63, 80, 100, 125, 160, 200, 250, 315),
    *(400, 500, 630, 800, 1000, 1250),
)


@dataclass(frozen=True, slots=True)
class FusePlan:
    """What the fuse has to be.

    Parameters
    ----------
    rating : float
        Rated current. [A]
    voltage : float
        Rated DC voltage, at least. [V]
    prospective_current : float or None
        Current of a short at the terminals; `None` if the cell's resistance is not stated. [A]
    interrupt_rating : float or None
        Breaking capacity at that voltage, at least. [A]
    pulse_energy : float or None
        I^2 t of one peak. [A^2 s]
    melting_energy : float or None
        Nominal melting I^2 t, at least, so that a hundred thousand peaks do not age it. [A^2 s]
    reason : str
        How the rating was found. [-]
    """

    rating: float
    voltage: float
    prospective_current: float | None
    interrupt_rating: float | None
    pulse_energy: float | None
    melting_energy: float | None
    reason: str


def short_circuit_current(
    cell: CellSpec, series: int, parallel: int, interconnect: float
) -> float | None:
    """Return the prospective short-circuit current at the terminals of a full pack.

    Parameters
    ----------
    cell : CellSpec
        The cell. [-]
    series, parallel : int
        Groups in series, cells in a group. [1]
    interconnect : float
        Resistance of joints and links, the least one expects. [Ohm]

    Returns
    -------
    current : float or None
        Open-circuit voltage over all resistance; `None` if no resistance is stated. [A]

    Derivation
    ----------
    Ohm's law with the smallest resistance that the sheet states, which is that at 1 kHz: in the
    first milliseconds of a short no diffusion slows the cell, so this is the safe side.

    Examples
    --------
    >>> cell = CellSpec("x", "NMC", "cylindrical", 18e3, 3.6, 4.2, 2.5, ac_resistance=0.015)
    >>> round(short_circuit_current(cell, 13, 4, 0.004))
    1035
    """
    stated = [
        r
        for r in (cell.ac_resistance, cell.dc_resistance, cell.ac_resistance_max)
        if r is not None
    ]
    if not stated:
        return None
    return series * cell.charge_voltage / (series * min(stated) / parallel + interconnect)


def size_fuse(
    cell: CellSpec,
    series: int,
    parallel: int,
    continuous_current: float,
    interconnect: float,
    peak_current: float | None = None,
    peak_duration: float | None = None,
    continuous_factor: float = 0.75,
    interrupt_margin: float = 1.25,
) -> FusePlan:
    """Choose the rating, voltage and interrupt rating of a pack's main fuse.

    Parameters
    ----------
    cell : CellSpec
        The cell. [-]
    series, parallel : int
        Groups in series, cells in a group. [1]
    continuous_current : float
        Current that flows without end. [A]
    interconnect : float
        Resistance of joints and links. [Ohm]
    peak_current, peak_duration : float or None
        A repeated pulse that must not age the fuse. [A, s]
    continuous_factor : float
        Share of its rating at which a fuse is run. [1]
    interrupt_margin : float
        Interrupt rating over the prospective current. [1]

    Returns
    -------
    plan : FusePlan
        Least ratings to look for in a maker's table. [-]

    Raises
    ------
    ValueError
        If no preferred rating is large enough, or a number is not above zero.

    Notes
    -----
    Ratings are found on an open bench; in an enclosure a fuse is run below them [1]_, customarily
    at 75 %. Its breaking capacity is the largest current it can break at rated voltage [1]_, so
    it must exceed the prospective current. The I^2 t of a pulse may be 22 % of the melting I^2 t
    for 100,000 pulses [1]_. The voltage rating covers full charge.

    References
    ----------
    .. [1] Littelfuse, "Fuseology," in Fuse Mounting Accessories, 2017, terms and considerations,
           and chart 2 (pulse cycle withstand capability).

    Examples
    --------
    >>> cell = CellSpec("x", "NMC", "cylindrical", 18e3, 3.6, 4.2, 2.5, ac_resistance=0.015)
    >>> plan = size_fuse(cell, 13, 4, 30.0, 0.004, 60.0, 10.0)
    >>> plan.rating, round(plan.interrupt_rating), round(plan.melting_energy)
    (40.0, 1294, 163636)
    """
    if min(continuous_current, continuous_factor, interrupt_margin) <= 0 or interconnect < 0:
        raise ValueError("currents, factors and resistance must be above zero")
    need = continuous_current / continuous_factor
    rating = next((r for r in RATINGS if r >= need * (1 - 1e-12)), None)
    if rating is None:
        raise ValueError(f"{need:g} A is above the largest preferred rating of {RATINGS[-1]} A")
    prospective = short_circuit_current(cell, series, parallel, interconnect)
    pulse = None
    if peak_current is not None and peak_duration is not None:
        pulse = peak_current**2 * peak_duration
    return FusePlan(
        rating=float(rating),
        voltage=series * cell.charge_voltage,
        prospective_current=prospective,
        interrupt_rating=None if prospective is None else interrupt_margin * prospective,
        pulse_energy=pulse,
        melting_energy=None if pulse is None else pulse / 0.22,
        reason=f"{continuous_current:g} A over {continuous_factor:g}, next preferred rating",
    )
