"""Whether the unit itself may go on: no open hold, and not passed, released or scrapped."""

from __future__ import annotations

from packline.foundation.errors import Blocker
from packline.production.models import Hold, Step, Unit


def unit_blocks(unit: Unit, within: Step | None) -> list[Blocker]:
    """Return the open holds of a unit, but those that the step placed itself, and its end."""
    own = str(within) if within is not None else None
    found = [
        Blocker(
            f"hold {hold}",
            hold.reason,
            "the disposition of its nonconformance",
            code="unit_held",
        )
        for hold in Hold.objects.filter(unit=unit, lifted_at__isnull=True)
        .select_related("unit")
        .order_by("number")
        if own is None or hold.cause != own
    ]
    if unit.state not in ("planned", "building", "held"):
        found.append(
            Blocker(
                f"unit {unit}", f"is {unit.state}", "reopening by rework", code="unit_not_in_work"
            )
        )
    return found
