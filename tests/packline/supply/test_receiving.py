"""Receiving lots: all of a file or nothing, every row told by an event."""

import json
from datetime import date

import numpy as np
import pytest

from packline.foundation.errors import (
    Refused,
)
from packline.foundation.files import read as read_file
from packline.foundation.models import Event
from packline.foundation.verification import verify_record
from packline.supply.calc.limits import IncomingLimit
from packline.supply.forms import read_cells
from packline.supply.models import Cell, CellLot
from packline.supply.services import (
    inspect_lot,
    receive_cells,
)
from tests.packline.supply.conftest import HEADER, states

pytestmark = pytest.mark.django_db


def test_the_original_file_and_the_rejected_rows_are_kept(receive):
    lot = receive(("A1", 5, 3.6, 15), ("A2", "x", 3.6, 15))
    assert read_file(lot.file.sha256).decode().splitlines()[0] == HEADER
    assert "3,capacity_Ah = x: not a number,A2,x,3.6,15" in read_file(lot.rejects.sha256).decode()
    assert (lot.row_count, lot.rejected_count) == (1, 1)


def test_a_received_lot_is_told_completely_by_its_events(receive):
    receive(("A1", 5, 3.6, 15), ("A2", "x", 3.6, 15))
    found = verify_record()
    assert found.proven, found.differences


def test_the_same_lot_from_the_same_file_again_changes_nothing(receive):
    one = receive(("A1", 5, 3.6, 15))
    events = Event.objects.count()
    # the serials are in stock, in this very lot: reading needs to know which lot it is for
    with pytest.raises(Exception, match="in stock already, in lot LOT-1"):
        receive(("A1", 5, 3.6, 15))
    assert (CellLot.objects.get(), Event.objects.count()) == (one, events)


def test_a_broken_off_import_can_be_repeated(write, cell_model, people, now):
    path = write(HEADER, "A1,5,3.6,15")
    for _ in range(2):
        lot = receive_cells(
            lot_number="LOT-1",
            supplier="Cells Ltd",
            cell=cell_model,
            cells=read_cells(path, lot_number="LOT-1"),
            received_on=date(2026, 11, 20),
            by=people.inspector,
            at=now,
        )
    assert (CellLot.objects.count(), Cell.objects.count()) == (1, 1)
    assert Event.objects.filter(subject=f"supply.celllot:{lot}").count() == 2


def test_a_lot_number_is_not_used_for_another_file(receive):
    receive(("A1", 5, 3.6, 15))
    with pytest.raises(Refused, match="LOT-1 was received already, with another file"):
        receive(("B1", 5, 3.6, 15))


def test_a_serial_that_came_into_stock_meanwhile_refuses_the_lot_whole(
    write, cell_model, receive, people, now
):
    cells = read_cells(write(HEADER, "B1,5,3.6,15", "A1,5,3.6,15", name="two.csv"))
    receive(("A1", 5, 3.6, 15))
    with pytest.raises(Refused, match="in stock already, for example A1 in lot LOT-1"):
        receive_cells(
            lot_number="LOT-2",
            supplier="Cells Ltd",
            cell=cell_model,
            cells=cells,
            received_on=date(2026, 11, 20),
            by=people.inspector,
            at=now,
        )
    assert CellLot.objects.count() == 1
    assert list(states()) == ["A1"]


def test_a_lot_of_drawn_cells_says_so(receive):
    assert receive(("A1", 5, 3.6, 15), virtual=True).virtual


def test_ten_thousand_cells_are_received_judged_and_proven(write, cell_model, people, now):
    """The events carry at most a thousand rows each."""
    from packlink.virtual import population

    drawn = population(
        seed=1,
        n=10_000,
        capacity_mean_ah=5.0,
        capacity_sd_ah=0.03,
        ocv_mean_v=3.6,
        ocv_sd_v=0.002,
        resistance_mean_mohm=15.0,
        resistance_sd_mohm=0.4,
        outlier_share=0.01,
    )
    path = write("x")
    drawn.write_csv(path)
    lot = receive_cells(
        lot_number="BIG",
        supplier="Cells Ltd",
        cell=cell_model,
        cells=read_cells(path),
        received_on=date(2026, 11, 20),
        virtual=True,
        by=people.inspector,
        at=now,
    )
    limits = [
        IncomingLimit("cell_capacity", "Ah", low=4.84),
        IncomingLimit("cell_ocv", "V", low=3.59),
        IncomingLimit("cell_ac_ir", "mOhm", high=17.2),
    ]
    out = inspect_lot(lot=lot, limits=limits, by=people.inspector, at=now)
    expected = (drawn.capacity_ah < 4.84) | (drawn.ocv_v < 3.59) | (drawn.resistance_mohm > 17.2)
    assert [cell.serial for cell in out] == np.array(drawn.serials)[expected].tolist()
    texts = Event.objects.values_list("text", flat=True)
    sizes = [len(json.loads(text)["rows"]) for text in texts]
    assert max(sizes) == 1000
    found = verify_record()
    assert found.proven, found.differences[:3]
