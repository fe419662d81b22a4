"""Reading cells from tables as they come: columns recognised, flaws named by row and column."""

from __future__ import annotations

import numpy as np
import pytest

from packcalc.matching.table import BadTable, read_table


@pytest.mark.parametrize(
    ("heading", "unit"),
    [
        ("serial,capacity_Ah,ocv_V,ir_mohm", 1.0),
        ("Cell ID,Capacity (mAh),OCV [mV],AC-IR (mOhm)", 1000.0),
        ("barcode,Discharge Capacity/Ah,open circuit voltage,DCIR (mΩ)", 1.0),
    ],
)
def test_usual_columns_are_recognised(heading, unit):
    ocv = 3600 if "mV" in heading else 3.6
    found = read_table(f"{heading}\nA,{5 * unit:g},{ocv},15.2\n", "cells.csv").cells
    assert found.serial.tolist() == ["A"]
    assert (found.capacity[0], found.ocv[0], found.resistance[0]) == (5.0, 3.6, 15.2)


def test_ohms_become_milliohms():
    found = read_table("id,capacity_Ah,dcir_5s_ohm\nA,5,0.0152\n", "c.csv").cells
    assert found.resistance[0] == pytest.approx(15.2)


def test_semicolons_come_with_decimal_commas():
    found = read_table("serial;capacity_Ah\nA;4,9963\n", "c.csv").cells
    assert found.capacity.tolist() == [4.9963]


def test_an_empty_field_is_a_missing_reading():
    found = read_table("serial,capacity_Ah\nA,\nB,5.0\n", "c.csv").cells
    assert np.isnan(found.capacity[0])


def test_lots_and_dates_are_read():
    found = read_table("serial,capacity,lot,date\nA,5,L1,2026-03-31\n", "c.csv").cells
    assert (found.lot.tolist(), str(found.made_on[0])) == (["L1"], "2026-03-31")


def test_only_selected_rows_are_read():
    text = "id,chemistry,capacity\nA,NMC,5\nB,LFP,3\n"
    found = read_table(text, "c.csv", where={"chemistry": "LFP"}).cells
    assert found.serial.tolist() == ["B"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "c.csv: the file is empty"),
        ("serial,capacity\n", "c.csv: no row under the heading"),
        ("serial,weight\nA,1\n", "c.csv: no column for the capacity"),
        ("serial,capacity\nA,5\nB,x\n", "c.csv row 3 column capacity = 'x': not a number"),
        ("serial,capacity\nA,inf\n", "c.csv row 2 column capacity = 'inf': not a number"),
        ("serial,capacity\nA\n", "c.csv row 2: 1 fields, the heading has 2"),
        ("serial,capacity,date\nA,5,soon\n", "c.csv row 2 column date = 'soon': not a date"),
    ],
)
def test_a_flaw_is_named_with_file_row_column_and_value(text, said):
    with pytest.raises(BadTable) as refused:
        read_table(text, "c.csv")
    assert said in str(refused.value)


def test_all_flaws_are_named_at_once():
    with pytest.raises(BadTable) as refused:
        read_table("serial,capacity\nA,x\nB,y\n", "c.csv")
    assert len(refused.value.problems) == 2


def test_a_column_that_is_named_but_absent_is_refused_with_those_that_exist():
    with pytest.raises(BadTable, match="no column 'Q'; the heading has serial, capacity"):
        read_table("serial,capacity\nA,5\n", "c.csv", columns={"capacity": "Q"})
