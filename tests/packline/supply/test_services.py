"""Lots and cells: received, judged, moved, held; all or nothing, every row told by an event."""

import json
from datetime import date, timedelta

import numpy as np
import pytest

from packline.foundation.errors import (
    Blocked,
    IllegalTransition,
    NotAllowed,
    Refused,
    StaleObject,
)
from packline.foundation.files import read as read_file
from packline.foundation.models import Event
from packline.foundation.verification import verify_record
from packline.supply.calc.limits import IncomingLimit
from packline.supply.forms import read_cells
from packline.supply.models import Cell, CellLot, LotLimit
from packline.supply.services import (
    allot_cells,
    concede_cells,
    dispose_cells,
    inspect_lot,
    install_cells,
    lift_lot,
    place_lot_hold,
    quarantine_cells,
    receive_cells,
    remove_cells,
    restock_cells,
)
from tests.packline.supply.conftest import HEADER

pytestmark = pytest.mark.django_db

LIMITS = (
    IncomingLimit("cell_capacity", "Ah", low=4.9),
    IncomingLimit("cell_ac_ir", "mOhm", high=20.0),
)


@pytest.fixture
def stock(lot, people, now):
    """The lot after inspection: A1 to A4 accepted, A5 and A6 quarantined."""
    inspect_lot(lot=lot, limits=LIMITS, by=people.inspector, at=now)
    return lot


def cells_of(lot, *serials):
    return list(Cell.objects.filter(serial__in=serials).select_related("lot").order_by("serial"))


def states():
    return dict(Cell.objects.values_list("serial", "state"))


# --- receiving --------------------------------------------------------------------------------


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


# --- inspecting -------------------------------------------------------------------------------


def test_cells_inside_the_limits_are_accepted_and_the_others_quarantined(stock):
    assert states() == {
        **dict.fromkeys(("A1", "A2", "A3", "A4"), "accepted"),
        **dict.fromkeys(("A5", "A6"), "quarantined"),
    }
    stock.refresh_from_db()
    assert stock.state == "inspected"


def test_the_reason_names_figure_value_and_limit(stock):
    assert Cell.objects.get(serial="A5").reason == (
        "cell_capacity 4.6 Ah is below the limit 4.9 Ah"
    )
    assert Cell.objects.get(serial="A6").reason == (
        "cell_ac_ir 25 mOhm is above the limit 20 mOhm"
    )


def test_a_cell_outside_two_limits_has_both_as_its_reason(receive, people, now):
    lot = receive(("A1", 5, 3.6, 15), ("A2", 4, 3.6, 30))
    inspect_lot(lot=lot, limits=LIMITS, by=people.inspector, at=now)
    reason = Cell.objects.get(serial="A2").reason
    assert "cell_capacity 4 Ah" in reason
    assert "; cell_ac_ir 30 mOhm" in reason


def test_the_event_lists_the_quarantined_cells_for_whoever_opens_the_nonconformance(stock):
    event = Event.objects.get(verb="supply.lot.inspected")
    data = json.loads(event.text)["data"]
    assert data["quarantined"] == [
        {
            "serial": "A5", "code": "cell_capacity", "value": 4.6,
            "low": 4.9, "high": None, "unit": "Ah",
        },
        {
            "serial": "A6", "code": "cell_ac_ir", "value": 25.0,
            "low": None, "high": 20.0, "unit": "mOhm",
        },
    ]  # fmt: skip
    assert (data["checked"], data["accepted"]) == (6, 4)


def test_the_limits_are_frozen_with_their_counts(stock):
    rows = LotLimit.objects.order_by("code").values_list(
        "code", "low", "high", "n_checked", "n_out"
    )
    assert list(rows) == [("cell_ac_ir", None, 20.0, 6, 1), ("cell_capacity", 4.9, None, 6, 1)]


def test_a_value_on_the_limit_is_inside(receive, people, now):
    lot = receive(("A1", 4.9, 3.6, 20))
    assert inspect_lot(lot=lot, limits=LIMITS, by=people.inspector, at=now) == []


