"""One limit that follows from a design, with the reason why it has its value."""

from __future__ import annotations

from dataclasses import dataclass, replace

__all__ = ["Limit", "tightened"]


@dataclass(frozen=True, slots=True)
class Limit:
    """An acceptance limit of a characteristic, in SI.

    Parameters
    ----------
    code : str
        Key of the characteristic. [-]
    kind : str
        incoming, matching, weld, torque, ageing or eol. [-]
    quantity : str
        What is measured, in words. [-]
    unit : str
        SI unit of the values; "1" for counts, ratios and yes (1) or no (0). [-]
    low, high, target : float or None
        Least and greatest value that passes, and what is aimed at. [unit]
    reason : str
        What the limit follows from. [-]

    Raises
    ------
    ValueError
        If nothing is stated or low exceeds high.
    """

    code: str
    kind: str
    quantity: str
    unit: str
    low: float | None = None
    high: float | None = None
    target: float | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        if self.low is None and self.high is None:
            raise ValueError(f"{self.code}: a limit needs at least one side")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"{self.code}: low {self.low:g} exceeds high {self.high:g}")


def tightened(limit: Limit, low: float | None, high: float | None, who: str) -> Limit:
    """Narrow a limit to what somebody else asks for; never widen it.

    Parameters
    ----------
    limit : Limit
        What follows from the design. [-]
    low, high : float or None
        What is asked. [unit]
    who : str
        Who asks, for the reason. [-]

    Returns
    -------
    limit : Limit
        The same, or narrower with the reason said. [-]

    Raises
    ------
    ValueError
        If the two have nothing in common.

    Derivation
    ----------
    The intersection of two intervals; a target outside is moved to its nearer end.

    Examples
    --------
    >>> wide = Limit("pack_mass", "eol", "mass", "kg", 4.0, 6.0, 5.5, "design")
    >>> tightened(wide, None, 5.0, "MECH-01").high
    5.0
    """
    new_low = limit.low if low is None else max(low, limit.low if limit.low is not None else low)
    new_high = (
        limit.high if high is None else min(high, limit.high if limit.high is not None else high)
    )
    if (new_low, new_high) == (limit.low, limit.high):
        return limit
    target = limit.target
    if target is not None:
        target = max(target, new_low) if new_low is not None else target
        target = min(target, new_high) if new_high is not None else target
    return replace(
        limit,
        low=new_low,
        high=new_high,
        target=target,
        reason=f"{limit.reason}; {who} is stricter",
    )
