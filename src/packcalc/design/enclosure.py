"""What an enclosure must do: degree of protection, and insulation from the poles to the frame."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["IpCode", "covers_ip", "isolation_floor", "read_ip"]

# IEC 60529:2013, table 2 (first numeral) and table 3 (second numeral), in short.
SOLIDS = {
    0: "not protected",
    1: "objects of 50 mm and more",
    2: "objects of 12.5 mm and more",
    3: "objects of 2.5 mm and more",
    4: "objects of 1 mm and more",
    5: "dust-protected",
    6: "dust-tight",
}
WATER = {
    0: "not protected",
    1: "drops falling straight",
    2: "drops, tilted by 15 degrees",
    3: "spray up to 60 degrees",
    4: "splashes from all sides",
    5: "jets, 12.5 l/min",
    6: "strong jets, 100 l/min",
    7: "immersed to 1 m for 30 min",
    8: "immersed longer or deeper, as agreed",
    9: "hot jets of high pressure",
}
_CODE = re.compile(r"IP([0-6X])([0-9X])(?:/IP([0-6X])([0-9X]))?", re.IGNORECASE)

# Least insulation from live parts to the frame. [Ohm/V]
DC_FLOOR, AC_FLOOR = 100.0, 500.0


@dataclass(frozen=True, slots=True)
class IpCode:
    """A degree of protection.

    Parameters
    ----------
    solids : int
        First numeral; 0 where it is X. [1]
    water : tuple of int
        Second numerals; two where an enclosure is marked twice. [1]
    """

    solids: int
    water: tuple[int, ...]

    @property
    def words(self) -> str:
        """What it means. [-]"""
        return f"{SOLIDS[self.solids]}; " + " and ".join(WATER[n] for n in self.water)


def read_ip(code: str) -> IpCode:
    """Read an IP code, marked once (IP67) or twice (IP65/IP67).

    Parameters
    ----------
    code : str
        The marking. [-]

    Returns
    -------
    found : IpCode
        Its numerals. [-]

    Raises
    ------
    ValueError
        If it is no IP code.

    References
    ----------
    IEC 60529:1989+A1:1999+A2:2013, tables 2 and 3; numeral 9: A2.

    Examples
    --------
    >>> read_ip("IP65/IP67").water, read_ip("IP54").words
    ((5, 7), 'dust-protected; splashes from all sides')
    """
    match = _CODE.fullmatch(code.strip())
    if match is None:
        raise ValueError(f"{code!r} is no IP code: IP, then 0 to 6 or X, then 0 to 9 or X")
    numbers = [0 if part in ("X", "x") else int(part) for part in match.groups() if part]
    return IpCode(max(numbers[0::2]), tuple(sorted(set(numbers[1::2]))))


def covers_ip(have: str, need: str) -> tuple[bool, str]:
    """Say whether one degree of protection shows another, and why not.

    Parameters
    ----------
    have, need : str
        What was tested, and what is asked. [-]

    Returns
    -------
    covers : bool
        Whether the tested degree shows the one asked. [-]
    reason : str
        Why. [-]

    Raises
    ------
    ValueError
        If either is no IP code.

    References
    ----------
    IEC 60529, clause 6: up to numeral 6 a degree includes the lower ones; 7 and 8 (immersion) do
    not include 5 and 6 (jets), nor does 9, unless the enclosure is marked twice.

    Examples
    --------
    >>> covers_ip("IP67", "IP54")[0], covers_ip("IP67", "IP65")[0]
    (True, False)
    """
    tested, asked = read_ip(have), read_ip(need)
    if tested.solids < asked.solids:
        return False, f"solids: {SOLIDS[tested.solids]} does not show {SOLIDS[asked.solids]}"
    for numeral in asked.water:
        if not any(_shows(one, numeral) for one in tested.water):
            text = " and ".join(WATER[one] for one in tested.water)
            more = "; immersion does not show jets" if max(tested.water) >= 7 else ""
            return False, f"water: {text} does not show {WATER[numeral]}{more}"
    return True, f"{have} shows {need}"


def _shows(tested: int, asked: int) -> bool:
    if asked <= 4 or tested == asked:  # what bears jets or immersion bears splashes
        return tested >= asked
    if tested <= 6:
        return tested >= asked
    return tested == 8 and asked == 7


def isolation_floor(
    voltage: float, alternating: bool = False, monitored: bool = True
) -> tuple[float, str]:
    """Return the least insulation resistance from the poles to the frame.

    Parameters
    ----------
    voltage : float
        Highest working voltage. [V]
    alternating : bool
        Whether AC circuits are joined to the pack without separation. [-]
    monitored : bool
        Whether the insulation is watched in use; FMVSS 305 asks 500 Ohm/V of DC without it. [-]

    Returns
    -------
    resistance : float
        Least resistance; a production limit lies far above. [Ohm]
    reason : str
        Which rule. [-]

    Raises
    ------
    ValueError
        If the voltage is not above zero.

    References
    ----------
    UN Regulation 100, 5.1.3, and ISO 6469-3: 100 Ohm/V for DC, 500 Ohm/V for AC or both joined.
    49 CFR 571.305, S5.4.3: 500 Ohm/V, or 100 Ohm/V of DC with isolation monitoring.

    Examples
    --------
    >>> isolation_floor(400.0)[0], isolation_floor(400.0, alternating=True)[0]
    (40000.0, 200000.0)
    """
    if not voltage > 0:
        raise ValueError(f"voltage {voltage:g} V is not above zero")
    if alternating:
        return AC_FLOOR * voltage, f"{AC_FLOOR:g} Ohm/V: AC joined without separation"
    if not monitored:
        return AC_FLOOR * voltage, f"{AC_FLOOR:g} Ohm/V: DC without isolation monitoring"
    return DC_FLOOR * voltage, f"{DC_FLOOR:g} Ohm/V: DC"
