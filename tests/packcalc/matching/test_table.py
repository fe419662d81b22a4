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


@pytest.mark.parametrize(
    ("heading", "row", "read"),
    [
        ("sn,capacity,ir,ocv", "A,4996.3,0.0152,3604.1", (4.9963, 15.2, 3.6041)),
        ("sn,capacity,ir,ocv", "A,314.2,0.18,3.3", (314.2, 0.18, 3.3)),
        ("sn,capacity_As,ir_uOhm,ocv", "A,18000,15200,3.6", (5.0, 15.2, 3.6)),
        ("S/N,Nominal Capacity (Ah),Capacity (Ah),Ri/mΩ,V", "A,9,5,15.2,3.6", (5.0, 15.2, 3.6)),
        ("sn;Entladekapazität [Ah];Innenwiderstand (mΩ);U", "A;4,5;15,2;3,6", (4.5, 15.2, 3.6)),
    ],
)
def test_units_come_from_the_heading_or_else_from_the_size_of_the_readings(heading, row, read):
    found = read_table(f"{heading}\n{row}\n", "c.csv").cells
    assert (found.capacity[0], found.resistance[0], found.ocv[0]) == pytest.approx(read)


def test_what_was_taken_for_what_and_what_was_not_used_is_said():
    found = read_table("sn,capacity,colour\nA,4996,red\n", "c.csv")
    assert (found.columns["capacity"].said, found.unused) == ("mAh", ("colour",))


@pytest.mark.parametrize("before", ["sep=;\n", "# tester 4, 2026-03-31\n# operator B\n", "\ufeff"])
def test_what_stands_before_the_heading_is_passed_over_and_rows_keep_their_numbers(before):
    text = before + "serial;capacity_Ah\nA;5,1;\n\n;5,2\n"
    found = read_table(text, "c.csv").cells
    assert found.capacity.tolist() == [5.1, 5.2]
    assert found.serial.tolist() == ["A", f"row {4 + before.count(chr(10))}"]


@pytest.mark.parametrize("day", ["2026-03-31", "2026/3/31", "20260331", "31.03.2026"])
def test_days_are_read_in_the_forms_that_can_mean_one_day_only(day):
    found = read_table(f"serial,capacity,date\nA,5,{day}\nB,5,\n", "c.csv").cells
    assert [str(one) for one in found.made_on] == ["2026-03-31", "NaT"]


def test_days_that_nobody_needs_may_be_in_any_form():
    text = "serial,capacity,date\nA,5,03/04/26\n"
    assert read_table(text, "c.csv", dates=False).cells.made_on is None


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
        ("serial,capacity,capacity\nA,5,5\n", "2 columns are called 'capacity'"),
        ("serial,capacity_Wh\nA,18\n", "c.csv column capacity_Wh: not a unit of capacity"),
        ("serial;capacity\nA;4.996,3\n", "c.csv row 2 column capacity = '4.996,3': not a number"),
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
