"""Whether the unit itself may go on: no open hold, and not passed, released or scrapped."""

from __future__ import annotations

from packline.foundation.errors import Blocker
from packline.foundation.prepared import Prepared
from packline.production.models import Hold, Step, Unit

_open_holds = Prepared(
    lambda unit: (
        Hold.objects.filter(unit=unit, lifted_at__isnull=True)
        .select_related("unit")
        .order_by("number")
    )
)

IN_WORK = ("planned", "building", "held")


def unit_blocks(unit: Unit, within: Step | None) -> list[Blocker]:
    """Return the open holds of a unit, but those that the step placed itself, and its end."""
    return [*hold_blocks(unit, within), *ended_blocks(unit)]


def hold_blocks(unit: Unit, within: Step | None = None) -> list[Blocker]:
    """Return the open holds of a unit, but those that the step placed itself."""
    own = str(within) if within is not None else None
    return [
        Blocker(
            f"hold {hold}",
            hold.reason,
            "the disposition of its nonconformance",
            code="unit_held",
        )
        for hold in _open_holds(unit=unit)
        if own is None or hold.cause != own
    ]


def ended_blocks(unit: Unit) -> list[Blocker]:
    """Return the unit, if nothing is done to it any more as it stands."""
    if unit.state in IN_WORK:
        return []
    return [
        Blocker(f"unit {unit}", f"is {unit.state}", "reopening by rework", code="unit_not_in_work")
    ]
