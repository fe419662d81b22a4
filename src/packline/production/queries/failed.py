"""What of a step was out of its limits, as it is put under a signature."""

from __future__ import annotations

from packline.process.models import Characteristic
from packline.production.models import JointSet, Reading, Step

__all__ = ["failed_values"]


def failed_values(step: Step, characteristic: Characteristic) -> list[dict[str, object]]:
    """Return every failed reading and joint set of a characteristic in a step."""
    readings = step.readings.filter(characteristic=characteristic, passed=False)
    found: list[dict[str, object]] = [
        {
            "position": r.position,
            "value": r.value,
            "low": r.low,
            "high": r.high,
            "unit": r.unit_code,
            **_guard(r),
        }
        for r in readings.order_by("position")
    ]
    found += [
        {
            "joints_failed": j.n_failed,
            "of": j.n,
            "low": j.low,
            "high": j.high,
            "unit": j.unit_code,
            "worst_position": j.worst_position,
            **_guard(j),
        }
        for j in step.joint_sets.filter(characteristic=characteristic, n_failed__gt=0)
    ]
    return found


def _guard(row: Reading | JointSet) -> dict[str, object]:
    """Return what the gauge's error left of the limits, if it took anything."""
    if row.accept_low is None and row.accept_high is None:
        return {}
    return {
        "accept_low": row.accept_low,
        "accept_high": row.accept_high,
        "guard_study": str(row.guard_study),
    }