def test_limits_in_other_units_are_converted(receive, people, now):
    lot = receive(("A1", 4.8, 3.6, 15), ("A2", 5, 3.6, 15))
    limits = [IncomingLimit("cell_capacity", "mAh", low=4900)]
    (out,) = inspect_lot(lot=lot, limits=limits, by=people.inspector, at=now)
    assert out.serial == "A1"
    assert LotLimit.objects.get().low == pytest.approx(4.9)


def test_a_relative_limit_is_worked_out_and_frozen_in_numbers(receive, people, now):
    """Median 5.02, absolute deviations .02 .01 0 .01 .02 -> median .01; times 1.4826 times 3."""
    rows = [(f"A{i}", q, 3.6, 15) for i, q in enumerate([5.00, 5.01, 5.02, 5.03, 5.04])]
    lot = receive(*rows)
    limits = [IncomingLimit("cell_capacity", "Ah", relative="median", k=3.0)]
    inspect_lot(lot=lot, limits=limits, by=people.inspector, at=now)
    limit = LotLimit.objects.get()
    assert limit.low == pytest.approx(5.02 - 3 * 0.014826)
    assert limit.high == pytest.approx(5.02 + 3 * 0.014826)
    assert limit.basis.startswith("median 5.02 +- 3 x robust sigma")


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ([], "there are no incoming limits"),
        (
            [IncomingLimit("cell_dc_resistance", "mOhm", high=20)],
            "was not measured for every",
        ),
        ([IncomingLimit("smell", "1", high=1)], "no such incoming limit: smell"),
        ([IncomingLimit("cell_ocv", "kg", high=1)], "kg cannot be expressed in V"),
        ([IncomingLimit("cell_ocv", "V", low=4, high=3)], "is no limit"),
        ([IncomingLimit("cell_ocv", "V")], "is no limit"),
        ([IncomingLimit("cell_ocv", "V", low=1)] * 2, "stated twice: cell_ocv"),
        ([IncomingLimit("cell_ocv", "V", relative="mean", k=3)], 'use "median"'),
        ([IncomingLimit("cell_ocv", "V", relative="median")], "k must be a positive number"),
    ],
)
def test_limits_that_cannot_be_applied_are_refused_and_nothing_changes(
    lot, people, now, limits, said
):
    before = Event.objects.count()
    with pytest.raises(Refused, match=said):
        inspect_lot(lot=lot, limits=limits, by=people.inspector, at=now)
    assert set(states().values()) == {"received"}
    assert (LotLimit.objects.count(), Event.objects.count()) == (0, before)


def test_a_lot_without_spread_cannot_be_judged_by_its_spread(receive, people, now):
    lot = receive(*((f"A{i}", 5, 3.6, 15) for i in range(5)))
    limits = [IncomingLimit("cell_capacity", "Ah", relative="median", k=3)]
    with pytest.raises(Refused, match="state the limit in numbers"):
        inspect_lot(lot=lot, limits=limits, by=people.inspector, at=now)


def test_a_lot_is_judged_once(stock, people, now):
    with pytest.raises(Refused, match="no received cells"):
        inspect_lot(lot=stock, limits=LIMITS, by=people.inspector, at=now)


def test_a_lot_with_no_acceptable_cell_is_quarantined_whole(receive, people, now):
    lot = receive(("A1", 4, 3.6, 15), ("A2", 4, 3.6, 15))
    inspect_lot(lot=lot, limits=LIMITS, by=people.inspector, at=now)
    assert set(states().values()) == {"quarantined"}


def test_an_operator_does_not_judge_a_lot(lot, people, now):
    with pytest.raises(NotAllowed):
        inspect_lot(lot=lot, limits=LIMITS, by=people.operator, at=now)


# --- moving cells -----------------------------------------------------------------------------


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


# --- holds ------------------------------------------------------------------------------------


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


# --- bulk -------------------------------------------------------------------------------------


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
