"""The shipped catalogue and its reader: a source for every figure, an error for every slip."""

from pathlib import Path

import pytest

from packline.catalog.calc.sheet import QUANTITIES
from packline.catalog.calc.spec import to_spec
from packline.catalog.calc.stored import stored_cell, stored_text
from packline.catalog.forms import SHIPPED_CELLS, read_catalogue, read_chemistries, read_sheet
from packline.foundation.errors import InputError

SHEETS = read_catalogue()
GOOD = """\
code = "acme-1"
maker = "Acme"
name = "One"
format = "cylindrical"

[chemistry]
key = "NMC"
source = "sheet"
read = "NMC"

[sources.sheet]
title = "Acme One, data sheet"
address = "https://example.org/one.pdf"

[figures.capacity_min]
value = 5000
unit = "mAh"
source = "sheet"
confidence = "high"
read = "minimum 5000 mAh"

[figures.nominal_voltage]
value = 3.6
unit = "V"
source = "sheet"
confidence = "high"
read = "3.6 V"
"""


def problems(text, name="acme-1.toml"):
    with pytest.raises(InputError) as caught:
        read_sheet(text.encode() if isinstance(text, str) else text, name)
    return str(caught.value)


def figure(quantity, value, unit):
    return (
        f'[figures.{quantity}]\nvalue = {value}\nunit = "{unit}"\nsource = "sheet"\n'
        'confidence = "high"\nread = "as printed"\n'
    )


def test_the_catalogue_has_fifteen_cells_of_five_chemistries_in_three_formats():
    assert len(SHEETS) >= 15
    assert {s.chemistry for s in SHEETS} == {"LFP", "NMC", "NCA", "LTO", "Na-ion"}
    assert {s.format for s in SHEETS} == {"cylindrical", "prismatic", "pouch"}


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda s: s.code)
def test_every_figure_of_a_shipped_cell_names_what_was_read_and_where(sheet):
    known = {source.key for source in sheet.sources}
    assert sheet.chemistry_source in known
    for entry in sheet.figures:
        assert entry.source in known
        assert len(entry.read) >= 4
    for source in sheet.sources:
        assert "http" in source.address


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda s: s.code)
def test_a_figure_that_is_worked_out_says_so_and_has_low_confidence(sheet):
    for entry in sheet.figures:
        if "worked out" in entry.read or "middle of" in entry.read:
            assert entry.confidence == "low"


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda s: s.code)
def test_stored_values_come_back_as_they_were(sheet):
    cell, conventions = stored_cell(stored_text(sheet))
    assert cell == to_spec(sheet)
    assert conventions.voltage.chemistry == sheet.chemistry


@pytest.mark.parametrize(
    ("code", "field", "value"),
    [
        ("samsung-inr21700-50e", "continuous_current", 9.8),  # 3.9: 9,800 mA continuous
        ("samsung-inr21700-50e", "peak_duration", None),  # 14,700 mA, no duration stated
        ("molicel-inr21700-p42a", "dc_resistance", 0.016),  # DC (10 A / 1 s) 16 mOhm
        ("eve-lf105", "capacity", 105 * 3600.0),  # 105.0 Ah minimum
        ("toshiba-scib-20ah", "continuous_current", None),  # Toshiba states power only
        ("retired-nmc-21ah", "cutoff_voltage", 2.7),  # README: 2.7/4.2 V
        ("retired-nmc-21ah", "mass", None),  # stated nowhere
    ],
)
def test_figures_are_those_of_the_source(code, field, value):
    sheet = next(s for s in SHEETS if s.code == code)
    assert getattr(to_spec(sheet), field) == (
        value if value is None else pytest.approx(value, rel=1e-9)
    )


def test_a_voltage_window_from_the_convention_is_an_assumption():
    cell = to_spec(next(s for s in SHEETS if s.code == "toshiba-scib-20ah"))
    assert (cell.cutoff_voltage, cell.charge_voltage) == (1.6, 2.7)
    assert any(a.startswith("charge_voltage") and "LTO" in a for a in cell.assumptions)


