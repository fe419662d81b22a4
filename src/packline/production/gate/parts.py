"""Whether anything that is in the unit, or is about to go into it, stops it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from django.db.models import Q

from packline.foundation.errors import Blocked, Blocker
from packline.foundation.prepared import Prepared
from packline.production.gate.holds import ended_blocks, hold_blocks
from packline.production.models import Part, PartHold, Unit
from packline.production.queries.genealogy import cell_lots_in
from packline.production.queries.part_holds import part_holds_in, part_holds_on
from packline.supply.models import Cell, CellLot, LotHold

# What state the cells are in that were given to a unit and are not built in.
_states = Prepared(
    lambda unit: (
        Cell.objects.filter(placement__unit=unit)
        .exclude(state="installed")
        .order_by()
        .values_list("state", flat=True)
        .distinct()
    )
)
# Only the lots that stop a unit are read, not the hundreds that do not.
_unfit_lots = Prepared(
    lambda unit, day: (
        CellLot.objects.filter(cells__placement__unit=unit, cells__state="allotted")
        .filter(~Q(state="inspected") | Q(use_by__lt=day))
        .distinct()
        .order_by("number")
    )
)
_open_lot_holds = Prepared(
    lambda: LotHold.objects.filter(lifted_at__isnull=True).select_related("lot")
)

USABLE = ("allotted", "installed")  # states of a cell that has its place in a unit


def part_blocks(unit: Unit, at: datetime) -> list[Blocker]:
    """Return what stops a unit by what is in it, or by the cells that were given to it.

    An installed part stops it only by a hold; a cell that still lies in its tray also by its lot:
    not inspected, or past its shelf life.
    """
    states = set(_states(unit=unit))
    waiting = "allotted" in states
    found = []
    if states - set(USABLE):
        found = [
            Blocker(
                f"cell {cell}",
                f"has its place in {unit}, and is {cell.state}",
                "replacing it, or its disposition",
                code="part_set_aside",
            )
            for cell in Cell.objects.filter(placement__unit=unit)
            .exclude(state__in=USABLE)
            .order_by("serial")
        ]
    for lot in _unfit_lots(unit=unit, day=at.date()) if waiting else ():
        found += _lot(lot, at.date())
    held = _open_lot_holds()
    if held:
        inside = {*cell_lots_in(unit), *(_lots_waiting(unit, held) if waiting else ())}
        found += [_held_lot(h, str(unit)) for h in sorted(held, key=str) if h.lot.number in inside]
    return found + [_held_part(hold, str(unit)) for hold in part_holds_in(unit)]


def _lots_waiting(unit: Unit, held: Sequence[LotHold]) -> list[str]:
    """Return which of the lots on hold have cells in the tray of a unit."""
    cells = Cell.objects.filter(placement__unit=unit, state="allotted")
    among = cells.filter(lot__in=[hold.lot_id for hold in held])
    return list(among.order_by().values_list("lot__number", flat=True).distinct())


def missing_part_blocks(unit: Unit) -> list[Blocker]:
    """Return what is missing of the cells that were matched for a unit."""
    waiting = Cell.objects.filter(placement__unit=unit, state="allotted").count()
    if not waiting:
        return []
    plural = "s were" if waiting > 1 else " was"
    return [
        Blocker(
            f"unit {unit}",
            f"{waiting} cell{plural} matched for it and not put in",
            "putting them in at the station that groups them",
            code="parts_missing",
        )
    ]


def let_parts_pass(
    *, unit: Unit | None, parts: Sequence[Part], at: datetime, repair: bool = False
) -> None:
    """Raise `Blocked` with everything that keeps parts from being put into a unit, or return.

    `unit` is None for an assembly that is in no unit yet. A `repair` is done while the unit is
    held: then its own holds, and those of what is in it, are no obstacle.
    """
    found: list[Blocker] = []
    if unit is not None:
        found += ended_blocks(unit)
    if unit is not None and not repair:
        found += [*hold_blocks(unit), *part_blocks(unit, at)]
    into = str(unit) if unit is not None else "an assembly"
    for lot in _cell_lots(parts):
        found += _lot(lot, at.date())
        found += [_held_lot(hold, into) for hold in lot.holds.all() if hold.lifted_at is None]
    found += [_held_part(hold, into) for hold in part_holds_on(parts)]
    if found:
        raise Blocked(f"putting parts into {into}", list(dict.fromkeys(found)))


def _cell_lots(parts: Sequence[Part]) -> list[CellLot]:
    """Return the lots of cells among parts: of the cells, and of which a quantity goes in."""
    serials = [part.number for part in parts if part.kind == "cell"]
    numbers = [part.number for part in parts if part.kind == "cell-lot"]
    if not serials and not numbers:
        return []
    lots = CellLot.objects.filter(Q(cells__serial__in=serials) | Q(number__in=numbers))
    return list(lots.distinct().prefetch_related("holds__lot").order_by("number"))


def _lot(lot: CellLot, day: date) -> Iterator[Blocker]:
    if lot.state != "inspected":
        yield Blocker(
            f"lot {lot}",
            f"is {lot.state}, not inspected",
            "inspecting it",
            code="lot_not_released",
        )
    if lot.use_by is not None and lot.use_by < day:
        yield Blocker(
            f"lot {lot}",
            f"was to be used by {lot.use_by}",
            "a fresh lot, or a signed deviation permit",
            code="lot_expired",
        )


def _held_lot(hold: LotHold, into: str) -> Blocker:
    return Blocker(
        f"lot hold {hold}",
        f"lot {hold.lot} is installed in {into}, or was given to it: {hold.reason}",
        "the disposition of the lot",
        code="lot_held",
    )


def _held_part(hold: PartHold, into: str) -> Blocker:
    return Blocker(
        f"part hold {hold}",
        f"{hold.kind} {hold.part} is in {into}, or goes into it: {hold.reason}",
        "lifting the hold of the part, or replacing the part",
        code="part_held",
    )
