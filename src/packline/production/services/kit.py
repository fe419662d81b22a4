"""Matching the accepted cells of an order into packs, and giving them their places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from packcalc.matching import Matching, Topology, match
from packline.foundation.commands import command
from packline.foundation.errors import IllegalTransition, Refused
from packline.foundation.events import record
from packline.foundation.models import Person
from packline.foundation.states import move
from packline.production.calc.match_record import order_facts, unit_facts
from packline.production.calc.matching import in_limits, packs_of, to_arrays, to_rules
from packline.production.models import Order, Placement
from packline.production.queries.stock import cells_for
from packline.production.services.as_built import simulate_planned
from packline.production.services.order import serialise_units
from packline.production.states import ORDER
from packline.resources.models import Gauge
from packline.resources.queries import largest_repeatability, repeatability_of
from packline.supply import services as supply
from packline.supply.models import Cell


@dataclass(frozen=True, slots=True)
class Found:
    """A match that is not written yet: its packs of groups of cells."""

    matching: Matching
    packs: list[list[list[Cell]]]
    said: list[Mapping[str, Any]]  # of each pack, why it is as good as it is
    stock: int
    gauge_study: str  # where the repeatability of capacity comes from; empty: it is unknown


def _find(*, order: Order, at: datetime, capacity_gauge: Gauge | None = None, **_: Any) -> Found:
    """Match what is in stock; this may take seconds, during which others may write."""
    if not ORDER.allows(order.state, "matched"):
        raise IllegalTransition(f"order {order} is {order.state}: its cells were matched already")
    if capacity_gauge is not None:
        error = repeatability_of(capacity_gauge, "cell_capacity", at.date())
    else:
        error = largest_repeatability("cell_capacity", at.date())
    design = order.design
    cells = list(cells_for(design, virtual=order.virtual))
    topology = Topology(design.series, design.parallel)
    if len(cells) < topology.cells:
        raise Refused(
            f"order {order}: {len(cells)} accepted cells of {design.cell} in stock, "
            f"one {topology} pack needs {topology.cells}"
        )
    limits = in_limits(
        {
            row.code: (row.high, row.unit_code)
            for row in design.limits.filter(kind="matching").order_by("code")
        }
    )
    stock = to_arrays(cells, (error.value, error.unit_code) if error else None)
    found = match(stock, topology, to_rules(limits), packs=order.quantity)
    packs = packs_of(found, cells)
    if not packs:
        raise Refused(f"order {order}: no {topology} pack keeps the matching rules: {limits}")
    said = [unit_facts(found, pack) for pack in range(len(packs))]
    return Found(found, packs, said, len(cells), error.source if error else "")


@command("production.match_cells", prepare=_find)
def match_cells(
    *,
    order: Order,
    pattern: str,
    gtin: str,
    firmware_version: str,
    capacity_gauge: Gauge | None = None,
    by: Person,
    at: datetime,
    prepared: Found | None = None,
) -> Matching:
    """Match the accepted cells in stock into as many packs as the order wants and stock gives.

    Serialises that many units and allots their cells; `prepared` is its own doing. Refused when
    not even one pack can be made; nothing is written then. A real order takes no cell of a virtual
    lot. Allotting finds out whether a cell was taken or held while the match was worked out.
    `capacity_gauge` measured the capacities:
    what its study in force says of repeatability sets the floor that is stated. Without it the
    studied gauge that repeats worst at the capacity of a cell does.
    """
    assert prepared is not None
    units = serialise_units(
        order=order,
        count=len(prepared.packs),
        pattern=pattern,
        gtin=gtin,
        firmware_version=firmware_version,
        by=by,
        at=at,
    )
    for unit, pack, said in zip(units, prepared.packs, prepared.said, strict=True):
        placements = [
            Placement(unit=unit, group=g, slot=s, cell=cell)
            for g, group in enumerate(pack, start=1)
            for s, cell in enumerate(group, start=1)
        ]
        Placement.objects.bulk_create(placements)
        supply.allot_cells(cells=[p.cell for p in placements], to=unit.serial, by=by, at=at)
        record("production.unit.matched", unit, by=by, at=at, rows=placements, **said)
    simulate_planned(units, by=by, at=at)
    move(order, ORDER, to="matched")
    record(
        "production.order.matched",
        order,
        by=by,
        at=at,
        rows=[order],
        packs=len(units),
        wanted=order.quantity,
        stock=prepared.stock,
        topology=str(prepared.matching.topology),
        gauge_study=prepared.gauge_study,
        **order_facts(prepared.matching),
    )
    return prepared.matching
