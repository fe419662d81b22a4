"""Carrying out a decision on a lot: its quarantined cells conceded, scrapped or sent back."""

from __future__ import annotations

from datetime import datetime

from packline.foundation.errors import Blocker, Refused
from packline.foundation.models import Person
from packline.quality.models import Nonconformance
from packline.supply import services as supply
from packline.supply.models import Cell, LotHold
from packline.supply.queries.holds import open_holds

__all__ = ["dispose_lot", "lot_blockers", "rejection_holds"]

_LONGEST_REASON = 300


def dispose_lot(nonconformance: Nonconformance, *, by: Person, at: datetime) -> None:
    """Have supply do what was decided, inside the command that decides.

    About a lot that its sample rejected the decision is about all of it: what is scrapped or
    returned is the whole lot; what is used as it is, is freed.
    """
    holds = rejection_holds(nonconformance)
    if holds and nonconformance.disposition in ("scrap", "return_to_supplier"):
        _quarantine_the_rest(nonconformance, by=by, at=at)
    _dispose_cells(nonconformance, whole=bool(holds), by=by, at=at)
    for hold in holds:
        supply.lift_lot(hold=hold, reason=_because(nonconformance), by=by, at=at)


def rejection_holds(nonconformance: Nonconformance) -> list[LotHold]:
    """Return the holds in force that the rejected sample behind a nonconformance placed."""
    if nonconformance.lot is None or nonconformance.defect_code != "sampling":
        return []
    return [
        hold
        for hold in open_holds([nonconformance.lot])
        if hold.cause.startswith("supply.lotsample:")
    ]


def _because(nonconformance: Nonconformance) -> str:
    return f"{nonconformance}: {nonconformance.justification}"[:_LONGEST_REASON]


def _quarantine_the_rest(nonconformance: Nonconformance, *, by: Person, at: datetime) -> None:
    """Set aside every cell of the lot that was not used yet, so that none of it is."""
    assert nonconformance.lot is not None
    rest = list(
        nonconformance.lot.cells.filter(state__in=("received", "accepted"))
        .select_related("lot")
        .order_by("serial")
    )
    if rest:
        supply.quarantine_cells(cells=rest, reason=_because(nonconformance), by=by, at=at)


def _dispose_cells(
    nonconformance: Nonconformance, *, whole: bool, by: Person, at: datetime
) -> None:
    everything = whole and nonconformance.disposition != "use_as_is"
    cells = _whole_lot(nonconformance) if everything else _in_quarantine(nonconformance)
    if not cells:
        raise Refused(f"{nonconformance}: none of its cells is in quarantine any more")
    reason = _because(nonconformance)
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


def _whole_lot(nonconformance: Nonconformance) -> list[Cell]:
    """Return the quarantined cells of a lot but those that another open decision is about."""
    assert nonconformance.lot is not None
    others = (
        Nonconformance.objects.filter(lot=nonconformance.lot, state__in=("open", "contained"))
        .exclude(pk=nonconformance.pk)
        .values("cells__cell")
    )
    return list(
        nonconformance.lot.cells.filter(state="quarantined")
        .exclude(pk__in=others.filter(cells__isnull=False))
        .select_related("lot")
        .order_by("serial")
    )


def _in_quarantine(nonconformance: Nonconformance) -> list[Cell]:
    named = nonconformance.cells.values("cell")
    return list(
        Cell.objects.filter(pk__in=named, state="quarantined")
        .select_related("lot")
        .order_by("serial")
    )
