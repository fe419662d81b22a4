"""What must never be false about lots and cells is refused by the database itself."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from packline.supply.calc.measures import MEASURES
from packline.supply.models import LIMIT_CODES, Cell, CellLot, LotHold, LotLimit
from packline.supply.states import CELL, LOT

pytestmark = pytest.mark.django_db


def refused(change):
    with pytest.raises(IntegrityError), transaction.atomic():
        change()


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "lost"},
        {"serial": ""},
        {"serial": "A2"},
        {"row_number": 0},
        {"row_number": 3},
        {"capacity_ah": 0.0},
        {"capacity_ah": None},
        {"ocv_v": -0.1},
        {"ac_ir_mohm": 0.0},
        {"dc_resistance_mohm": -1.0},
        {"ac_ir_mohm": None},
        {"state": "quarantined", "reason": ""},
        {"state": "scrapped", "reason": ""},
    ],
    ids=str,
)
def test_a_cell_that_cannot_be_is_refused(lot, wrong):
    refused(lambda: Cell.objects.filter(serial="A1").update(**wrong))


@pytest.mark.parametrize(
    "wrong", [{"number": ""}, {"state": "eaten"}, {"rejected_count": 1}], ids=str
)
def test_a_lot_that_cannot_be_is_refused(lot, wrong):
    refused(lambda: CellLot.objects.update(**wrong))


def limit(lot, **named):
    stated = {
        "lot": lot, "code": "cell_ocv", "unit_code": "V", "low": 3.0, "high": 4.0,
        "basis": "stated", "n_checked": 6, "n_out": 0,
    }  # fmt: skip
    return LotLimit.objects.create(**{**stated, **named})


@pytest.mark.parametrize(
    "wrong",
    [{"code": "smell"}, {"low": None, "high": None}, {"low": 4.5}, {"n_out": 7}],
    ids=str,
)
def test_a_limit_that_cannot_be_is_refused(lot, wrong):
    refused(lambda: limit(lot, **wrong))


def test_a_figure_has_one_limit_per_lot(lot):
    limit(lot)
    refused(lambda: limit(lot, low=2.0))


def test_a_frozen_limit_is_never_changed_or_deleted(lot):
    row = limit(lot)
    for change in (lambda: LotLimit.objects.update(low=1.0), row.delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


@pytest.mark.parametrize(
    "wrong",
    [{"number": 0}, {"reason": ""}, {"lifted_because": "x"}, {"number": 1}],
    ids=str,
)
def test_a_hold_that_cannot_be_is_refused(lot, now, wrong):
    LotHold.objects.create(lot=lot, number=1, reason="r", cause="c", placed_at=now)
    stated = {"lot": lot, "number": 2, "reason": "r", "cause": "c", "placed_at": now}
    refused(lambda: LotHold.objects.create(**{**stated, **wrong}))


def test_the_codes_of_limits_are_the_figures_of_a_cell():
    assert tuple(MEASURES) == LIMIT_CODES
    fields = {field.name for field in Cell._meta.fields}
    assert {measure.field for measure in MEASURES.values()} <= fields


def test_final_states_lead_nowhere():
    assert [s for s in CELL.states if not CELL.moves[s]] == ["scrapped", "returned"]
    assert LOT.moves["inspected"] == frozenset()
