"""What the pages show of the joints of a pack."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from packline.assurance.calc.dhr import JointsFact
from packline.assurance.calc.wording import allowed, breakable, figure

__all__ = ["joints_view"]

MOST_NAMED = 12


def joints_view(joints: JointsFact, number: int) -> dict[str, Any]:
    unit = joints.unit_code
    spread = f"{figure(joints.least_value)}, {figure(joints.median_value)}, "
    return {
        "title": f"{joints.name}, {joints.operation}, attempt {joints.attempt}",
        "facts": [
            ["Joints", f"{joints.n}, of which {joints.n_failed} out of limits"],
            [
                "Limits",
                allowed(joints.low, joints.high, unit, joints.accept_low, joints.accept_high),
            ],
            ["Least, median, greatest", spread + figure(joints.greatest_value, unit)],
            ["Nearest to a limit", f"joint {joints.worst_position}"],
            *([["Out of limits", breakable(_failed(joints))]] if joints.n_failed else []),
            ["Gauge", breakable(joints.gauge or "–") + (" (virtual)" if joints.virtual else "")],
        ],
        "file": joints.file,
        "picture": f"joints-{number}" if joints.joints else "",
        "scale": _scale([j.value for j in joints.joints], unit),
        "good": joints.n_failed == 0,
    }


def _failed(joints: JointsFact) -> str:
    """Name the joints that are out of limits, the first of many."""
    out = [j for j in joints.joints if not j.passed]
    named = "; ".join(
        f"group {j.group}, cell {j.cell}{j.pole}: {figure(j.value, joints.unit_code)}"
        if j.pole
        else figure(j.value, joints.unit_code)
        for j in out[:MOST_NAMED]
    )
    return named + (f"; and {len(out) - MOST_NAMED} more" if len(out) > MOST_NAMED else "")


def _scale(values: Sequence[float], unit: str) -> str:
    if not values:
        return ""
    return f"pale {figure(min(values), unit)} to dark {figure(max(values), unit)}"
