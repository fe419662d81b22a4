"""How many places a characteristic is measured at, and which readings a step still lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from packline.process.models import Characteristic
from packline.production.models import JointSet, Reading

__all__ = ["missing_readings", "places_of"]

JOINTS_PER_CELL = 2  # one at each pole
TERMINAL_BOLTS = 2  # the fasteners whose torque counts: the pack's two power terminals


def places_of(per: str, series: int, parallel: int) -> int:
    """Return at how many places of one pack something is measured."""
    return {
        "pack": 1,
        "group": series,
        "channel": series,
        "cell": series * parallel,
        "joint": JOINTS_PER_CELL * series * parallel,
        "fastener": TERMINAL_BOLTS,
        "sensor": 1,
    }[per]


def missing_readings(
    required: Iterable[Characteristic],
    readings: Iterable[Reading],
    joints: Iterable[JointSet],
    *,
    series: int,
    parallel: int,
    named: Callable[[Characteristic], str] = lambda _: "",
) -> list[str]:
    """Return what was required and not measured, each with how many places are missing.

    `named` may say which places those are, for a characteristic that has some of them.
    """
    taken: dict[str, int] = {}
    for reading in readings:
        code = reading.characteristic.code
        taken[code] = taken.get(code, 0) + 1
    for joint_set in joints:
        code = joint_set.characteristic.code  # a log in several parts states each joint once
        taken[code] = taken.get(code, 0) + joint_set.n
    missing = []
    for c in required:
        wanted, got = places_of(c.per, series, parallel), taken.get(c.code, 0)
        if got < wanted:
            places = named(c) if got else ""
            missing.append(f"{c.code} ({got} of {wanted} {c.per} readings){places}")
    return missing
