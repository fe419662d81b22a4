"""Judging a lot: limits frozen with their counts, and what lies outside is quarantined."""

import json

import pytest

from packline.foundation.errors import (
    NotAllowed,
    Refused,
)
from packline.foundation.models import Event
from packline.supply.calc.limits import IncomingLimit
from packline.supply.models import Cell, LotLimit
from packline.supply.services import (
    inspect_lot,
)
from tests.packline.supply.conftest import LIMITS, states

pytestmark = pytest.mark.django_db


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
