"""Overall equipment effectiveness, with the waterfall of the time it loses."""

from __future__ import annotations

from dataclasses import dataclass

from packcalc.stats.no_data import NoData

__all__ = ["Oee", "TimeLoss", "oee"]


@dataclass(frozen=True, slots=True)
class TimeLoss:
    """One step of the waterfall: what it takes, and what is left after it."""

    name: str
    lost: float
    left: float


@dataclass(frozen=True, slots=True)
class Oee:
    """Overall equipment effectiveness and its factors.

    A factor whose base is zero is no data, and so is the product. `performance` above 1 says
    that the ideal cycle is stated too long; it is not capped.
    """

    availability: float | NoData
    performance: float | NoData
    quality: float | NoData
    oee: float | NoData
    good: int
    waterfall: tuple[TimeLoss, ...]
    convention: str


def oee(
    *,
    shift: float,
    planned_stops: float,
    unplanned_stops: float,
    ideal_cycle: float,
    total: int,
    rejects: int,
) -> Oee:
    """Compute overall equipment effectiveness of a shift.

    Parameters
    ----------
    shift : float
        Length of the shift. [s]
    planned_stops : float
        Breaks and planned stops, which do not count as lost. [s]
    unplanned_stops : float
        Stops of planned production time. [s]
    ideal_cycle : float
        Time for one piece at ideal speed. [s]
    total : int
        Pieces made, good and bad. [1]
    rejects : int
        Pieces that were not good the first time. [1]

    Returns
    -------
    Oee
        Availability, performance, quality, their product, and the time waterfall. [1]

    Raises
    ------
    ValueError
        If a time or count is negative, or the parts exceed their whole.

    References
    ----------
    .. [1] ISO 22400-2:2014, Key performance indicators for manufacturing operations management.
    .. [2] S. Nakajima, Introduction to TPM, Productivity Press, 1988.

    Examples
    --------
    >>> found = oee(shift=480 * 60, planned_stops=60 * 60, unplanned_stops=47 * 60,
    ...             ideal_cycle=1.0, total=19271, rejects=423)
    >>> round(found.availability, 4), round(found.performance, 4), round(found.oee, 4)
    (0.8881, 0.8611, 0.7479)
    """
    if min(shift, planned_stops, unplanned_stops, ideal_cycle, total, rejects) < 0:
        raise ValueError("times and counts cannot be negative")
    planned = shift - planned_stops
    running = planned - unplanned_stops
    if planned < 0 or running < 0 or rejects > total:
        raise ValueError(
            f"stops of {planned_stops:g} and {unplanned_stops:g} s in a shift of {shift:g} s, "
            f"{rejects} rejects of {total}"
        )
    net = ideal_cycle * total
    good = total - rejects
    availability = running / planned if planned else NoData("no production was planned")
    performance = net / running if running else NoData("the machine did not run")
    quality = good / total if total else NoData("nothing was made")
    product: float | NoData = NoData("no production was planned")
    if planned:
        product = ideal_cycle * good / planned
        if not total:
            product = NoData("nothing was made")
    waterfall = (
        TimeLoss("shift", 0.0, shift),
        TimeLoss("planned stops", planned_stops, planned),
        TimeLoss("unplanned stops", unplanned_stops, running),
        TimeLoss("speed", running - net, net),
        TimeLoss("rejects", ideal_cycle * rejects, ideal_cycle * good),
    )
    text = "availability over planned production time; performance not capped"
    return Oee(availability, performance, quality, product, good, waterfall, text)
