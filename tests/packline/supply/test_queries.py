"""What the pages ask about lots: counts, distributions, quarantined cells, in few queries."""

import numpy as np
import pytest

from packline.supply.calc.limits import IncomingLimit
from packline.supply.queries.holds import open_holds
from packline.supply.queries.lots import (
    cells_of_lot,
    find_lot,
    lot_distributions,
    lots_of_serials,
    lots_overview,
    quarantined_cells,
)
from packline.supply.services import inspect_lot, place_lot_hold

pytestmark = pytest.mark.django_db


@pytest.fixture
def stock(lot, people, now):
    limits = [IncomingLimit("cell_capacity", "Ah", low=4.9)]
    inspect_lot(lot=lot, limits=limits, by=people.inspector, at=now)
    return lot


def test_the_overview_counts_the_cells_of_each_lot_by_state(stock, receive, people, now):
    receive(("B1", 5, 3.6, 15), ("B2", "x", 3.6, 15), number="LOT-2")
    place_lot_hold(lot=stock, reason="r", cause="c", by=people.operator, at=now)
    one, two = lots_overview()
    assert (one.number, one.total, one.cells["accepted"], one.on_hold) == ("LOT-1", 6, 5, 1)
    assert (two.number, two.cells["received"], two.rejected, two.on_hold) == ("LOT-2", 1, 1, 0)


def test_the_overview_takes_the_same_queries_for_many_lots(
    stock, receive, django_assert_num_queries
):
    for k in range(4):
        receive((f"B{k}", 5, 3.6, 15), number=f"LOT-{k + 2}")
    with django_assert_num_queries(2):
        assert len(lots_overview()) == 5


def test_distributions_hold_every_value_with_the_limits_it_was_judged_by(
    stock, django_assert_num_queries
):
    with django_assert_num_queries(2):
        found = {d.measure.code: d for d in lot_distributions(stock)}
    assert set(found) == {"cell_capacity", "cell_ocv", "cell_ac_ir"}
    capacity = found["cell_capacity"]
    np.testing.assert_array_equal(capacity.values, [5.01, 5.02, 5.00, 5.03, 4.60, 5.01])
    assert (capacity.low, capacity.high, capacity.n_out) == (4.9, None, 1)
    assert capacity.serials[int(np.flatnonzero(~capacity.inside)[0])] == "A5"
    assert (found["cell_ocv"].low, found["cell_ocv"].n_out) == (None, 0)


def test_quarantined_cells_come_with_their_lot(stock, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert [(c.serial, c.lot.number) for c in quarantined_cells()] == [("A5", "LOT-1")]
    assert [c.serial for c in quarantined_cells(stock)] == ["A5"]


def test_the_cells_of_a_lot_come_by_serial(stock):
    assert [cell.serial for cell in cells_of_lot(stock)] == ["A1", "A2", "A3", "A4", "A5", "A6"]


def test_a_lot_is_found_by_its_number(stock):
    assert find_lot("LOT-1") == stock
    assert find_lot("LOT-9") is None


def test_serials_in_stock_are_found_with_their_lot(stock):
    asked = ["A1", "Z9", *(f"X{i}" for i in range(1200))]
    assert lots_of_serials(asked) == {"A1": "LOT-1"}


def test_only_holds_in_force_are_returned(stock, people, now):
    from packline.supply.services import lift_lot

    hold = place_lot_hold(lot=stock, reason="r", cause="c", by=people.operator, at=now)
    assert open_holds([stock]) == [hold]
    lift_lot(hold=hold, reason="done", by=people.inspector, at=now)
    assert open_holds([stock]) == []
