"""Which readings a step still lacks."""

from __future__ import annotations

from collections.abc import Iterable

from packline.process.models import Characteristic
from packline.production.models import JointSet, Reading

__all__ = ["missing_readings"]


def missing_readings(
    required: Iterable[Characteristic], readings: Iterable[Reading], joints: Iterable[JointSet]
) -> list[str]:
    """Return the codes of the required characteristics of which nothing was measured."""
    taken = {reading.characteristic.code for reading in readings}
    taken |= {joint_set.characteristic.code for joint_set in joints}
    return [c.code for c in required if c.code not in taken]
