"""Reading measured lots: every readable row, a reason for every other, a word on a bad file."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packline.foundation.errors import InputError
from packline.requirements.calc.spec import CellColumn
from packline.supply.calc.cellfile import CellMapping, Column
from packline.supply.forms import mapping_of, read_cells
from packline.supply.models import Cell, CellLot
from tests.conftest import SHARED
from tests.packline.supply.conftest import HEADER, nobody

PULSEBAT = SHARED / "data" / "pulsebat" / "pulsebat_cells_derived.csv"
needs_pulsebat = pytest.mark.skipif(
    not PULSEBAT.exists(), reason="the measured cells of PulseBat are not beside the repository"
)


def read(path, mapping=None, **named):
    return read_cells(path, mapping, in_stock=nobody, **named)


def problems(path, mapping=None, **named):
    with pytest.raises(InputError) as caught:
        read(path, mapping, **named)
    return [str(problem) for problem in caught.value.problems]


# --- real cells -------------------------------------------------------------------------------


@needs_pulsebat
def test_every_record_of_the_real_file_is_read_by_its_usual_column_names():
    """270 records: `wc -l` less the header."""
    found = read(PULSEBAT)
    assert (len(found.rows), found.rejected, found.skipped) == (270, (), 0)
    assert found.mapping.columns["dc_resistance"] == Column("dcir_5s_ohm", "Ohm")


@needs_pulsebat
def test_the_52_cells_of_21_ah_are_selected_from_the_real_file():
    """52 NMC 21 Ah records, as the description of the data set says; values as printed there."""
    mapping = mapping_of(
        [
            CellColumn("serial", "cell_id"),
            CellColumn("capacity", "capacity_Ah", "Ah"),
            CellColumn("ocv", "ocv_V", "V"),
            CellColumn("resistance", "dcir_5s_ohm", "ohm", "dc"),
        ],
        [("chemistry", "NMC"), ("nominal_Ah", "21")],
    )
    found = read(PULSEBAT, mapping)
    assert (len(found.rows), len(found.rejected), found.skipped) == (52, 0, 218)
    row = next(row for row in found.rows if row.serial == "02LCC02100101A8810119814")
    assert (row.capacity_ah, row.ocv_v, row.dc_resistance_mohm) == (21.076, 3.6788, 2.552)
    assert row.ac_ir_mohm is None


@needs_pulsebat
def test_the_worn_cells_among_the_real_ones_are_noticed():
    mapping = CellMapping({}, {"chemistry": "NMC", "nominal_Ah": "21.0"})
    warnings = read(PULSEBAT, mapping).warnings
    assert any(w.startswith("capacity: the lot looks like two populations, 5 ") for w in warnings)


# --- columns and units ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        "serial,capacity_Ah,ocv_V,acir_mohm",
        "Serial No.,Capacity (Ah),OCV [V],AC-IR (mOhm)",
        "cell_id,cap_ah,OCV_v,acr_mΩ",
    ],
)
def test_usual_names_are_recognised(write, header):
    (row,) = read(write(header, "A1,5.01,3.6,15.2")).rows
    assert (row.serial, row.capacity_ah, row.ocv_v, row.ac_ir_mohm) == ("A1", 5.01, 3.6, 15.2)
    assert row.dc_resistance_mohm is None


def test_units_are_converted(write):
    path = write("serial,capacity_mAh,ocv_mV,dcir_ohm", "A1,5010,3600,0.0152")
    (row,) = read(path).rows
    assert (row.capacity_ah, row.ocv_v, row.dc_resistance_mohm) == (5.01, 3.6, 15.2)


def test_told_columns_win_over_usual_names(write):
    path = write("serial,capacity_Ah,q2,ocv_V,acir_mohm", "A1,9,5010,3.6,15")
    mapping = CellMapping({"capacity": Column("q2", "mAh")})
    assert read(path, mapping).rows[0].capacity_ah == 5.01


def test_sublot_and_date_are_read_when_they_are_there(write):
    path = write(f"{HEADER},sublot,made_on", "A1,5,3.6,15,B7,2026-03-31", "A2,5,3.6,15,B8,")
    first, second = read(path).rows
    assert (first.sublot, first.made_on) == ("B7", date(2026, 3, 31))
    assert second.made_on is None


@pytest.mark.parametrize("name", ["ir_mohm", "IR (mOhm)", "resistance_mohm", "Ri_mOhm"])
def test_a_resistance_of_no_stated_kind_is_asked_about(write, name):
    (problem, *_) = problems(write(f"serial,capacity_Ah,ocv_V,{name}", "A1,5,3.6,15"))
    assert "AC internal resistance (1 kHz) or a DC resistance (pulse)?" in problem
    assert "allowed: ac_ir, dc_resistance" in problem


def test_the_answer_to_that_question_is_taken(write):
    path = write("serial,capacity_Ah,ocv_V,ir_mohm", "A1,5,3.6,15")
    mapping = CellMapping({"dc_resistance": Column("ir_mohm", "mOhm")})
    (row,) = read(path, mapping).rows
    assert (row.ac_ir_mohm, row.dc_resistance_mohm) == (None, 15.0)


def test_a_mapped_resistance_must_say_its_kind():
    with pytest.raises(InputError, match="which resistance is it"):
        mapping_of([CellColumn("resistance", "ir_mohm", "mOhm", "")])


@pytest.mark.parametrize(
    ("header", "mapping", "said"),
    [
        ("serial,ocv_V,acir_mohm", None, "capacity: no column is known to be this"),
        ("serial,capacity_Ah,ocv_V", None, "no column is known to be an AC or a DC resistance"),
        ("serial,capacity,ocv_V,acir_mohm", None, "the unit is not stated; allowed: Ah, mAh"),
        ("serial,capacity_Ah,cap_mAh,ocv_V,acir_mohm", None, "may be meant: say which"),
        (HEADER, {"capacity": Column("Q", "Ah")}, "capacity = 'Q': there is no such column"),
        (HEADER, {"ocv": Column("ocv_V", "kg")}, "kg cannot be expressed in V"),
        (HEADER, {"ocv": Column("ocv_V", "Wx")}, "'Wx' is not a unit"),
        (f"{HEADER},ocv_V", {"ocv": Column("ocv_V", "V")}, "the header has this column twice"),
    ],
)
def test_a_column_that_cannot_be_used_is_named(write, header, mapping, said):
    path = write(header, "A1,5,3.6,15,3.6")
    found = problems(path, mapping and CellMapping(mapping))
    assert any(said in problem for problem in found), found
    assert all(problem.startswith("lot.csv") for problem in found)


def test_all_problems_of_the_header_are_told_at_once(write):
    found = problems(write("a,b", "1,2"))
    assert len(found) == 4  # serial, capacity, ocv, resistance


def test_a_selection_that_matches_nothing_says_what_there_is(write):
    path = write(f"{HEADER},kind", "A1,5,3.6,15,x", "A2,5,3.6,15,y")
    (problem,) = problems(path, CellMapping({}, {"kind": "z"}))
    assert problem == "lot.csv: no row has kind = z; allowed: x; y"


# --- rows -------------------------------------------------------------------------------------

GOOD = "A1,5.01,3.6,15.2"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("A2,n/a,3.6,15", "capacity_Ah = n/a: not a number"),
        ("A2,nan,3.6,15", "capacity_Ah = nan: not a number"),
        ("A2,5,inf,15", "ocv_V = inf: not a number"),
        ("A2,1e999,3.6,15", "capacity_Ah = 1e999: not a finite number"),
        ("A2,5_0,3.6,15", "capacity_Ah = 5_0: not a number"),
        ("A2,٥,3.6,15", "capacity_Ah = ٥: not a number"),
        ("A2,,3.6,15", "capacity_Ah is empty"),
        ("A2,0,3.6,15", "capacity_Ah = 0: zero"),
        ("A2,-5,3.6,15", "capacity_Ah = -5: negative"),
        ("A2,5,-3.6,15", "ocv_V = -3.6: negative"),
        ("A2,5,3.6,0", "acir_mohm = 0: zero"),
        (" ,5,3.6,15", "the serial is empty"),
        ("A1,5,3.6,15", "serial A1 stands in line 2 already"),
        ("8.81E+12,5,3.6,15", "serial 8.81E+12: a spreadsheet has shortened it to a number"),
        (f"{'x' * 61},5,3.6,15", "serial has more than 60 or unprintable characters"),
        ("A2,5,3.6", "too few fields: 3, the header has 4"),
        ("A2,5,3.6,15,9", "too many fields: 5, the header has 4"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_and_the_others_are_read(write, row, reason):
    found = read(write(HEADER, GOOD, row, "A3,5,3.6,15"))
    assert [r.serial for r in found.rows] == ["A1", "A3"]
    assert [(r.line, r.reason) for r in found.rejected] == [(3, reason)]


def test_a_dead_cell_at_zero_volts_is_a_reading_and_no_reading_error(write):
    assert read(write(HEADER, "A1,5,0.0,15")).rows[0].ocv_v == 0.0


def test_a_wrong_date_is_named(write):
    found = read(write(f"{HEADER},made_on", f"{GOOD},2026-03-31", "A2,5,3.6,15,31.03.2026"))
    assert found.rejected[0].reason == "made_on = 31.03.2026: not a date like 2026-03-31"


def test_lines_are_counted_as_an_editor_shows_them(write):
    """A quoted field may run over two lines, and empty lines are passed over."""
    found = read(write(HEADER, '"A\n1",5,3.6,15', "", GOOD, "bad,x,3.6,15"))
    assert [(r.line, r.fields[0]) for r in found.rejected] == [(2, "A\n1"), (6, "bad")]
    assert found.rows[0].line == 5


def test_the_reject_file_holds_line_reason_and_the_original_fields(write):
    found = read(write(HEADER, GOOD, "A2,=1+1,3.6,15"))
    rows = list(csv.reader(io.StringIO(found.rejects_csv().decode())))
    assert rows == [
        ["line", "reason", *HEADER.split(",")],
        ["3", "capacity_Ah = =1+1: not a number", "A2", "=1+1", "3.6", "15"],
    ]


def test_a_serial_in_stock_is_rejected_unless_it_is_of_this_very_lot(write):
    path = write(HEADER, GOOD, "A2,5,3.6,15")
    found = read_cells(path, in_stock=lambda _: {"A2": "LOT-9"})
    assert found.rejected[0].reason == "serial A2 is in stock already, in lot LOT-9"
    again = read_cells(path, lot_number="LOT-9", in_stock=lambda _: {"A2": "LOT-9"})
    assert again.rejected == ()


def test_strict_refuses_the_file_and_lists_every_row(write):
    path = write(HEADER, GOOD, "A2,x,3.6,15", "A1,5,3.6,15")
    assert problems(path, strict=True) == [
        "lot.csv line 3: capacity_Ah = x: not a number",
        "lot.csv line 4: serial A1 stands in line 2 already",
    ]


def test_a_file_of_which_no_row_can_be_read_is_refused(write):
    found = problems(write(HEADER, *(f"A{k},x,3.6,15" for k in range(30))))
    assert found[0] == "lot.csv: not one row can be read"
    assert found[-1] == "lot.csv: and 10 more rows"


# --- files ------------------------------------------------------------------------------------


def test_semicolons_a_mark_and_decimal_commas_are_understood(write):
    path = write("serial;capacity_Ah;ocv_V;acir_mohm", "A1;5,01;3,6;15", encoding="utf-8-sig")
    assert read(path).rows[0].capacity_ah == 5.01


def test_a_point_among_decimal_commas_is_rejected_because_it_may_mean_thousands(write):
    path = write("serial;capacity_mAh;ocv_V;acir_mohm", "A1;5010;3,6;15", "A2;5.010;3,6;15")
    assert read(path).rejected[0].reason == (
        "capacity_mAh = 5.010: a point in a file with decimal commas"
    )


@pytest.mark.parametrize(
    "row", ["A1,5,01,3,6,15,2", 'A1,"5,01","3,6","15,2"'], ids=["bare", "quoted"]
)
def test_decimal_commas_between_commas_are_refused_with_advice(write, row):
    (problem,) = problems(write(HEADER, row))
    assert "separated by commas" in problem
    assert "separate the columns by semicolons, or write decimals with a point" in problem


def test_a_comma_too_many_at_the_end_of_every_row_is_not_taken_for_a_decimal(write):
    found = problems(write(HEADER, "A1,5.01,3.6,15.2,", "A2,5.01,3.6,15.2,"))
    assert found[1] == "lot.csv line 2: too many fields: 5, the header has 4"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"\n \n", "the file is empty"),
        (HEADER.encode(), "the file has a header and no rows"),
        (b"PK\x03\x04\x00\x00", "the file is binary"),
        ("serial,capacity\n".encode("utf-16"), "the file is UTF-16"),
        (f"{HEADER}\nM\xfcller,5,3.6,15\n".encode("latin-1"), "byte 0xfc in line 2"),
        (f'{HEADER}\nA1,"5,3.6,15\nA2,5,3.6,15\n'.encode(), "begins in line 2 is no CSV"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(write, content, said):
    (problem,) = problems(write(content))
    assert problem.startswith("lot.csv: ")
    assert said in problem


def test_a_missing_file_is_refused_by_name(tmp_path):
    (problem,) = problems(tmp_path / "gone.csv")
    assert problem == f"gone.csv: there is no such file in {tmp_path}"


def test_a_folder_is_no_file(tmp_path):
    (problem,) = problems(tmp_path)
    assert "the file cannot be read" in problem


@pytest.mark.django_db
def test_reading_changes_nothing(write):
    read_cells(write(HEADER, GOOD))
    assert (CellLot.objects.count(), Cell.objects.count()) == (0, 0)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_in_words(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "lot.csv"
    path.write_bytes(b"serial,capacity_Ah,ocv_V,acir_mohm\n" + content)
    try:
        found = len(read(path).rows)
    except InputError as error:
        found = len(error.problems)
    assert found > 0


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(1e-3, 1e3),
            st.floats(0, 5),
            st.floats(1e-3, 1e3),
            st.sampled_from(["", "x", "-1", "nan"]),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_every_row_is_either_read_or_rejected_and_none_is_lost(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("rows") / "lot.csv"
    good = [row for row in rows if not row[3]]
    lines = [f"S{i},{q!r},{v!r},{bad or r!r}" for i, (q, v, r, bad) in enumerate(rows)]
    path.write_text("\n".join(["serial,capacity_Ah,ocv_V,acir_mohm", *lines]), encoding="utf-8")
    if not good:
        with pytest.raises(InputError):
            read(path)
        return
    found = read(path)
    assert len(found.rows) == len(good)
    assert len(found.rejected) == len(rows) - len(good)
    assert [row.capacity_ah for row in found.rows] == pytest.approx([q for q, *_ in good])


# --- what looks wrong -------------------------------------------------------------------------


def lines(capacities, ocv=3.6):
    return [f"S{i},{q},{ocv},15.{i % 7}" for i, q in enumerate(capacities)]


def test_milliampere_hours_read_as_ampere_hours_are_noticed(write):
    found = read(write(HEADER, *lines([5010, 5020, 5005])))
    assert found.warnings == ("capacity: the middle value is 5010 Ah: mAh read as Ah?",)


def test_a_drift_along_the_rows_is_noticed(write):
    found = read(write(HEADER, *lines([5 + 0.001 * i + 0.003 * (i % 3) for i in range(60)])))
    assert any("capacity: the values rise along the rows" in w for w in found.warnings)


def test_two_populations_are_noticed(write):
    found = read(write(HEADER, *lines([5 + 0.01 * (i % 5) + (i % 2) for i in range(60)])))
    assert any("two populations, 30 cells around" in w for w in found.warnings)


def test_an_ordinary_lot_raises_no_doubt(write):
    from packlink.virtual import population

    lot = population(
        seed=4,
        n=400,
        capacity_mean_ah=5.0,
        capacity_sd_ah=0.03,
        ocv_mean_v=3.6,
        ocv_sd_v=0.002,
        resistance_mean_mohm=15.0,
        resistance_sd_mohm=0.4,
    )
    path = write("x")
    lot.write_csv(path)
    found = read(path)
    assert (len(found.rows), found.warnings) == (400, ())
