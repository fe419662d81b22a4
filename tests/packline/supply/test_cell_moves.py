"""What becomes of cells: allotted, built in, taken out, conceded, disposed of, held."""

from datetime import timedelta

import pytest

from packline.foundation.errors import (
    Blocked,
    IllegalTransition,
    NotAllowed,
    Refused,
    StaleObject,
)
from packline.foundation.models import Event
from packline.foundation.verification import verify_record
from packline.supply.services import (
    allot_cells,
    concede_cells,
    dispose_cells,
    inspect_lot,
    install_cells,
    lift_lot,
    place_lot_hold,
    quarantine_cells,
    remove_cells,
    restock_cells,
)
from tests.packline.supply.conftest import LIMITS, cells_of, states

pytestmark = pytest.mark.django_db


def test_the_life_of_a_cell_is_told_completely_by_its_events(stock, people, now):
    do = {"by": people.inspector, "at": now}
    allot_cells(cells=cells_of(stock, "A1", "A2"), to="P1", **do)
    install_cells(cells=cells_of(stock, "A1", "A2"), into="P1", **do)
    remove_cells(cells=cells_of(stock, "A1"), out_of="P1", reason="weak in ageing", **do)
    quarantine_cells(cells=cells_of(stock, "A1"), reason="weak in ageing", **do)
    do["by"] = people.approver
    dispose_cells(cells=cells_of(stock, "A1"), disposition="scrapped", reason="MRB 4", **do)
    concede_cells(cells=cells_of(stock, "A5"), reason="concession C-1", **do)
    dispose_cells(cells=cells_of(stock, "A6"), disposition="returned", reason="RMA 9", **do)
    assert states() == {
        "A1": "scrapped", "A2": "installed", "A3": "accepted", "A4": "accepted",
        "A5": "accepted", "A6": "returned",
    }  # fmt: skip
    found = verify_record()
    assert found.proven, found.differences


def test_an_allotted_cell_can_be_put_back(stock, people, now):
    cells = allot_cells(cells=cells_of(stock, "A1"), to="P1", by=people.planner, at=now)
    restock_cells(cells=cells, reason="order P1 was cancelled", by=people.planner, at=now)
    assert states()["A1"] == "accepted"


def test_a_quarantined_cell_is_neither_allotted_nor_restocked(stock, people, now):
    with pytest.raises(IllegalTransition, match="cell A5 is quarantined: it cannot become allot"):
        allot_cells(cells=cells_of(stock, "A4", "A5"), to="P1", by=people.planner, at=now)
    with pytest.raises(IllegalTransition, match="it cannot be restocked"):
        restock_cells(cells=cells_of(stock, "A5"), reason="x", by=people.planner, at=now)
    assert (states()["A4"], states()["A5"]) == ("accepted", "quarantined")


def test_only_quarantined_cells_are_conceded(stock, people, now):
    with pytest.raises(IllegalTransition, match="nothing to concede"):
        concede_cells(cells=cells_of(stock, "A1"), reason="x", by=people.approver, at=now)


def test_the_second_of_two_who_allot_the_same_cell_is_refused_whole(stock, people, now):
    mine, theirs = cells_of(stock, "A1", "A2"), cells_of(stock, "A2", "A3")
    allot_cells(cells=theirs, to="P2", by=people.planner, at=now)
    events = Event.objects.count()
    with pytest.raises(StaleObject, match="still accepted"):
        allot_cells(cells=mine, to="P1", by=people.planner, at=now)
    assert states()["A1"] == "accepted"
    assert Event.objects.count() == events
    assert mine[0].state == "accepted"


def test_cells_of_two_lots_are_recorded_on_both_chains(stock, receive, people, now):
    other = receive(("B1", 5, 3.6, 15), number="LOT-2")
    inspect_lot(lot=other, limits=LIMITS, by=people.inspector, at=now)
    allot_cells(cells=cells_of(stock, "B1", "A1"), to="P1", by=people.planner, at=now)
    subjects = Event.objects.filter(verb="supply.cells.allotted").order_by("subject")
    assert [e.subject for e in subjects] == ["supply.celllot:LOT-1", "supply.celllot:LOT-2"]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
def test_a_reason_is_stated_and_short(stock, people, now, reason):
    with pytest.raises(Refused, match="a reason has 1 to 300 characters"):
        quarantine_cells(cells=cells_of(stock, "A1"), reason=reason, by=people.operator, at=now)


def test_no_cells_and_the_same_cell_twice_are_refused(stock, people, now):
    (cell,) = cells_of(stock, "A1")
    with pytest.raises(Refused, match="no cells are named"):
        allot_cells(cells=[], to="P1", by=people.planner, at=now)
    with pytest.raises(Refused, match="named twice"):
        allot_cells(cells=[cell, cell], to="P1", by=people.planner, at=now)


def test_an_unknown_disposition_is_refused(stock, people, now):
    with pytest.raises(Refused, match="allowed: scrapped, returned"):
        dispose_cells(
            cells=cells_of(stock, "A5"), disposition="sold", reason="x", by=people.approver, at=now
        )


def test_nothing_of_a_lot_on_hold_is_used_until_the_hold_is_lifted(stock, people, now):
    allot_cells(cells=cells_of(stock, "A1"), to="P1", by=people.planner, at=now)
    hold = place_lot_hold(
        lot=stock, reason="swelling seen", cause="quality.nonconformance:NC-7",
        by=people.operator, at=now,
    )  # fmt: skip
    with pytest.raises(Blocked, match="lot hold LOT-1/hold/1: swelling seen"):
        install_cells(cells=cells_of(stock, "A1"), into="P1", by=people.operator, at=now)
    with pytest.raises(Blocked):
        allot_cells(cells=cells_of(stock, "A2"), to="P1", by=people.planner, at=now)
    lift_lot(hold=hold, reason="sorted", by=people.inspector, at=now + timedelta(hours=1))
    install_cells(cells=cells_of(stock, "A1"), into="P1", by=people.operator, at=now)
    assert verify_record().proven


def test_a_hold_is_lifted_once(stock, people, now):
    hold = place_lot_hold(lot=stock, reason="x", cause="", by=people.operator, at=now)
    lift_lot(hold=hold, reason="y", by=people.inspector, at=now)
    with pytest.raises(StaleObject):
        lift_lot(hold=hold, reason="y", by=people.inspector, at=now)


def test_an_operator_does_not_lift_a_hold(stock, people, now):
    hold = place_lot_hold(lot=stock, reason="x", cause="", by=people.operator, at=now)
    with pytest.raises(NotAllowed):
        lift_lot(hold=hold, reason="y", by=people.operator, at=now)
