"""Judging a lot by its incoming limits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from packline.foundation.commands import command
from packline.foundation.errors import Refused
from packline.foundation.events import record
from packline.foundation.models import Person
from packline.foundation.states import move
from packline.supply.calc.limits import FrozenLimit, IncomingLimit, Outside, freeze, judge
from packline.supply.models import Cell, CellLot, LotLimit
from packline.supply.queries.lots import measured_values
from packline.supply.queries.sampling import sample_of_lot, scheme_of
from packline.supply.services.cells import LONGEST_REASON, _record_cells, _set_state
from packline.supply.states import LOT


@command("supply.inspect_lot")
def inspect_lot(
    *, lot: CellLot, limits: Sequence[IncomingLimit], by: Person, at: datetime
) -> list[Cell]:
    """Judge every received cell of a lot, once, and return those that were quarantined.

    The limits are frozen with the lot, in numbers: what is relative to the lot is worked out
    now. A cell inside all limits is accepted; one outside any is quarantined, and the reason
    names figure, value and limit. `supply.lot.inspected` lists them for whoever opens the
    nonconformance. Cells that were quarantined before keep their reason.

    Raises
    ------
    Refused
        If a limit cannot be applied to what was measured, or the lot is sampled and its sample
        was not judged yet.
    IllegalTransition
        If the lot was inspected before.
    """
    _sampled(lot)
    cells = list(lot.cells.filter(state="received").select_related("lot").order_by("serial"))
    if not cells:
        raise Refused(f"lot {lot} has no received cells to inspect")
    measured = measured_values(cells)
    frozen = freeze(limits, measured)
    outside = judge(frozen, measured)
    move(lot, LOT, to="inspected")
    rows = _limit_rows(lot, frozen, outside, len(cells))
    accepted, quarantined = _judged(cells, outside)
    record(
        "supply.lot.inspected",
        lot,
        by=by,
        at=at,
        rows=[lot, *rows],
        checked=len(cells),
        accepted=len(accepted),
        quarantined=[
            {
                "serial": cells[found.index].serial,
                "code": found.limit.code,
                "value": found.value,
                "low": found.limit.low,
                "high": found.limit.high,
                "unit": found.limit.unit_code,
            }
            for found in sorted(outside, key=lambda o: (cells[o.index].serial, o.limit.code))
        ],
    )
    for verb, part in (
        ("supply.cells.accepted", accepted),
        ("supply.cells.quarantined", quarantined),
    ):
        _record_cells(verb, lot, part, by=by, at=at)
    return quarantined


def _sampled(lot: CellLot) -> None:
    """Refuse a lot whose supplier is sampled, until its sample has been judged."""
    sample = sample_of_lot(lot)
    if sample is None and scheme_of(lot) is not None:
        raise Refused(
            f"lots of {lot.cell} from {lot.supplier} are sampled: draw a sample of {lot}"
        )
    if sample is not None and sample.state == "drawn":
        raise Refused(f"{sample} was drawn and not judged: judge it before the lot is inspected")


def _limit_rows(
    lot: CellLot, frozen: Sequence[FrozenLimit], outside: Sequence[Outside], checked: int
) -> list[LotLimit]:
    rows = [
        LotLimit(
            lot=lot,
            code=limit.code,
            unit_code=limit.unit_code,
            low=limit.low,
            high=limit.high,
            basis=limit.basis,
            n_checked=checked,
            n_out=sum(found.limit is limit for found in outside),
        )
        for limit in frozen
    ]
    LotLimit.objects.bulk_create(rows)
    return rows


def _judged(cells: Sequence[Cell], outside: Sequence[Outside]) -> tuple[list[Cell], list[Cell]]:
    """Move the cells; a cell outside several limits has all of them as its reason."""
    reasons: dict[int, str] = {}
    for found in outside:
        before = reasons.get(found.index)
        reasons[found.index] = f"{before}; {found.reason}" if before else found.reason
    accepted = [cell for i, cell in enumerate(cells) if i not in reasons]
    quarantined = [cell for i, cell in enumerate(cells) if i in reasons]
    if accepted:
        _set_state(accepted, "accepted")
    if quarantined:
        _set_state(
            quarantined, "quarantined", [reasons[i][:LONGEST_REASON] for i in sorted(reasons)]
        )
    return accepted, quarantined
