"""What the gate asks of the database does not grow with what is in the unit."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from packline.design.models import Design
from packline.foundation.models import StoredFile
from packline.production.gate import blocks
from packline.production.models import Placement, Unit
from packline.production.services import install_parts
from packline.supply.models import Cell, CellLot
from packline.supply.services import place_lot_hold

SERIES, PARALLEL, LOTS = 20, 200, 600


def filled(world, number, *, cells, lots):
    """A unit with so many cells in their trays, of so many lots."""
    unit = Unit.objects.create(
        serial=f"BIG-{number}", order=world.order, number=900 + number, virtual=False
    )
    file = StoredFile.objects.get(sha256="1" * 64)
    known = CellLot.objects.bulk_create(
        CellLot(
            number=f"B{number}-{n}", supplier="S", cell=world.design.cell, file=file,
            received_on=world.lot.received_on, row_count=cells // lots + 1, rejected_count=0,
            skipped_count=0, state="inspected",
        )
        for n in range(lots)
    )  # fmt: skip
    given = Cell.objects.bulk_create(
        Cell(
            serial=f"B{number}-C{n}", lot=known[n % lots], row_number=n // lots + 1,
            capacity_ah=5, ocv_v=3.6, ac_ir_mohm=15, state="allotted",
        )
        for n in range(cells)
    )  # fmt: skip
    Placement.objects.bulk_create(
        Placement(unit=unit, group=n // PARALLEL + 1, slot=n % PARALLEL + 1, cell=cell)
        for n, cell in enumerate(given)
    )
    return unit


def asked(world, people, now, unit):
    """Return what blocks the first operation, and how many questions that took."""
    operation = world.operation("kitting")
    with CaptureQueriesContext(connection) as context:
        found = blocks(
            unit=Unit.objects.select_related("order__design").get(pk=unit.pk),
            operation=operation,
            station=world.stations[operation.station_kind],
            operator=people.operator,
            at=now,
        )
    return found, len(context)


def test_four_thousand_cells_of_six_hundred_lots_ask_as_often_as_four(world, people, now):
    Design.objects.filter(pk=world.design.pk).update(series=SERIES, parallel=PARALLEL)
    small = filled(world, 1, cells=4, lots=2)
    large = filled(world, 2, cells=SERIES * PARALLEL, lots=LOTS)

    few = asked(world, people, now, small)
    assert asked(world, people, now, large) == few == ([], few[1])
    assert few[1] <= 16

    for unit in (small, large):
        install_parts(unit=unit, by=people.operator, at=now)
    few = asked(world, people, now, small)
    assert asked(world, people, now, large) == few == ([], few[1])

    # The dear case: some lot is on hold, so that what is inside has to be looked into.
    place_lot_hold(lot=world.lot, reason="x", cause="y", by=people.inspector, at=now)
    few = asked(world, people, now, small)
    assert asked(world, people, now, large) == few == ([], few[1])
    last = CellLot.objects.get(number=f"B2-{LOTS - 1}")
    place_lot_hold(lot=last, reason="dented", cause="y", by=people.inspector, at=now)
    found, n = asked(world, people, now, large)
    assert [(b.code, b.reason) for b in found] == [
        ("lot_held", f"lot {last} is installed in {large}, or was given to it: dented")
    ]
    assert n == few[1]
    assert asked(world, people, now, small) == few
