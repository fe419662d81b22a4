"""What the virtual engineer does with the control charts of a run: freeze them when they carry."""

from __future__ import annotations

from datetime import datetime

from packline.foundation.errors import Refused
from packline.production.models import Order
from packline.quality.models import ControlLimits
from packline.quality.queries import checks_of_order
from packline.quality.services import freeze_limits
from packline.site.run.cast import Cast

__all__ = ["PHASE_ONE", "freeze_what_carries"]

PHASE_ONE = 20  # units that limits are found on: what is usual


def freeze_what_carries(order: Order, *, cast: Cast, at: datetime) -> int:
    """Freeze the limits of every check that has none yet and whose readings carry them.

    What does not vary (all were good), has too few points, or gives cause for doubt (what the
    matching leaves over is not normal) stays on trial limits; a run that was interrupted freezes
    nothing twice.
    """
    frozen = 0
    have = set(
        ControlLimits.objects.filter(characteristic__operation__routing=order.routing).values_list(
            "characteristic_id", flat=True
        )
    )
    for check in checks_of_order(order):
        if check.pk in have:
            continue
        try:
            freeze_limits(
                characteristic=check,
                reason=f"the first {PHASE_ONE} units of the virtual line",
                by=cast.engineer,
                at=at,
            )
        except Refused:
            continue
        frozen += 1
    return frozen
