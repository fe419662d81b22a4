"""What the pages show of the joints of a pack."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from packline.assurance.calc.dhr import JointsFact
from packline.assurance.calc.wording import allowed, breakable, figure

__all__ = ["joints_view"]


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
            ["Gauge", breakable(joints.gauge or "–") + (" (virtual)" if joints.virtual else "")],
        ],
        "file": joints.file,
        "picture": f"joints-{number}" if joints.joints else "",
        "scale": _scale([j.value for j in joints.joints], unit),
        "good": joints.n_failed == 0,
    }


def _scale(values: Sequence[float], unit: str) -> str:
    if not values:
        return ""
    return f"pale {figure(min(values), unit)} to dark {figure(max(values), unit)}"
