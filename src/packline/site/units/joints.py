"""The map of a unit's joints, from the file in which all of them are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.safestring import SafeString, mark_safe
from numpy.typing import NDArray

from packline.assurance.calc.wording import unit_symbol
from packline.foundation.files import DamagedFile, read
from packline.production.calc.joints import from_parquet
from packline.production.models import JointSet, Unit
from packline.production.queries.units import joints_of_unit
from packline.site import charts

MOST_NAMED = 12

__all__ = ["JointPicture", "joint_pictures"]


@dataclass(frozen=True, slots=True)
class JointPicture:
    """The joints of one step in one quantity, drawn; or why they cannot be."""

    joints: JointSet
    picture: SafeString
    damage: str
    worst_place: str
    failed: Sequence[str] = ()  # the joints outside the limits, by name, the first of many
    more: int = 0  # how many are not named


def joint_pictures(unit: Unit) -> list[JointPicture]:
    """Draw every joint set of a unit; the file of a step is read once."""
    files: dict[str, dict[str, NDArray[np.generic]]] = {}
    pictures = []
    for joints in joints_of_unit(unit):
        sha256 = joints.file.sha256
        try:
            if sha256 not in files:
                files[sha256] = from_parquet(read(sha256))
        except DamagedFile as error:
            pictures.append(JointPicture(joints, SafeString(""), str(error), ""))
            continue
        pictures.append(_picture(joints, files[sha256]))
    return pictures


def _picture(joints: JointSet, columns: dict[str, NDArray[np.generic]]) -> JointPicture:
    values = [float(value) for value in columns[joints.column]]
    places = _places(columns)
    drawn = charts.joint_map(
        values,
        name=joints.characteristic.name,
        unit=unit_symbol(joints.unit_code),
        low=joints.judged_low,
        high=joints.judged_high,
        worst=joints.worst_position,
        places=places,
        row_name="G" if places else "",
    )
    worst = places[joints.worst_position - 1][2] if places else ""
    low, high = joints.judged_low, joints.judged_high
    out = [
        k
        for k, value in enumerate(values)
        if (low is not None and value < low) or (high is not None and value > high)
    ]
    named = [
        f"{places[k][2] if places else f'joint {k + 1}'}: {values[k]:.4g}"
        for k in out[:MOST_NAMED]
    ]
    return JointPicture(joints, mark_safe(drawn), "", worst, named, max(0, len(out) - MOST_NAMED))


def _places(columns: dict[str, NDArray[np.generic]]) -> Sequence[tuple[int, int, str]]:
    """Return row, column and words of each joint: groups are rows, cell ends are columns."""
    if not {"group", "cell", "end"} <= columns.keys():
        return ()
    group, cell, end = (columns[name].astype(int) for name in ("group", "cell", "end"))
    ends = int(end.max())
    return [
        (int(g) - 1, (int(c) - 1) * ends + int(e) - 1, f"group {g}, cell {c}, end {e}")
        for g, c, e in zip(group, cell, end, strict=True)
    ]