def test_retired_cell_medians_are_those_of_the_measured_lot():
    """PulseBat, NMC 21 Ah at 50 % SoC: the sheet's voltage and resistance are its medians."""
    path = Path(__file__).parents[3].parent / "shared/data/pulsebat/pulsebat_cells_derived.csv"
    if not path.exists():
        pytest.skip("the measured cells of PulseBat are not at ../shared/data/pulsebat")
    import csv
    from statistics import median

    with path.open(encoding="utf-8") as file:
        rows = [
            r
            for r in csv.DictReader(file)
            if (r["chemistry"], r["nominal_Ah"][:2]) == ("NMC", "21")
        ]
    cell = to_spec(next(s for s in SHEETS if s.code == "retired-nmc-21ah"))
    assert len(rows) == 52
    assert cell.nominal_voltage == pytest.approx(median(float(r["ocv_V"]) for r in rows), abs=1e-3)
    ohms = [float(r["dcir_5s_ohm"]) for r in rows]
    assert cell.dc_resistance == pytest.approx(median(ohms), rel=2e-3)
    assert cell.dc_resistance_max == pytest.approx(max(ohms), rel=2e-3)


def test_a_good_sheet_is_read_with_its_units():
    sheet = read_sheet(GOOD.encode(), "acme-1.toml")
    assert sheet.figure("capacity_min").si == 18000.0
    assert to_spec(sheet).mass is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("maker = ", "makr = "), "acme-1.toml makr: unknown key; did you mean maker?"),
        (("mAh", "Wh"), "[figures.capacity_min] unit = 'Wh': not known; allowed: Ah, mAh"),
        (("5000\n", "nan\n"), "value = nan: not a finite number"),
        (("5000\n", "true\n"), "value = True: must be a number"),
        (("5000\n", "5\n"), "not believable for capacity_min; allowed: 10 to 1e+06 mAh"),
        (('"sheet"\nconf', '"web"\nconf'), "source = 'web': no such source in this file"),
        (('confidence = "high"', 'confidence = "sure"'), "allowed: high, medium, low"),
        (('"cylindrical"', '"round"'), "format = 'round': not known; allowed: cylindrical"),
        (('key = "NMC"', 'key = "NMX"'), "[chemistry] key = 'NMX': not known"),
        (("[figures.nominal_voltage]", "[figures.nominal]"), "unknown quantity; allowed: cap"),
        (('"acme-1"', '"Acme 1"'), "not a code; allowed: small letters"),
        (("[sources.sheet]", "[sources"), "not TOML"),
    ],
)
def test_a_slip_is_named_with_table_key_and_what_is_allowed(change, message):
    assert message in problems(GOOD.replace(*change))


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            figure("width", 20, "mm"),
            "a cylindrical cell has none; allowed: for pris",
        ),
        (
            figure("cutoff_voltage", 3.9, "V"),
            "= '3.9 V': lies above nominal_voltage",
        ),
        (figure("peak_duration", 10, "s"), "stated without discharge_current_peak"),
        (figure("charge_temperature_min", 0, "K"), "not believable"),
    ],
)
def test_figures_that_contradict_are_refused(more, message):
    assert message in problems(GOOD + more)


def test_all_problems_are_found_in_one_pass():
    text = GOOD.replace("maker = ", "makr = ").replace("mAh", "Wh").replace("3.6\n", "36\n")
    assert len(problems(text).splitlines()) >= 4


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"code = 1"])
def test_what_is_no_sheet_is_an_error_and_nothing_else(content):
    assert "acme-1.toml" in problems(content)


def test_the_file_is_named_after_its_code():
    assert "not named after its code" in problems(GOOD, "other.toml")


def test_a_users_folder_adds_cells_and_replaces_shipped_ones(tmp_path):
    own = GOOD.replace("acme-1", "eve-lf105")
    (tmp_path / "eve-lf105.toml").write_text(own)
    (tmp_path / "acme-1.toml").write_text(GOOD)
    sheets = {s.code: s for s in read_catalogue([SHIPPED_CELLS, tmp_path])}
    assert sheets["eve-lf105"].maker == "Acme"
    assert len(sheets) == len(SHEETS) + 1


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match="no such folder"):
        read_catalogue([tmp_path / "nowhere"])


def test_every_chemistry_has_its_conventions_with_a_source():
    tables = read_chemistries()
    assert set(tables) == {"LFP", "NMC", "NCA", "LTO", "Na-ion"}
    assert all(t.sources and t.confidence for t in tables.values())
    assert tables["LFP"].figures["ov_trip_v"] == (3.65, 3.75)


def test_every_quantity_of_the_vocabulary_has_a_believable_range():
    assert all(q.low < q.high for q in QUANTITIES.values())
