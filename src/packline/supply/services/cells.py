"""Moving cells through their states, many at a time, each only from the state it was read in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from packline.foundation.commands import command
from packline.foundation.errors import Blocked, Blocker, IllegalTransition, Refused, StaleObject
from packline.foundation.events import record
from packline.foundation.models import Person
from packline.supply.models import Cell, CellLot
from packline.supply.queries.holds import open_holds
from packline.supply.states import CELL

PER_EVENT = 1000  # rows in one event
PER_STATEMENT = 500  # rows in one UPDATE: within what every database takes as parameters
LONGEST_REASON = 300


@command("supply.allot_cells")
def allot_cells(*, cells: Sequence[Cell], to: str, by: Person, at: datetime) -> list[Cell]:
    """Set accepted cells aside for a unit, named by its serial.

    Raises
    ------
    Blocked
        If a lot is on hold.
    IllegalTransition
        If a cell is not accepted.
    StaleObject
        If somebody else was faster.
    """
    _not_on_hold(cells, f"allotting cells to {to}")
    return _move_cells(cells, "allotted", "supply.cells.allotted", by=by, at=at, to=to)


@command("supply.install_cells")
def install_cells(*, cells: Sequence[Cell], into: str, by: Person, at: datetime) -> list[Cell]:
    """Install allotted cells in the unit with this serial. Blocked while their lot is on hold."""
    _not_on_hold(cells, f"installing cells in {into}")
    return _move_cells(cells, "installed", "supply.cells.installed", by=by, at=at, into=into)


@command("supply.remove_cells")
def remove_cells(
    *, cells: Sequence[Cell], out_of: str, reason: str, by: Person, at: datetime
) -> list[Cell]:
    """Take installed cells out of a unit; what becomes of them is decided afterwards."""
    return _move_cells(
        cells, "removed", "supply.cells.removed", reason=reason, by=by, at=at, out_of=out_of
    )


@command("supply.restock_cells")
def restock_cells(*, cells: Sequence[Cell], reason: str, by: Person, at: datetime) -> list[Cell]:
    """Put allotted cells, or removed ones that are sound, back among the accepted ones."""
    if unfit := [cell for cell in cells if cell.state not in ("allotted", "removed")]:
        raise IllegalTransition(f"cell {unfit[0]} is {unfit[0].state}: it cannot be restocked")
    return _move_cells(cells, "accepted", "supply.cells.restocked", reason=reason, by=by, at=at)


@command("supply.quarantine_cells")
def quarantine_cells(
    *, cells: Sequence[Cell], reason: str, by: Person, at: datetime
) -> list[Cell]:
    """Set cells apart that must not be used until somebody has decided about them."""
    return _move_cells(
        cells, "quarantined", "supply.cells.quarantined", reason=reason, by=by, at=at
    )


@command("supply.concede_cells")
def concede_cells(*, cells: Sequence[Cell], reason: str, by: Person, at: datetime) -> list[Cell]:
    """Accept quarantined cells as they are, by a concession that `reason` names."""
    if other := [cell for cell in cells if cell.state != "quarantined"]:
        raise IllegalTransition(f"cell {other[0]} is {other[0].state}: nothing to concede")
    return _move_cells(cells, "accepted", "supply.cells.conceded", reason=reason, by=by, at=at)


@command("supply.dispose_cells")
def dispose_cells(
    *, cells: Sequence[Cell], disposition: str, reason: str, by: Person, at: datetime
) -> list[Cell]:
    """Scrap cells or return them to the supplier; both are final."""
    if disposition not in ("scrapped", "returned"):
        raise Refused(f"cells cannot be {disposition!r}; allowed: scrapped, returned")
    verb = f"supply.cells.{disposition}"
    return _move_cells(cells, disposition, verb, reason=reason, by=by, at=at)


def _not_on_hold(cells: Sequence[Cell], what: str) -> None:
    holds = open_holds(cell.lot for cell in cells)
    if holds:
        raise Blocked(
            what,
            [
                Blocker(f"lot hold {hold}", hold.reason, "lifting the hold of the lot")
                for hold in holds
            ],
        )


def _move_cells(
    cells: Sequence[Cell],
    state: str,
    verb: str,
    *,
    by: Person,
    at: datetime,
    reason: str | None = None,
    **data: Any,
) -> list[Cell]:
    """Move all of the cells or none, and record it on the chain of each lot."""
    if not cells:
        raise Refused(f"{verb}: no cells are named")
    if len({cell.pk for cell in cells}) != len(cells):
        raise Refused(f"{verb}: a cell is named twice")
    if reason is not None:
        data["reason"] = reason = _reason(reason)
    ordered = sorted(cells, key=lambda cell: (cell.lot.number, cell.serial))
    _set_state(ordered, state, None if reason is None else [reason] * len(ordered))
    for _, of_lot in groupby(ordered, key=lambda cell: cell.lot.number):
        group = list(of_lot)
        _record_cells(verb, group[0].lot, group, by=by, at=at, **data)
    return ordered


def _reason(reason: str) -> str:
    reason = reason.strip()
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise Refused(f"a reason has 1 to {LONGEST_REASON} characters, not {len(reason)}")
    return reason


def _set_state(cells: Sequence[Cell], to: str, reasons: Sequence[str] | None = None) -> None:
    """Compare and set in bulk: as many rows must change as cells are named, from their state.

    The instances are changed only after the database was.
    """
    for cell in cells:
        if not CELL.allows(cell.state, to):
            raise IllegalTransition(f"cell {cell} is {cell.state}: it cannot become {to}")
    told = list(zip(cells, reasons or [cell.reason for cell in cells], strict=True))
    told.sort(key=lambda pair: (pair[0].state, pair[1], pair[0].serial))
    for (old, reason), same in groupby(told, key=lambda pair: (pair[0].state, pair[1])):
        for part in _parts([cell for cell, _ in same], PER_STATEMENT):
            found = Cell.objects.filter(pk__in=[cell.pk for cell in part], state=old)
            if found.update(state=to, reason=reason) != len(part):
                raise StaleObject(
                    f"not all {len(part)} cells ({part[0]} ... {part[-1]}) are still {old}: "
                    "reload and try again"
                )
    for cell, reason in told:
        cell.state, cell.reason = to, reason


def _record_cells(
    verb: str, lot: CellLot, cells: Sequence[Cell], *, by: Person, at: datetime, **data: Any
) -> None:
    """Record what happened to cells of one lot, a thousand rows an event."""
    for part in _parts(cells, PER_EVENT):
        record(
            verb,
            lot,
            by=by,
            at=at,
            rows=part,
            count=len(part),
            serials=[cell.serial for cell in part],
            **data,
        )


def _parts(cells: Sequence[Cell], size: int) -> Iterator[Sequence[Cell]]:
    for start in range(0, len(cells), size):
        yield cells[start : start + size]
