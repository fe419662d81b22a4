"""Whether anything that is in the unit stops it."""

from __future__ import annotations

from packline.foundation.errors import Blocker
from packline.production.models import Unit
from packline.production.queries.genealogy import cell_lots_in
from packline.supply.models import LotHold


def lot_blocks(unit: Unit) -> list[Blocker]:
    """Return the open holds of lots of which cells are in the unit."""
    holds = LotHold.objects.filter(
        lifted_at__isnull=True, lot__number__in=cell_lots_in(unit)
    ).select_related("lot")
    return [
        Blocker(
            f"lot hold {hold}",
            f"lot {hold.lot} is installed in {unit}: {hold.reason}",
            "the disposition of the lot",
            code="lot_held",
        )
        for hold in sorted(holds, key=str)
    ]
