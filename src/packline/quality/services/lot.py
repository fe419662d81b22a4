"""Carrying out a decision on a lot: its quarantined cells conceded, scrapped or sent back."""

from __future__ import annotations

from datetime import datetime

from packline.foundation.errors import Blocker, Refused
from packline.foundation.models import Person
from packline.quality.models import Nonconformance
from packline.supply import services as supply
from packline.supply.models import Cell

__all__ = ["dispose_lot", "lot_blockers"]

_LONGEST_REASON = 300


def dispose_lot(nonconformance: Nonconformance, *, by: Person, at: datetime) -> None:
    """Have supply do what was decided, inside the command that decides."""
    cells = _in_quarantine(nonconformance)
    if not cells:
        raise Refused(f"{nonconformance}: none of its cells is in quarantine any more")
    reason = f"{nonconformance}: {nonconformance.justification}"[:_LONGEST_REASON]
    match nonconformance.disposition:
        case "use_as_is":
            supply.concede_cells(cells=cells, reason=reason, by=by, at=at)
        case "scrap":
            supply.dispose_cells(cells=cells, disposition="scrapped", reason=reason, by=by, at=at)
        case "return_to_supplier":
            supply.dispose_cells(cells=cells, disposition="returned", reason=reason, by=by, at=at)
        case _:
            raise Refused(
                f"{nonconformance} is about cells of lot {nonconformance.lot}, which cannot be "
                "reworked: use_as_is, scrap or return_to_supplier"
            )


def lot_blockers(nonconformance: Nonconformance) -> list[Blocker]:
    """Return the cells that nothing has been decided about yet."""
    return [
        Blocker(f"cell {cell}", "is still in quarantine", "its disposition")
        for cell in _in_quarantine(nonconformance)
    ]


def _in_quarantine(nonconformance: Nonconformance) -> list[Cell]:
    named = nonconformance.cells.values("cell")
    return list(
        Cell.objects.filter(pk__in=named, state="quarantined")
        .select_related("lot")
        .order_by("serial")
    )
